import { expect, it } from "vitest";
import type { VirtualAddress } from "../address/virtual-address.ts";
import { parseIp } from "../base/ip.ts";
import { writerOfNewAddresses } from "./address-run.ts";
import { MessageWriter } from "./message-writer.ts";
import { type WriteAddress, writeNewAddress } from "./rtnetlink.ts";

function order(text: string, more: Partial<VirtualAddress> = {}) {
    const address = parseIp(text) ?? expect.fail(text);
    return { address, prefixLength: 24, scope: 0, flags: 0x400, ...more };
}

const PEER = { address: parseIp("10.2.0.1") ?? expect.fail(), prefixLength: 32 };

function bytes(write: WriteAddress, batches: readonly (readonly [ReturnType<typeof order>, number][])[]): string[] {
    const writer = new MessageWriter(4096);
    let sequence = 7;
    return batches.map((batch) => {
        writer.clear();
        for (const [one, interfaceIndex] of batch) {
            write(writer, one, interfaceIndex, sequence++);
        }
        writer.acknowledgeLastOnly();
        return Buffer.from(writer.bytes.subarray(0, writer.length)).toString("hex");
    });
}

it("writes the same bytes as for each address by itself, whatever they have in common", () => {
    const batches = [
        [order("10.1.0.1"), order("10.1.0.2"), order("10.1.0.3", { label: "eth0:1" }), order("10.1.0.4", { label: "eth0:1" })],
        [order("10.1.0.5"), order("10.1.0.6", { prefixLength: 32 }), order("10.1.0.7", { peer: PEER }), order("10.1.0.8", { peer: PEER })],
        [order("fe80::1"), order("fe80::2"), order("fe80::3", { preferredLifetime: 0 }), order("fe80::4", { preferredLifetime: 0 })],
        [order("fe80::5", { scope: 253 }), order("10.1.0.9"), order("10.1.0.10", { broadcast: PEER.address }), order("10.1.0.11")],
    ];
    const placed = batches.map((batch) => batch.map((one, index): [ReturnType<typeof order>, number] => [one, index === 3 ? 3 : 2]));
    const same = batches.map((batch) => batch.map((one): [ReturnType<typeof order>, number] => [one, 2]));
    for (const orders of [placed, same]) {
        expect(bytes(writerOfNewAddresses(), orders)).toEqual(bytes(writeNewAddress, orders));
    }
});
