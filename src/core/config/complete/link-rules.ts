import { type Duration, inSeconds, NO_TIME, times } from "../../base/instant.ts";
import type { LinkRule, PollMethod } from "../../link/link-rule.ts";
import type { CompletedRouter } from "./completed-router.ts";
import type { Configuration, Report } from "./scope.ts";

/** How interfaces count otherwise than the kernel tells them: `interface_up_down_delays`, `linkbeat_interfaces`, `linkbeat_use_polling`. */
export function completeLinkRules(configuration: Configuration, routers: readonly CompletedRouter[], report: Report): readonly LinkRule[] {
    const rules = new Map<string, LinkRule>();
    const change = (name: string, part: Partial<LinkRule>): void => {
        rules.set(name, { interfaceName: name, down: NO_TIME, up: NO_TIME, ...rules.get(name), ...part });
    };
    for (const [name, poll] of polledInterfaces(configuration, routers)) {
        change(name, { poll });
    }
    const patience = patienceOf(configuration.interface_up_down_delays.length === 0 ? [] : routers);
    for (const [index, entry] of configuration.interface_up_down_delays.entries()) {
        const at = configuration.positions.interface_up_down_delays?.[index];
        const cut = (delay: Duration): Duration => {
            const most = patience.get(entry.interface);
            if (most === undefined || delay < most || delay <= NO_TIME) {
                return delay;
            }
            if (at !== undefined) {
                report(at, {
                    code: "interface-delay",
                    errorClass: "general",
                    message: `a delay of ${inSeconds(delay)} s on ${entry.interface} is longer than a backup there may wait for its master`,
                    allowed: `less than ${inSeconds(most)} s`,
                    consequence: `${inSeconds(most)} s is used`,
                });
            }
            return most;
        };
        const delays = { down: cut(entry.down), up: cut(entry.up ?? NO_TIME) };
        change(entry.interface, delays);
        // What is made upon an interface loses its carrier with it.
        for (const link of routers.flatMap(({ virtualLinks = [] }) => virtualLinks)) {
            if (link.baseName === entry.interface) {
                change(link.name, delays);
            }
        }
    }
    return [...rules.values()];
}

/** A router whose link is down must not take over as if its master were silent: how long each interface may be given at most. */
function patienceOf(routers: readonly CompletedRouter[]): ReadonlyMap<string, Duration> {
    const patience = new Map<string, Duration>();
    for (const { interfaceName, downTimerAdverts, advertisementInterval } of routers) {
        const shortest = times(advertisementInterval, downTimerAdverts - 1 - 1 / 256);
        const most = downTimerAdverts > 1 ? shortest : NO_TIME;
        const before = patience.get(interfaceName);
        patience.set(interfaceName, before !== undefined && before < most ? before : most);
    }
    return patience;
}

function polledInterfaces(configuration: Configuration, routers: readonly CompletedRouter[]): ReadonlyMap<string, PollMethod> {
    const polled = new Map<string, PollMethod>();
    for (const { interface: name, method } of configuration.linkbeat_interfaces) {
        polled.set(name, method === "IOCTL" ? "flags" : "driver");
    }
    const byItself = new Set(configuration.vrrp_instance.filter((instance) => instance.linkbeat_use_polling).map(({ name }) => name));
    if (!configuration.linkbeat_use_polling && byItself.size === 0) {
        return polled;
    }
    const made = new Set(routers.flatMap(({ virtualLinks = [] }) => virtualLinks.map(({ name }) => name)));
    for (const { name, interfaceName, trackers = [] } of routers) {
        const tracked = trackers.flatMap((tracker) => (tracker.kind === "interface" ? [tracker.name] : []));
        const all = configuration.linkbeat_use_polling ? [interfaceName, ...tracked] : byItself.has(name) ? [interfaceName] : [];
        for (const other of all.filter((candidate) => !made.has(candidate) && !polled.has(candidate))) {
            polled.set(other, "driver");
        }
    }
    return polled;
}
