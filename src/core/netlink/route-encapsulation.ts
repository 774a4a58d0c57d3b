import type { Encapsulation } from "../base/route.ts";
import { AttributeTable, attribute } from "./attributes.ts";
import { ipAddress, type Layout, rawBytes, u8 } from "./layout.ts";
import type { MessageWriter } from "./message-writer.ts";

/**
 * Headers that packets of a route get around them (include/uapi/linux/lwtunnel.h, mpls_iptunnel.h, ila.h).
 */

/** LWTUNNEL_ENCAP_*. */
export const ENCAPSULATION_TYPES = { mpls: 1, ip: 2, ila: 3, ip6: 4 } as const;

const LABEL_SHIFT = 12;
/** Marks the innermost label. */
const BOTTOM_OF_STACK = 0x100;

const networkU16: Layout<number> = {
    read: (view, offset, length) => (length < 2 ? undefined : view.getUint16(offset)),
    write: (writer, value) => {
        writer.u8(value >>> 8);
        writer.u8(value & 0xff);
    },
};

/** LWTUNNEL_IP_* and LWTUNNEL_IP6_*, which have the same numbers. */
const IP_TUNNEL = new AttributeTable({
    id: attribute(1, rawBytes),
    destination: attribute(2, ipAddress),
    source: attribute(3, ipAddress),
    ttl: attribute(4, u8),
    tos: attribute(5, u8),
    flags: attribute(6, networkU16),
});

const labelStack: Layout<readonly number[]> = {
    read: (view, offset, length) => Array.from({ length: Math.floor(length / 4) }, (_, index) => view.getUint32(offset + 4 * index) >>> 12),
    write: (writer, labels) => {
        for (const [index, label] of labels.entries()) {
            const entry = label * 2 ** LABEL_SHIFT + (index === labels.length - 1 ? BOTTOM_OF_STACK : 0);
            for (const shift of [24, 16, 8, 0]) {
                writer.u8((entry >>> shift) & 0xff);
            }
        }
    },
};
const MPLS_TUNNEL = new AttributeTable({ labels: attribute(1, labelStack) });
const ILA_TUNNEL = new AttributeTable({ locator: attribute(1, rawBytes) });

/** Writes what lies in RTA_ENCAP; its kind goes into RTA_ENCAP_TYPE. */
export function writeEncapsulation(writer: MessageWriter, encapsulation: Encapsulation): void {
    switch (encapsulation.type) {
        case "ip":
        case "ip6":
            IP_TUNNEL.write(writer, encapsulation);
            return;
        case "mpls":
            MPLS_TUNNEL.write(writer, encapsulation);
            return;
        case "ila":
            ILA_TUNNEL.write(writer, encapsulation);
            return;
    }
}
