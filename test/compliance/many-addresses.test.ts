import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { VirtualAddress } from "../../src/core/address/virtual-address.ts";
import { after, type Instant, milliseconds } from "../../src/core/base/instant.ts";
import { type Family, ipFromBytes } from "../../src/core/base/ip.ts";
import { Loop } from "../../src/host/loop.ts";
import { KernelAddresses } from "../../src/io/netlink/kernel-addresses.ts";
import { LinkMonitor } from "../../src/io/netlink/link-monitor.ts";
import { OwnRemovals } from "../../src/io/netlink/own-removals.ts";
import { ImmediateScheduler } from "../../src/io/time/immediate-scheduler.ts";
import { KernelTimer } from "../../src/io/time/kernel-timer.ts";
import { MonotonicClock } from "../../src/io/time/monotonic-clock.ts";
import { CAN_HAVE_NAMESPACE, enterOwnNamespace, ip, makeVethPair, NEEDS_ROOT, until } from "./own-namespace.ts";

const COUNT = 4_000;
const TICK = milliseconds(5);

/** Wants to be woken every 5 ms and notes when it was. */
class Ticker {
    wakeAt: Instant;
    readonly at: Instant[] = [];

    constructor(now: Instant) {
        this.wakeAt = after(now, TICK);
    }

    handle(_event: "wake", now: Instant): readonly never[] {
        this.at.push(now);
        this.wakeAt = after(now, TICK);
        return [];
    }
}

/**
 * Given a loop with a machine that is due every 5 ms, and one interface in a namespace of our own,
 * when one router claims four thousand addresses and another one a few,
 * then the machine is served all the while, the few do not wait for the thousands, and all of them stand.
 */
describe.skipIf(!CAN_HAVE_NAMESPACE)(`thousands of addresses in a loop${NEEDS_ROOT}`, () => {
    const system = CAN_HAVE_NAMESPACE ? enterOwnNamespace() : undefined;
    let stop: (() => void)[] = [];

    beforeEach(() => makeVethPair("va", "vb"));

    afterEach(() => {
        for (const one of stop) {
            one();
        }
        stop = [];
        ip("link del va");
    });

    const addressOf = (family: Family, number: number): VirtualAddress => {
        const tail = [number >> 8, number & 0xff];
        const bytes = family === 4 ? [10, 8, ...tail] : [0xfd, 0x77, ...new Array<number>(12).fill(0), ...tail];
        return {
            address: ipFromBytes(Uint8Array.from(bytes)),
            prefixLength: family === 4 ? 32 : 128,
            interfaceName: "va",
            scope: 0,
            flags: family === 4 ? 0 : 0x02,
            isTracked: true,
        };
    };

    it.each<Family>([4, 6])("IPv%i", async (family) => {
        if (system === undefined) {
            return;
        }
        const clock = new MonotonicClock(system);
        const timer = new KernelTimer(system, () => loop.turn());
        const failures: unknown[] = [];
        const loop: Loop = new Loop({
            clock,
            timer,
            scheduler: new ImmediateScheduler(),
            stallThreshold: milliseconds(60_000),
            onStalled: () => {},
            onFailure: ({ error }) => failures.push(error),
        });
        const ownRemovals = new OwnRemovals();
        let heard = 0;
        const foreign: string[] = [];
        const monitor = new LinkMonitor({
            system,
            ownRemovals,
            onNews: (news) => {
                heard += news.type === "address-added" ? 1 : 0;
                if (news.type === "address-removed" && !news.isOurs) {
                    foreign.push(news.address.bytes.join("."));
                }
            },
            onReady: (source) => loop.turn(source),
        });
        loop.addSource(monitor);
        const ended: string[] = [];
        const standing = new Map<string, number>();
        const addresses = new KernelAddresses({
            system,
            bulk: loop.bulk,
            ownRemovals,
            linkNamed: (name) => monitor.linkNamed(name),
            stands: (...place) => monitor.holds(...place),
            onNews: (news) => {
                if (news.type === "claim-failed") {
                    failures.push(news.code);
                    return;
                }
                standing.set(news.router, (standing.get(news.router) ?? 0) + news.addresses.length);
                if (news.isLast) {
                    ended.push(news.router);
                }
            },
            onStanding: (places) => monitor.stands(places),
            onReleaseRefused: (_router, _address, code) => failures.push(code),
        });
        monitor.leaveOut(addresses.port);
        const many = Array.from({ length: COUNT }, (_, index) => addressOf(family, index));
        const few = Array.from({ length: 20 }, (_, index) => addressOf(family, COUNT + index));
        heard = 0;
        const ticker = new Ticker(clock.now());
        const seat = loop.attach({ name: "ticker", machine: ticker, wake: "wake" as const, perform: () => {} });
        stop = [() => seat.leave(), () => addresses.close(), () => monitor.close(), () => timer.close()];

        const claimedAt = clock.now();
        addresses.claim("many", many);
        addresses.claim("few", few);
        await until(() => ended.length === 2 && heard >= COUNT + few.length, 30_000);
        const tookUntil = clock.now();
        expect(ended).toEqual(["few", "many"]);
        expect(Object.fromEntries(standing)).toEqual({ many: COUNT, few: few.length });
        expect(ip("-o addr show dev va").match(family === 4 ? /inet 10\.8\./g : /inet6 fd77:/g)).toHaveLength(COUNT + few.length);

        const gaps = ticker.at.slice(1).map((at, index) => at - (ticker.at[index] ?? at));
        expect(gaps.length).toBeGreaterThan(10);
        // Held up for the whole of it, it would be one gap; a busy machine may take some for itself.
        expect(Math.max(...gaps)).toBeLessThan((tookUntil - claimedAt) / 4);

        addresses.release("many", many);
        addresses.release("few", few);
        await until(
            () => !many.some(({ address, prefixLength }) => monitor.holds(monitor.linkNamed("va")?.index ?? 0, address, prefixLength)),
            30_000,
        );
        expect(foreign).toEqual([]);
        expect(failures).toEqual([]);
        expect(monitor.overruns).toBe(0);
    });
});
