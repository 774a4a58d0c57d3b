import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ipFromBytes } from "../../base/ip.ts";
import type { IpvsDestination, IpvsService, ServiceIdentity } from "../../netlink/ipvs.ts";
import { commentBytes, commentText } from "../../netlink/nftables-comment.ts";
import { readServer, readService, writtenServer, writtenService } from "./written.ts";

const number = fc.integer({ min: 0, max: 0xffff_ffff });
const port = fc.integer({ min: 0, max: 0xffff });
const address = fc.oneof(
    fc.uint8Array({ minLength: 4, maxLength: 4 }).map(ipFromBytes),
    fc.uint8Array({ minLength: 16, maxLength: 16 }).map(ipFromBytes),
);
const identity: fc.Arbitrary<ServiceIdentity> = fc.oneof(
    fc.record({ type: fc.constant("address" as const), protocol: fc.constantFrom(6, 17, 132), address, port }),
    fc.record({ type: fc.constant("fwmark" as const), family: fc.constantFrom(4 as const, 6 as const), mark: number }),
);
const service: fc.Arbitrary<IpvsService> = fc.record({
    identity,
    scheduler: fc.constantFrom("rr", "wlc", "mh"),
    flags: fc.integer({ min: 0, max: 63 }),
    persistence: number,
    granularity: fc.integer({ min: 0, max: 128 }),
});
const destination: fc.Arbitrary<IpvsDestination> = fc.record({
    address,
    port,
    forwarding: fc.constantFrom("nat" as const, "route" as const),
    weight: fc.integer({ min: 0, max: 65_535 }),
    upperThreshold: number,
    lowerThreshold: number,
});

describe("what rules say of themselves", () => {
    it("fits a comment and is read as it was written", () => {
        const throughComment = (text: string) => commentText(commentBytes(text)) ?? "";
        fc.assert(
            fc.property(service, (one) => {
                expect(readService(throughComment(writtenService(one)))).toEqual(one);
            }),
        );
        fc.assert(
            fc.property(destination, number, (one, id) => {
                expect(readServer(throughComment(writtenServer(one, id)))).toEqual({ destination: one, service: id });
            }),
        );
    });

    it("is nothing when somebody else wrote it", () => {
        for (const text of [
            "",
            "service",
            "service 6 10.0.0.1 80 rr 0 0",
            "service x 10.0.0.1 80 rr 0 0 32",
            "service fwmark 5 7 rr 0 0 32",
        ]) {
            expect(readService(text)).toBeUndefined();
        }
        for (const text of [
            "server",
            "server 10.0.0.2 80 tunnel 1 0 0 of 1",
            "server here 80 nat 1 0 0 of 1",
            "server 10.0.0.2 80 nat 1 0 0",
        ]) {
            expect(readServer(text)).toBeUndefined();
        }
        fc.assert(
            fc.property(fc.string(), (text) => {
                expect([readService(text), readServer(text)]).toEqual([undefined, undefined]);
            }),
        );
    });
});
