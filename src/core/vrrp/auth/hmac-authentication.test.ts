import { describe, expect, it } from "vitest";
import { hex } from "../../../../test/contracts/decoder.ts";
import { NodeDigests } from "../../../io/crypto/node-digests.ts";
import { toHex } from "../../base/bytes.ts";
import { type Duration, type Instant, instant, seconds } from "../../base/instant.ts";
import type { IpAddress } from "../../base/ip.ts";
import { HMAC_TRAILER_LENGTH } from "../../packet/hmac-trailer.ts";
import { VRRP_GROUP_IPV4, VRRP_GROUP_IPV6 } from "../../packet/vrrp.ts";
import { advertisementPackets } from "../advertisement-packets.ts";
import type { OutgoingPacket } from "../effects.ts";
import type { Destination, HmacAuthentication, VirtualRouterSettings } from "../settings.ts";
import { ip, link, routerSettings, virtualAddress } from "../test-bench.ts";
import { HmacAuthenticator, type TrailerVerdict } from "./hmac-authentication.ts";
import { TimeOfDay } from "./time-of-day.ts";

const KEY = Uint8Array.from({ length: 32 }, (_, index) => index);
const HMAC: HmacAuthentication = {
    type: "hmac",
    keys: [
        { id: 1, material: { type: "bytes", bytes: KEY } },
        { id: 2, material: { type: "bytes", bytes: KEY.toReversed() } },
    ],
    activeKey: 1,
    checksTime: true,
    window: seconds(5),
    mode: "enforce",
};
const GROUP_6: Destination = { type: "multicast", group: VRRP_GROUP_IPV6 };
const MULTICAST: Destination = { type: "multicast", group: VRRP_GROUP_IPV4 };
/** Half a second past 0x69200000 (2025-11-21). */
const TIME = 0x6920_0000 * 1_000_000 + 500_000;
const NOW = instant(1_000_000);

/** An authenticator at `TIME`, and its clock. */
function authenticator() {
    const timeOfDay = new TimeOfDay();
    timeOfDay.offset = (TIME - NOW) as Duration;
    return { hmac: new HmacAuthenticator(new NodeDigests(), timeOfDay), timeOfDay };
}

function peerOf(address: string): Destination {
    return { type: "unicast", ttl: 255, peers: [{ address: ip(address), minTtl: 0, maxTtl: 255 }] };
}

function packetsOf(settings: VirtualRouterSettings, source: string): readonly OutgoingPacket[] {
    return advertisementPackets(settings, { link: link(), source: ip(source) }, 200, false);
}

interface Vector {
    readonly what: string;
    readonly version: 2 | 3;
    readonly family: 4 | 6;
    readonly destination: Destination;
    readonly wire: string;
}

/*
 * Written down from this, which shares nothing with the code under test; with the draft's addresses, sequence and (for IPv4) checksum without
 * pseudo header it gives the two examples of the draft's appendix to the byte:
 *
 *   import hmac, hashlib, struct, ipaddress
 *   def csum(b):
 *       s = sum(struct.unpack(">%dH" % (len(b) // 2), b))
 *       while s >> 16: s = (s & 0xffff) + (s >> 16)
 *       return ~s & 0xffff
 *   def wire(version, source, destination, address, sequence):
 *       s, d, a = (ipaddress.ip_address(x) for x in (source, destination, address))
 *       head = bytes([version << 4 | 1, 51, 200, 1]) + (bytes([0, 1]) if version == 2 else struct.pack(">H", 100))
 *       m = head + b"\0\0" + a.packed + (bytes(8) if version == 2 and s.version == 4 else b"")
 *       t = bytes([1, 1, 0, 0]) + struct.pack(">Q", sequence)
 *       pseudo = bytes([s.version, version, 51, 0]) + s.packed.ljust(16, b"\0")
 *       t += hmac.new(bytes(range(32)), pseudo + m + t + bytes(16), hashlib.sha256).digest()[:16]
 *       covered = m + t if s.version == 6 else m
 *       ends = s.packed + d.packed + struct.pack(">I", len(covered)) + bytes([0, 0, 0, 112])
 *       c = csum(covered if (version, s.version) == (2, 4) else ends + covered)
 *       return (m[:6] + struct.pack(">H", c) + m[8:] + t).hex()
 */
const VECTORS: readonly Vector[] = [
    {
        ...{ what: "version 2, IPv4, multicast", version: 2, family: 4, destination: MULTICAST },
        wire: "2133c801000103740a4d090900000000000000000101000069200000800000001624025c924b1f032e9aaf564659a996",
    },
    {
        ...{ what: "version 2, IPv4, unicast", version: 2, family: 4, destination: peerOf("10.77.0.2") },
        wire: "2133c801000103740a4d090900000000000000000101000069200000800000001624025c924b1f032e9aaf564659a996",
    },
    {
        ...{ what: "version 2, IPv6, multicast", version: 2, family: 6, destination: GROUP_6 },
        wire: "2133c8010001305ffe8000000000000000000000005e00990101000069200000800000007b59bcf994180303743216bc2eb27586",
    },
    {
        ...{ what: "version 2, IPv6, unicast", version: 2, family: 6, destination: peerOf("fe80::2") },
        wire: "2133c801000130f1fe8000000000000000000000005e00990101000069200000800000007b59bcf994180303743216bc2eb27586",
    },
    {
        ...{ what: "version 3, IPv4, multicast", version: 3, family: 4, destination: MULTICAST },
        wire: "3133c801006408340a4d09090101000069200000800000006608f1a171788e3b616dd30c618a1267",
    },
    {
        ...{ what: "version 3, IPv4, unicast", version: 3, family: 4, destination: peerOf("10.77.0.2") },
        wire: "3133c8010064ddf70a4d09090101000069200000800000006608f1a171788e3b616dd30c618a1267",
    },
    {
        ...{ what: "version 3, IPv6, multicast", version: 3, family: 6, destination: GROUP_6 },
        wire: "3133c8010064d6edfe8000000000000000000000005e0099010100006920000080000000f400975a985490f48b9bddd3a3878608",
    },
    {
        ...{ what: "version 3, IPv6, unicast", version: 3, family: 6, destination: peerOf("fe80::2") },
        wire: "3133c8010064d77ffe8000000000000000000000005e0099010100006920000080000000f400975a985490f48b9bddd3a3878608",
    },
];

describe.each(VECTORS)("$what", ({ version, family, destination, wire }) => {
    const settings = routerSettings({ version, family, destination, authentication: HMAC });

    it("is signed to the byte", () => {
        const { hmac } = authenticator();
        const [packet] = hmac.seal(packetsOf(settings, family === 4 ? "10.77.0.1" : "fe80::1"), HMAC, NOW);
        expect(packet && toHex(packet.payload)).toBe(wire);
    });

    it("is accepted once, and not from another source", () => {
        const { hmac } = authenticator();
        const bytes = hex(wire);
        const end = bytes.length - HMAC_TRAILER_LENGTH;
        const heard = { message: bytes.subarray(0, end), trailer: bytes.subarray(end), source: ip(family === 4 ? "10.77.0.1" : "fe80::1") };
        const stranger = { ...heard, source: ip(family === 4 ? "10.77.0.3" : "fe80::3") };
        expect(hmac.verify(stranger, HMAC, destination, NOW).type).toBe("invalid-hmac");
        expect(hmac.verify(heard, HMAC, destination, NOW)).toEqual({ type: "valid", skew: 0 });
        expect(hmac.verify(heard, HMAC, destination, NOW).type).toBe("replayed");
    });
});

it.each([
    ["IPv4", 4, "3133c80100644402c00002640101000068000000800000001b84bc4e8e43892dc6d98448f8ee2265", "198.51.100.10"],
    ["IPv6", 6, "3133c8010064a2e9fe800000000000000000000000000100010100006800000080000000c8c56146ebfd66ee10ec4d8186461b78", "fe80::10"],
] as const)("accepts the example of the draft's appendix, %s", (_what, family, wire, source) => {
    const { hmac, timeOfDay } = authenticator();
    timeOfDay.offset = (0x6800_0000 * 1_000_000 - NOW) as Duration;
    const bytes = hex(wire);
    const end = 8 + (family === 4 ? 4 : 16);
    const signed = { message: bytes.subarray(0, end), trailer: bytes.subarray(end), source: ip(source) };
    expect(hmac.verify(signed, HMAC, MULTICAST, NOW).type).toBe("valid");
});

/** Two sides with clocks of their own, and what one makes of what the other sends. */
function pair(authentication: HmacAuthentication = HMAC, destination: Destination = MULTICAST) {
    const [sender, receiver] = [authenticator(), authenticator()];
    const settings = routerSettings({ version: 3, destination, authentication, addresses: [virtualAddress("10.77.9.9")] });
    const send = (now: Instant = NOW, source = "10.77.0.1") => {
        const [packet] = sender.hmac.seal(packetsOf(settings, source), authentication, now);
        const bytes = packet?.payload ?? expect.fail("nothing was sent");
        return { message: bytes.slice(0, -HMAC_TRAILER_LENGTH), trailer: bytes.slice(-HMAC_TRAILER_LENGTH), source: ip(source) };
    };
    const hear = (signed: { message: Uint8Array; trailer: Uint8Array; source: IpAddress }, now: Instant = NOW): TrailerVerdict =>
        receiver.hmac.verify(signed, authentication, destination, now);
    return { sender, receiver, send, hear };
}

const later = (span: number): Instant => (NOW + seconds(span)) as Instant;

describe("a trailer", () => {
    it.each([
        ["a changed priority", (one: { message: Uint8Array }) => one.message.fill(7, 2, 3), "invalid-hmac"],
        ["a changed address", (one: { message: Uint8Array }) => one.message.fill(7, 11, 12), "invalid-hmac"],
        ["another checksum", (one: { message: Uint8Array }) => one.message.fill(7, 6, 8), "valid"],
        ["a changed sequence number", (one: { trailer: Uint8Array }) => one.trailer.fill(7, 11, 12), "invalid-hmac"],
        ["the other key's ID", (one: { trailer: Uint8Array }) => one.trailer.fill(2, 1, 2), "invalid-hmac"],
        ["an ID that no key has", (one: { trailer: Uint8Array }) => one.trailer.fill(9, 1, 2), "unknown-key"],
        ["another type", (one: { trailer: Uint8Array }) => one.trailer.fill(9, 0, 1), "malformed"],
        ["reserved bits set", (one: { trailer: Uint8Array }) => one.trailer.fill(9, 2, 3), "malformed"],
    ])("with %s is: %s", (_what, spoil, verdict) => {
        const { send, hear } = pair();
        const signed = send();
        spoil(signed);
        expect(hear(signed).type).toBe(verdict);
    });

    it("that was forged moves no mark", () => {
        const { send, hear } = pair();
        const forged = send(later(3));
        forged.trailer[27] = 1 ^ (forged.trailer[27] ?? 0);
        expect(hear(forged).type).toBe("invalid-hmac");
        expect(hear(send(later(3))).type).toBe("valid");
    });

    it.each([
        [5, "valid"],
        [6, "stale"],
        [-5, "valid"],
        [-6, "stale"],
    ])("that is %i s old is: %s", (age, verdict) => {
        const { send, hear } = pair();
        const signed = send(later(-age));
        expect(hear(signed)).toMatchObject({ type: verdict, skew: age });
    });

    it("of any age is taken with anti_replay monotonic, but never an older one after it", () => {
        const { send, hear } = pair({ ...HMAC, checksTime: false });
        const [first, second] = [send(), send()];
        expect(hear(second, later(100_000)).type).toBe("valid");
        expect(hear(first, later(100_000)).type).toBe("replayed");
    });
});

describe("sequence numbers", () => {
    it("grow within one tick of the clock", () => {
        const { sender, send } = pair();
        send();
        const first = sender.hmac.sent;
        send();
        expect(sender.hmac.sent).toEqual({ seconds: first?.seconds, rest: (first?.rest ?? 0) + 1 });
    });

    it("go on growing when the sender's clock was set back a little", () => {
        const { sender, send, hear } = pair();
        expect(hear(send()).type).toBe("valid");
        sender.timeOfDay.offset = (sender.timeOfDay.offset - seconds(4)) as Duration;
        expect(hear(send()).type).toBe("valid");
    });

    it("follow the clock when it was set back by more than the window, and are accepted as soon as the old mark has expired", () => {
        const { sender, receiver, send, hear } = pair();
        expect(hear(send()).type).toBe("valid");
        for (const { timeOfDay } of [sender, receiver]) {
            timeOfDay.offset = (timeOfDay.offset - seconds(3600)) as Duration;
        }
        expect(hear(send(later(1)), later(1)).type).toBe("valid");
    });

    it("never go back with anti_replay monotonic, whatever the clock does", () => {
        const { sender, send, hear } = pair({ ...HMAC, checksTime: false });
        expect(hear(send()).type).toBe("valid");
        sender.timeOfDay.offset = (sender.timeOfDay.offset - seconds(3600)) as Duration;
        expect(hear(send()).type).toBe("valid");
    });

    it("go on behind a predecessor's, with room for those that it did not write down", () => {
        const { sender, send, hear } = pair({ ...HMAC, checksTime: false });
        send();
        const known = sender.hmac.sent;
        sender.timeOfDay.offset = (sender.timeOfDay.offset - seconds(10)) as Duration;
        for (let count = 0; count < 1000; count++) {
            send();
        }
        expect(hear(send()).type).toBe("valid");
        sender.hmac.restore(known, []);
        expect(hear(send()).type).toBe("valid");
    });
});

describe("the memory for senders", () => {
    it("takes up what a predecessor remembered", () => {
        const { receiver, send, hear } = pair();
        const signed = send();
        hear(signed);
        const successor = authenticator().hmac;
        successor.restore(undefined, receiver.hmac.heard);
        expect(successor.verify(signed, HMAC, MULTICAST, NOW).type).toBe("replayed");
    });

    it("holds four senders of a group, the one heard longest ago makes room", () => {
        const { receiver, send, hear } = pair();
        const first = send(NOW, "10.77.1.1");
        hear(first);
        for (const last of [2, 3, 4]) {
            hear(send(NOW, `10.77.1.${last}`));
        }
        expect(hear(first).type).toBe("replayed");
        hear(send(NOW, "10.77.1.5"));
        expect(receiver.hmac.heard).toHaveLength(4);
        expect(hear(first).type).toBe("valid");
    });

    it("never forgets a configured peer", () => {
        const peers = peerOf("10.77.1.1");
        const { send, hear } = pair(HMAC, peers);
        const first = send(NOW, "10.77.1.1");
        expect(hear(first).type).toBe("valid");
        for (const last of [2, 3, 4, 5, 6]) {
            expect(hear(send(NOW, `10.77.1.${last}`)).type).toBe("valid");
        }
        expect(hear(first).type).toBe("replayed");
    });
});
