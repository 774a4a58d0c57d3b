import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { after, between, type Duration, type Instant, milliseconds, seconds } from "../../src/core/base/instant.ts";
import type { BfdEndpoint, BfdPacing } from "../../src/core/bfd/effects.ts";
import type { ReceivedDatagram } from "../../src/core/bfd/events.ts";
import { ip as address } from "../../src/core/bfd/test-bench.ts";
import { BfdPort } from "../../src/io/bfd/bfd-port.ts";
import type { NativeAddon } from "../../src/io/native/addon.ts";
import { MonotonicClock } from "../../src/io/time/monotonic-clock.ts";
import { CAN_HAVE_NAMESPACE, enterOwnNamespace, ip, makeVethPair, NEEDS_ROOT, until } from "./own-namespace.ts";

const HERE = address("127.0.0.1");
const ENDPOINT: BfdEndpoint = { session: 5, name: "b1", neighbor: HERE, source: HERE, isMultihop: false, ttl: 255, sourcePort: 50_000 };

interface Heard {
    readonly byte: number;
    readonly ttl: number;
    readonly at: Instant;
    readonly interfaceName: string | undefined;
}

/** Given a session whose neighbour is its own machine, so that the port hears itself. */
describe.runIf(CAN_HAVE_NAMESPACE)(`what a thread repeats for BFD sessions${NEEDS_ROOT}`, () => {
    let system: NativeAddon;
    let clock: MonotonicClock;
    let port: BfdPort;
    let heard: Heard[] = [];
    let troubles: string[] = [];
    let refused: number[] = [];

    beforeAll(() => {
        system = enterOwnNamespace();
        clock = new MonotonicClock(system);
    });

    afterEach(() => {
        port.close();
        // The thread is the same for all of them.
        system.pacerRenew(0);
    });

    function open(addon: NativeAddon = system, ...endpoints: readonly BfdEndpoint[]): void {
        [heard, troubles, refused] = [[], [], []];
        const onPacket = ({ payload, ttl, arrivedAt, interfaceName }: ReceivedDatagram) =>
            heard.push({ byte: payload[0] ?? -1, ttl, at: arrivedAt, interfaceName });
        port = new BfdPort({
            system: addon,
            clock,
            onPacket,
            onPortTaken: () => undefined,
            onPacingRefused: (session) => refused.push(session),
            onReady: (source) => source.drain(),
            onTrouble: (text) => troubles.push(text),
        });
        port.attend(endpoints.length > 0 ? endpoints : [ENDPOINT]);
    }

    const pacing = (byte: number, longest: Duration = milliseconds(6)): BfdPacing => ({
        payload: new Uint8Array(24).fill(byte),
        since: clock.now(),
        shortest: milliseconds(4),
        longest,
    });
    const vouch = (span: Duration = seconds(30)) => port.vouch(after(clock.now(), span));
    const wait = (span: number) => new Promise((resolve) => setTimeout(resolve, span));

    it("leaves at its intervals, is counted, becomes something else and ends", async () => {
        open();
        port.pace(5, pacing(1));
        vouch();
        await until(() => heard.length >= 20);
        const gaps = heard.slice(1).map(({ at }, index) => at - (heard[index]?.at ?? 0));
        expect(Math.min(...gaps)).toBeGreaterThan(3_500);
        port.pace(5, pacing(2));
        await until(() => heard.at(-1)?.byte === 2);
        port.unpace(5);
        const count = port.repeatedBy(5);
        await wait(30);
        expect(port.repeatedBy(5)).toBe(count);
        expect(heard.length).toBe(count);
    });

    it("ends with what it was allowed, and goes on when it is allowed more", async () => {
        open();
        port.pace(5, pacing(1));
        await wait(20);
        expect(heard).toEqual([]);
        vouch(milliseconds(50));
        await wait(100);
        const count = heard.length;
        await wait(30);
        expect(heard.length).toBe(count);
        vouch();
        await until(() => heard.length > count);
    });

    it("goes on from another socket when the endpoint is another one, and its count with it", async () => {
        open();
        port.pace(5, pacing(1));
        vouch();
        await until(() => heard.length >= 5);
        port.attend([{ ...ENDPOINT, ttl: 99 }]);
        const before = port.repeatedBy(5);
        await until(() => heard.at(-1)?.ttl === 99);
        expect(port.repeatedBy(5)).toBeGreaterThan(before);
        port.close();
        const total = port.repeatedBy(5);
        await wait(30);
        expect(heard.length).toBeLessThanOrEqual(total);
        expect(port.repeatedBy(5)).toBe(total);
    });

    it("ends with the session, of which nothing stays known", async () => {
        open(system, ENDPOINT, { ...ENDPOINT, session: 6, sourcePort: 50_001 });
        port.pace(5, pacing(1));
        port.pace(6, pacing(2));
        vouch();
        await until(() => new Set(heard.map(({ byte }) => byte)).size === 2);
        port.attend([ENDPOINT]);
        heard = [];
        await until(() => heard.length > 10);
        expect(heard.slice(2).every(({ byte }) => byte === 1)).toBe(true);
        expect(port.repeatedBy(6)).toBe(0);
    });

    /** Paces a session, and takes its way: until the kernel has refused a packet. */
    async function paceUntilRefused(): Promise<void> {
        open();
        port.pace(5, pacing(1));
        vouch();
        await until(() => heard.length > 0);
        ip("rule del pref 0");
        await until(() => {
            vouch();
            return troubles.length > 0;
        });
    }

    it("is tried from a new socket when the kernel refuses it, which is told once", async () => {
        await paceUntilRefused();
        expect(troubles).toEqual(["cannot send to b1: ENETUNREACH"]);
        ip("rule add pref 0 table local");
        heard = [];
        vouch();
        await until(() => heard.length > 3);
        vouch();
        expect(troubles).toHaveLength(1);
    });

    it("goes on at once when the kernel refuses it no more", async () => {
        await paceUntilRefused();
        ip("rule add pref 0 table local");
        heard = [];
        const from = clock.now();
        await until(() => heard.length > 0);
        // A neighbour's Detection Time may be much shorter than the second after which a new socket is tried.
        expect(between(from, heard[0]?.at ?? from)).toBeLessThan(milliseconds(300));
    });

    it("is sent and heard by another interface of the same name when that has taken the place of the first", async () => {
        const wire = () => {
            makeVethPair("here", "there");
            ip("address add fe80::1/64 dev here nodad");
            ip("address add fe80::2/64 dev there nodad");
        };
        const far = { ...ENDPOINT, neighbor: address("fe80::2"), source: address("fe80::1"), interfaceName: "here" };
        wire();
        // The second one is silent: nothing ever fails for it.
        open(system, far, { ...ENDPOINT, session: 6, neighbor: far.source, source: far.neighbor, interfaceName: "there" });
        port.pace(5, pacing(1));
        vouch();
        await until(() => heard.at(-1)?.interfaceName === "there");
        ip("link del here");
        wire();
        heard = [];
        await until(() => {
            vouch();
            return heard.length > 0;
        });
        expect(heard[0]?.interfaceName).toBe("there");
        ip("link del here");
    });

    it("is given back to the session when no thread can be had", () => {
        open(Object.assign(Object.create(system) as NativeAddon, { pacerAdd: () => -11 }));
        port.pace(5, pacing(1));
        expect(refused).toEqual([5]);
        expect(troubles).toEqual(["cannot leave sending to b1 to a thread: EAGAIN"]);
        port.unpace(5);
        expect(port.repeatedBy(5)).toBe(0);
    });
});
