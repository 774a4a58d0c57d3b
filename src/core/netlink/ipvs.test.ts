import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
    ADDRESS_SERVICE,
    ENGINE_SERVICE,
    MARK_SERVICE,
    NAT_DESTINATION,
    ROUTE_DESTINATION,
    TUNNEL_DESTINATION,
} from "../../../test/contracts/captured-ipvs.ts";
import { hex } from "../../../test/contracts/decoder.ts";
import { toHex } from "../base/bytes.ts";
import { type IpAddress, parseIp } from "../base/ip.ts";
import {
    type IpvsDestination,
    type IpvsService,
    readDestination,
    readService,
    type ServiceIdentity,
    writeDeleteService,
    writeDestination,
    writeDumpDestinations,
    writeDumpServices,
    writeFlush,
    writeService,
    writeZero,
} from "./ipvs.ts";
import type { IpvsAddressee } from "./ipvs-attributes.ts";
import { readMessages } from "./message.ts";
import { MessageWriter } from "./message-writer.ts";

const TO: IpvsAddressee = { familyId: 28, sequence: 5 };
const ip = (text: string) => parseIp(text) as IpAddress;

const WEB: ServiceIdentity = { type: "address", protocol: 6, address: ip("10.0.0.1"), port: 80 };
const VOICE: ServiceIdentity = { type: "address", protocol: 17, address: ip("fd00::1"), port: 5060 };
const SEVEN: ServiceIdentity = { type: "fwmark", family: 4, mark: 7 };

const NAT: IpvsDestination = {
    address: ip("10.0.0.2"),
    port: 8080,
    forwarding: "nat",
    weight: 3,
    upperThreshold: 1000,
    lowerThreshold: 500,
};
const TUNNEL: IpvsDestination = {
    address: ip("10.0.0.3"),
    port: 0,
    forwarding: "tunnel",
    weight: 1,
    upperThreshold: 0,
    lowerThreshold: 0,
    tunnel: { type: "gue", port: 6080, checksum: "full" },
};

/** What was written, as hexadecimal digits of whole messages. */
function written(write: (writer: MessageWriter) => void): string {
    const writer = new MessageWriter(512);
    write(writer);
    return toHex(writer.bytes.subarray(0, writer.length));
}

const digits = (text: string) => toHex(hex(text));

describe("services as the kernel tells of them", () => {
    it("with persistence, a scheduler's flag and counters", () => {
        expect(readService(ADDRESS_SERVICE)).toMatchObject({
            service: { identity: WEB, scheduler: "wrr", flags: 0xb, persistence: 50, granularity: 24 },
            statistics: { connections: 0, outBytes: 0, outByteRate: 0 },
        });
    });

    it("over IPv6 with a persistence engine", () => {
        expect(readService(ENGINE_SERVICE)?.service).toEqual({
            identity: VOICE,
            scheduler: "rr",
            flags: 3,
            persistence: 60,
            granularity: 64,
            engine: "sip",
        });
    });

    it("by firewall mark", () => {
        expect(readService(MARK_SERVICE)?.service).toEqual({
            identity: SEVEN,
            scheduler: "lc",
            flags: 2,
            persistence: 0,
            granularity: 32,
        });
    });

    it("with counters of 64 bits where there are some", () => {
        const changed = toHex(MARK_SERVICE).replace("a0000c000c000100000000000000", "a0000c000c000100070000000100");
        expect(readService(hex(changed))?.statistics.connections).toBe(2 ** 32 + 7);
    });
});

describe("destinations as the kernel tells of them", () => {
    it("with thresholds", () => {
        expect(readDestination(NAT_DESTINATION, 4)).toMatchObject({
            destination: NAT,
            activeConnections: 0,
            inactiveConnections: 0,
            persistentConnections: 0,
        });
        expect(readDestination(NAT_DESTINATION, 4)?.destination).toEqual(NAT);
    });

    it("over IPv6, whatever the service's family", () => {
        const expected = { address: ip("fd00::2"), port: 5060, forwarding: "route", weight: 1, upperThreshold: 0, lowerThreshold: 0 };
        expect(readDestination(ROUTE_DESTINATION, 4)?.destination).toEqual(expected);
    });

    it("of the service's family where an old kernel does not say", () => {
        const old = hex(toHex(NAT_DESTINATION).replace("06000b0002000000", "0600ff0002000000"));
        expect(readDestination(old, 4)?.destination).toEqual(NAT);
        expect(readDestination(old, 6)?.destination.address.family).toBe(6);
    });

    it("behind a tunnel", () => {
        expect(readDestination(TUNNEL_DESTINATION, 4)?.destination).toEqual(TUNNEL);
    });
});

describe("orders", () => {
    const service: IpvsService = { identity: WEB, scheduler: "wrr", flags: 1, persistence: 50, granularity: 24, engine: "sip" };
    const WEB_HEX = "06000100 02000000 06000200 06000000 14000300 0a000001000000000000000000000000 06000400 00500000";

    it("adds and alters a service", () => {
        const body = `5c000180 ${WEB_HEX} 08000600 77727200 08000b00 73697000 0c000700 01000000 ffffffff 08000800 32000000 08000900 ffffff00`;
        const head = "70000000 1c000500 05000000 00000000";
        expect(written((writer) => writeService(writer, TO, "add", service))).toBe(digits(`${head} 01010000 ${body}`));
        expect(written((writer) => writeService(writer, TO, "edit", service))).toBe(digits(`${head} 02010000 ${body}`));
    });

    it("gives IPv6 a prefix length and no mask", () => {
        const text = written((writer) => writeService(writer, TO, "add", { ...service, identity: VOICE, granularity: 64 }));
        expect(text.endsWith("0800090040000000")).toBe(true);
    });

    it("removes services, all or one, and sets counters to zero", () => {
        expect(written((writer) => writeDeleteService(writer, TO, SEVEN))).toBe(
            digits("28000000 1c000500 05000000 00000000 03010000 14000180 06000100 02000000 08000500 07000000"),
        );
        expect(written((writer) => writeFlush(writer, TO))).toBe(digits("14000000 1c000500 05000000 00000000 11010000"));
        expect(written((writer) => writeZero(writer, TO))).toBe(digits("14000000 1c000500 05000000 00000000 10010000"));
        expect(written((writer) => writeZero(writer, TO, SEVEN)).slice(32)).toBe(
            digits("10010000 14000180 06000100 02000000 08000500 07000000"),
        );
    });

    it("adds, alters and removes a destination", () => {
        const place = "14000100 0a000003000000000000000000000000 06000200 00000000";
        const rest = "08000300 02000000 08000400 01000000 08000500 00000000 08000600 00000000 06000b00 02000000";
        const tunnel = "05000d00 01000000 06000e00 17c00000 06000f00 01000000";
        const order = { identity: SEVEN, destination: TUNNEL };
        const mark = "14000180 06000100 02000000 08000500 07000000";
        expect(written((writer) => writeDestination(writer, TO, "add", order)).slice(32)).toBe(
            digits(`05010000 ${mark} 60000280 ${place} ${rest} ${tunnel}`),
        );
        expect(written((writer) => writeDestination(writer, TO, "edit", order)).slice(32, 40)).toBe("06010000");
        expect(written((writer) => writeDestination(writer, TO, "delete", order)).slice(32)).toBe(
            digits(`07010000 ${mark} 28000280 ${place} 06000b00 02000000`),
        );
    });

    it("asks for everything", () => {
        expect(written((writer) => writeDumpServices(writer, TO))).toBe(digits("14000000 1c000103 05000000 00000000 04010000"));
        expect(written((writer) => writeDumpDestinations(writer, TO, SEVEN)).slice(32, 40)).toBe("08010000");
    });
});

const address = fc.oneof(
    fc.uint8Array({ minLength: 4, maxLength: 4 }).map((bytes): IpAddress => ({ family: 4, bytes })),
    fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes): IpAddress => ({ family: 6, bytes })),
);
const u32 = fc.integer({ min: 0, max: 0x7fff_ffff });
const port = fc.integer({ min: 0, max: 65_535 });
const identity: fc.Arbitrary<ServiceIdentity> = fc.oneof(
    fc.record({ type: fc.constant("address" as const), protocol: fc.constantFrom(6, 17, 132), address, port }),
    fc.record({
        type: fc.constant("fwmark" as const),
        family: fc.constantFrom(4 as const, 6 as const),
        mark: fc.integer({ min: 1, max: 9 }),
    }),
);

/** The kernel answers a service in the words in which it was told. */
function echoed(write: (writer: MessageWriter) => void, command: number): Uint8Array {
    const writer = new MessageWriter(512);
    write(writer);
    const payload = readMessages(writer.bytes.subarray(0, writer.length))[0]?.payload.slice() ?? new Uint8Array();
    payload[0] = command;
    return payload;
}

describe("any service and destination", () => {
    it("is read as it was written", () => {
        fc.assert(
            fc.property(identity, fc.constantFrom("rr", "wlc"), u32, u32, (id, scheduler, flags, persistence) => {
                const family = id.type === "fwmark" ? id.family : id.address.family;
                const service: IpvsService = { identity: id, scheduler, flags, persistence, granularity: family === 4 ? 20 : 100 };
                const read = readService(echoed((writer) => writeService(writer, TO, "add", service), 1));
                expect(read?.service).toEqual(service);
            }),
        );
        fc.assert(
            fc.property(
                fc.record<IpvsDestination>({
                    address,
                    port,
                    forwarding: fc.constantFrom("nat", "route", "tunnel"),
                    weight: u32,
                    upperThreshold: u32,
                    lowerThreshold: u32,
                }),
                (destination) => {
                    const payload = echoed((writer) => writeDestination(writer, TO, "add", { identity: WEB, destination }), 5);
                    expect(readDestination(payload, 4)?.destination).toEqual(destination);
                },
            ),
        );
    });

    it("is refused when it is cut, another command or of an unknown kind, and never throws", () => {
        for (const sample of [ADDRESS_SERVICE, NAT_DESTINATION]) {
            for (let length = 0; length < sample.length; length++) {
                readService(sample.subarray(0, length));
                readDestination(sample.subarray(0, length), 4);
            }
        }
        expect(readService(NAT_DESTINATION)).toBeUndefined();
        expect(readDestination(ADDRESS_SERVICE, 4)).toBeUndefined();
        expect(readService(hex("01010000"))).toBeUndefined();
        expect(readService(hex("01010000 0c000180 06000100 63000000"))).toBeUndefined();
        expect(readDestination(hex(toHex(NAT_DESTINATION).replace("0800030000000000", "0800030007000000")), 4)).toBeUndefined();
        fc.assert(
            fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
                readService(bytes);
                readDestination(bytes, 6);
            }),
        );
    });
});
