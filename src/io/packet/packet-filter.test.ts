import { describe, expect, it } from "vitest";
import { advertisementFilter } from "./packet-filter.ts";

const NETWORK_HEADER = 0xfff00000;

/** Runs a filter as the kernel does, as far as these instructions go; the number of bytes let through. */
function run(filter: Uint8Array, packet: Uint8Array, header: Uint8Array = new Uint8Array(0)): number {
    const view = new DataView(filter.buffer);
    let [accumulator, index, next] = [0, 0, 0];
    for (;;) {
        const [code, operand] = [view.getUint16(8 * next, true), view.getUint32(8 * next + 4, true)];
        const byte = (offset: number) => (offset >= NETWORK_HEADER ? header[offset - NETWORK_HEADER] : packet[offset]);
        switch (code) {
            case 0xb1:
                index = ((byte(operand) ?? 0) & 0x0f) * 4;
                break;
            case 0x30:
            case 0x50: {
                const value = byte(operand + (code === 0x50 ? index : 0));
                if (value === undefined) {
                    return 0;
                }
                accumulator = value;
                break;
            }
            case 0x15:
                next += view.getUint8(8 * next + (accumulator === operand ? 2 : 3));
                break;
            case 0x06:
                return operand;
            default:
                throw new Error(`unknown instruction ${code}`);
        }
        next++;
    }
}

const everyVrid = Array.from({ length: 255 }, (_, index) => index + 1);

describe.each([
    ["IPv4", 4, (vrid: number) => Uint8Array.of(0x45, ...new Uint8Array(19), 0x31, vrid)],
    ["IPv4 with options", 4, (vrid: number) => Uint8Array.of(0x46, ...new Uint8Array(23), 0x31, vrid)],
    ["IPv6", 6, (vrid: number) => Uint8Array.of(0x31, vrid)],
] as const)("a filter for %s", (_name, family, packet) => {
    it.each([[[7]], [[1, 51, 255]], [everyVrid], [everyVrid.filter((vrid) => vrid % 2 === 0)], [[]]])("lets its own through", (vrids) => {
        const passing = Array.from({ length: 256 }, (_, vrid) => vrid).filter(
            (vrid) => run(advertisementFilter({ family, isUnicast: false, vrids }), packet(vrid)) > 0,
        );
        expect(passing).toEqual(vrids);
    });

    it("drops what is too short", () => {
        expect(run(advertisementFilter({ family, isUnicast: false, vrids: [7] }), packet(7).slice(0, -1))).toBe(0);
    });
});

describe("a filter for IPv6 by unicast", () => {
    const header = (first: number) => new Uint8Array(40).fill(first, 24, 25);

    it.each([[undefined], [[51]]])("lets no multicast through (VRIDs %j)", (vrids) => {
        const filter = advertisementFilter({ family: 6, isUnicast: true, ...(vrids && { vrids }) });
        expect(run(filter, Uint8Array.of(0x31, 51), header(0xff))).toBe(0);
        expect(run(filter, Uint8Array.of(0x31, 51), header(0xfe))).toBeGreaterThan(0);
    });
});
