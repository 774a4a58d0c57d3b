import { viewOf } from "../base/bytes.ts";
import type { IpAddress } from "../base/ip.ts";
import { AttributeTable, attribute } from "./attributes.ts";
import { i32, ipAddress } from "./layout.ts";
import { NETLINK } from "./message.ts";
import type { MessageWriter } from "./message-writer.ts";
import { ROUTE_HEADER, ROUTE_MESSAGE } from "./route-messages.ts";

/** RTN_UNICAST and RTN_LOCAL. */
const TYPES = { unicast: 1, local: 2 } as const;
const FAMILY_NUMBERS = { 4: 2, 6: 10 } as const;
const BITS_IN_A_BYTE = 8;

const ATTRIBUTES = new AttributeTable({
    destination: attribute(1, ipAddress),
    interfaceIndex: attribute(4, i32),
    gateway: attribute(5, ipAddress),
});

/** Asks which way a packet to this address would go. */
export function writeRouteQuery(writer: MessageWriter, address: IpAddress, sequence: number): void {
    writer.begin(ROUTE_MESSAGE.RTM_GETROUTE, NETLINK.NLM_F_REQUEST, sequence);
    ROUTE_HEADER.write(writer, {
        family: FAMILY_NUMBERS[address.family],
        destinationLength: BITS_IN_A_BYTE * address.bytes.length,
    });
    ATTRIBUTES.write(writer, { destination: address });
    writer.end();
}

/** The kernel's answer: the interface behind which the address itself is, or that it is this machine's; undefined when it is farther away, or nowhere. */
export function readDirectWay(type: number, payload: Uint8Array): number | "here" | undefined {
    const view = viewOf(payload);
    const header = type === ROUTE_MESSAGE.RTM_NEWROUTE ? ROUTE_HEADER.read(view, 0, payload.length) : undefined;
    if (header === undefined) {
        return undefined;
    }
    const { interfaceIndex, gateway } = ATTRIBUTES.read(view, ROUTE_HEADER.size, payload.length - ROUTE_HEADER.size);
    if (header.type === TYPES.local) {
        return "here";
    }
    return header.type === TYPES.unicast && gateway === undefined ? interfaceIndex : undefined;
}
