import { afterEach, beforeEach, expect, it } from "vitest";
import { type Instant, milliseconds, after as pointAfter, seconds } from "../../src/core/base/instant.ts";
import { parseIp } from "../../src/core/base/ip.ts";
import { encodeVrrp, VRRP_GROUP_IPV4 } from "../../src/core/packet/vrrp.ts";
import { Loop, type Seat } from "../../src/host/loop.ts";
import { loadAddon } from "../../src/io/native/load.ts";
import { VrrpPort } from "../../src/io/packet/vrrp-port.ts";
import { ImmediateScheduler } from "../../src/io/time/immediate-scheduler.ts";
import { KernelTimer } from "../../src/io/time/kernel-timer.ts";
import { MonotonicClock } from "../../src/io/time/monotonic-clock.ts";
import { until, VethPair } from "./veth-pair.ts";

const system = loadAddon();
const clock = new MonotonicClock(system);
const PATIENCE = milliseconds(60);
let pair: VethPair;

beforeEach(() => {
    pair = new VethPair(system, "ll");
});

afterEach(() => pair.remove());

/** Silence for `PATIENCE` makes it active; an advertisement starts that time anew. */
class Backup {
    wakeAt: Instant | undefined = pointAfter(clock.now(), PATIENCE);
    readonly log: string[] = [];

    handle(event: "advertisement" | "wake", now: Instant): readonly never[] {
        this.log.push(event === "wake" ? "active" : "heard");
        this.wakeAt = event === "wake" ? undefined : pointAfter(now, PATIENCE);
        return [];
    }
}

function portAt(end: "a" | "b", onPacket: () => void, onReady: ConstructorParameters<typeof VrrpPort>[0]["onReady"]): VrrpPort {
    const preferences = { hearsUnknownVrids: false };
    const port = new VrrpPort({
        system,
        clock,
        preferences,
        onPacket,
        onReady,
        onTrouble: (trouble) => expect.fail(JSON.stringify(trouble)),
    });
    const { index } = pair.link(pair[end]);
    const attendance = { vrid: 51, family: 4, interfaceIndex: index, interfaceName: "v0", group: VRRP_GROUP_IPV4 } as const;
    pair.at(pair[end], () => port.attend([attendance]));
    return port;
}

/** Holds the process up, as a long garbage collection or a busy machine would. */
function stall(milli: number): void {
    const end = pointAfter(clock.now(), milliseconds(milli));
    while (clock.now() < end) {}
}

it("a process that was held up hears the advertisement in its queue before it takes silence for granted, whichever wakes it first", async () => {
    for (let round = 0; round < 10; round++) {
        const machine = new Backup();
        const timer = new KernelTimer(system, () => loop.turn());
        const loop: Loop = new Loop({
            clock,
            timer,
            scheduler: new ImmediateScheduler(),
            stallThreshold: seconds(1),
            onStalled: () => {},
            onFailure: (failure) => expect.fail(String(failure.error)),
        });
        const seat: Seat<"advertisement" | "wake"> = loop.attach({ name: "backup", machine, wake: "wake", perform: () => {} });
        const receiver = portAt(
            "b",
            () => seat.tell("advertisement"),
            (source) => loop.turn(source),
        );
        const sender = portAt(
            "a",
            () => {},
            () => {},
        );
        loop.addSource(receiver);
        const ends = { source: parseIp(pair.a.ipv4) ?? VRRP_GROUP_IPV4, destination: VRRP_GROUP_IPV4 };
        const payload = encodeVrrp(
            { version: 3, family: 4, vrid: 51, priority: 100, interval: seconds(1), addresses: [ends.source] },
            ends,
        );
        sender.send({ interfaceIndex: pair.link(pair.a).index, family: 4, protocol: 112, ttl: 255, payload, ...ends });
        sender.flush();
        stall(90);
        await until(() => machine.log.length > 0, "it wakes");
        expect(machine.log).toEqual(["heard"]);
        await until(() => machine.log.length > 1, "silence at last");
        expect(machine.log).toEqual(["heard", "active"]);
        sender.close();
        receiver.close();
        timer.close();
    }
});
