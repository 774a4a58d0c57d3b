import { seconds } from "../base/instant.ts";
import { type IpAddress, parseIp } from "../base/ip.ts";
import type { CheckSettings } from "../service/check-settings.ts";
import type { RealServerSettings, VirtualServerSettings } from "../service/virtual-server.ts";
import type { BalancerSettings } from "./settings.ts";

/** An address for a test. */
export function ip(text: string): IpAddress {
    const address = parseIp(text);
    if (address === undefined) {
        throw new Error(`no address: ${text}`);
    }
    return address;
}

/** A TCP check as it is where nothing else is said in a test: every ten seconds, one retry after one second. */
export function checkSettings(schedule: Partial<CheckSettings["schedule"]> = {}): CheckSettings {
    return {
        schedule: {
            delayLoop: seconds(10),
            retry: 1,
            delayBeforeRetry: seconds(1),
            warmup: seconds(4),
            isAlpha: false,
            logsAllFailures: false,
            ...schedule,
        },
        timeout: seconds(3),
        probe: { kind: "tcp", endpoint: { address: ip("10.0.0.2"), port: 80, mark: 0 } },
    };
}

/** A real server of weight 1 without checks, unless a test says otherwise. */
export function realServer(address: string, overrides: Partial<RealServerSettings> = {}): RealServerSettings {
    return {
        name: `[${address}]:tcp:80`,
        address: ip(address),
        port: 80,
        weight: 1,
        forwarding: { method: "nat" },
        upperThreshold: 0,
        lowerThreshold: 0,
        inhibits: false,
        mails: false,
        checks: [],
        ...overrides,
    };
}

/** 10.0.0.1:80 with the servers 10.0.0.2 and 10.0.0.3, unless a test says otherwise. */
export function virtualServer(overrides: Partial<VirtualServerSettings> = {}): VirtualServerSettings {
    return {
        key: "[10.0.0.1]:tcp:80 tcp",
        name: "[10.0.0.1]:tcp:80",
        entries: [{ type: "addresses", first: ip("10.0.0.1"), count: 1, port: 80, protocol: "tcp" }],
        scheduler: "wlc",
        flags: [],
        quorum: 1,
        hysteresis: 0,
        mailsQuorum: false,
        isOmega: false,
        suspendsWithoutAddress: false,
        realServers: [realServer("10.0.0.2"), realServer("10.0.0.3")],
        ...overrides,
    };
}

/** Settings of a balancer with these virtual servers. */
export function balancerSettings(
    virtualServers: readonly VirtualServerSettings[],
    overrides: Partial<BalancerSettings> = {},
): BalancerSettings {
    return { virtualServers, flushesAtStart: false, atStop: "remove", tellsFirstStates: false, daemons: [], ...overrides };
}
