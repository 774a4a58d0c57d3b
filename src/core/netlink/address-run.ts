import type { MessageWriter } from "./message-writer.ts";
import { type AddressOrder, type WriteAddress, writeNewAddress } from "./rtnetlink.ts";

/** Where `writeNewAddress` puts the address for the first time: behind both headers and the attribute's own. */
const LOCAL_AT = 28;
const ATTRIBUTE_HEADER = 4;

/**
 * Writes what `writeNewAddress` writes, for thousands of addresses that as a rule differ in nothing but the address itself: then the message before is
 * copied, which takes a third of the time.
 */
export function writerOfNewAddresses(): WriteAddress {
    let last: AddressOrder | undefined;
    let lastInterface = 0;
    return (writer, order, interfaceIndex, sequence) => {
        if (writer.length > 0 && interfaceIndex === lastInterface && last !== undefined && isAlike(last, order)) {
            repeat(writer, order, sequence);
        } else {
            writeNewAddress(writer, order, interfaceIndex, sequence);
        }
        last = order;
        lastInterface = interfaceIndex;
    };
}

function repeat(writer: MessageWriter, { address: { bytes } }: AddressOrder, sequence: number): void {
    const local = writer.repeat(sequence) + LOCAL_AT;
    writer.overwrite(local, bytes);
    writer.overwrite(local + bytes.length + ATTRIBUTE_HEADER, bytes);
}

function isAlike(first: AddressOrder, second: AddressOrder): boolean {
    return (
        first.address.family === second.address.family &&
        first.prefixLength === second.prefixLength &&
        first.scope === second.scope &&
        first.flags === second.flags &&
        first.label === second.label &&
        first.preferredLifetime === second.preferredLifetime &&
        isPlain(first) &&
        isPlain(second)
    );
}

/** Whether the message has no other address than its own. */
function isPlain({ peer, broadcast }: AddressOrder): boolean {
    return peer === undefined && broadcast === undefined;
}
