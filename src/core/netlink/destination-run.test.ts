import fc from "fast-check";
import { expect, it } from "vitest";
import type { IpAddress } from "../base/ip.ts";
import { writerOfDestinations } from "./destination-run.ts";
import { type IpvsDestination, type ServiceIdentity, writeDeleteService, writeDestination } from "./ipvs.ts";
import { MAX_MESSAGE_LENGTH, MessageWriter } from "./message-writer.ts";

const address = (family: 4 | 6) =>
    fc.uint8Array({ minLength: family === 4 ? 4 : 16, maxLength: family === 4 ? 4 : 16 }).map((bytes): IpAddress => ({ family, bytes }));

const SERVICES: readonly ServiceIdentity[] = [
    { type: "address", protocol: 6, address: { family: 4, bytes: Uint8Array.of(10, 0, 0, 1) }, port: 80 },
    { type: "address", protocol: 17, address: { family: 6, bytes: new Uint8Array(16).fill(7) }, port: 53 },
    { type: "fwmark", family: 4, mark: 5 },
];

const destination: fc.Arbitrary<IpvsDestination> = fc.record({
    address: fc.oneof(address(4), address(6)),
    port: fc.constantFrom(80, 80, 81),
    forwarding: fc.constantFrom("nat", "nat", "route"),
    weight: fc.constantFrom(1, 1, 2),
    upperThreshold: fc.constantFrom(0, 0, 9),
    lowerThreshold: fc.constantFrom(0, 0, 3),
});

const step = fc.record({
    order: fc.constantFrom("add", "add", "edit", "delete"),
    identity: fc.constantFrom(...SERVICES),
    destination,
    before: fc.constantFrom("nothing", "nothing", "nothing", "another message", "a new batch"),
});

it("writes the same as one by one, whatever stands between", () => {
    fc.assert(
        fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
            const [ours, plain] = [new MessageWriter(32 * MAX_MESSAGE_LENGTH), new MessageWriter(32 * MAX_MESSAGE_LENGTH)];
            const write = writerOfDestinations();
            for (const [index, { order, identity, destination: wanted, before }] of steps.entries()) {
                const to = { familyId: 30, sequence: index + 1 };
                for (const writer of [ours, plain]) {
                    if (before === "a new batch") {
                        writer.clear();
                    } else if (before === "another message") {
                        writeDeleteService(writer, to, identity);
                    }
                }
                write(ours, to, order, { identity, destination: wanted });
                writeDestination(plain, to, order, { identity, destination: wanted });
                expect(ours.bytes.subarray(0, ours.length)).toEqual(plain.bytes.subarray(0, plain.length));
            }
        }),
    );
});
