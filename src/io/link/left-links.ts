import { equalBytes } from "../../core/base/bytes.ts";
import type { VirtualLink } from "../../core/link/virtual-link.ts";
import { writeDeleteLink } from "../../core/netlink/link-orders.ts";
import { MAX_MESSAGE_LENGTH, MessageWriter } from "../../core/netlink/message-writer.ts";
import type { Link } from "../../core/vrrp/events.ts";
import type { NativeAddon } from "../native/addon.ts";
import { RequestSocket } from "../netlink/request-socket.ts";

/** A virtual link that a predecessor left, and what became of it: the errno's name, or nothing. */
export interface RemovedLink {
    readonly link: VirtualLink;
    readonly code: string;
}

/**
 * Removes those of these links that are there, with all that stands on them: of the same name, kind and, where they have their own, MAC address.
 *
 * @throws Error when the kernel refuses a socket
 */
export function removeLeftLinks(
    system: NativeAddon,
    suspects: readonly VirtualLink[],
    linkNamed: (name: string) => Link | undefined,
): readonly RemovedLink[] {
    const standing = suspects.flatMap((link) => {
        const found = linkNamed(link.name);
        return found !== undefined && isAlike(link, found) ? [{ link, index: found.index }] : [];
    });
    if (standing.length === 0) {
        return [];
    }
    const socket = new RequestSocket(system);
    const writer = new MessageWriter(MAX_MESSAGE_LENGTH);
    const removed = standing.map(({ link, index }): RemovedLink => {
        const sequence = socket.nextSequence();
        writer.clear();
        writeDeleteLink(writer, index, sequence);
        return { link, code: socket.send(writer, sequence, 1)[0]?.code ?? "ENOBUFS" };
    });
    socket.close();
    return removed;
}

function isAlike({ form }: VirtualLink, { kind, mac }: Link): boolean {
    return kind === form.kind && (form.kind !== "macvlan" || (mac !== undefined && equalBytes(mac, form.mac)));
}
