import { type DestinationOrder, type IpvsDestination, type ServiceIdentity, writeDestination } from "./ipvs.ts";
import type { MessageWriter } from "./message-writer.ts";

/** Where `writeDestination` puts the server's address: behind both headers, the service's attributes and those around its own. */
const ADDRESS_AT: Readonly<Record<ServiceIdentity["type"], number>> = { address: 76, fwmark: 48 };

/**
 * Writes what `writeDestination` writes, for thousands of servers that as a rule differ from the one before in nothing but their address: then the message
 * before is copied, which takes a fraction of the time.
 */
export function writerOfDestinations(): typeof writeDestination {
    let last: { readonly order: DestinationOrder; readonly identity: ServiceIdentity; readonly destination: IpvsDestination } | undefined;
    let begun = 0;
    return (writer, to, order, change) => {
        const { identity, destination } = change;
        const isBehindLast = writer.length > 0 && writer.begun === begun;
        if (isBehindLast && last?.order === order && last.identity === identity && isAlike(last.destination, destination)) {
            repeat(writer, to.sequence, change);
        } else {
            writeDestination(writer, to, order, change);
            last = { order, identity, destination };
        }
        begun = writer.begun;
    };
}

function repeat(
    writer: MessageWriter,
    sequence: number,
    { identity, destination }: { readonly identity: ServiceIdentity; readonly destination: IpvsDestination },
): void {
    writer.overwrite(writer.repeat(sequence) + ADDRESS_AT[identity.type], destination.address.bytes);
}

function isAlike(one: IpvsDestination, other: IpvsDestination): boolean {
    return (
        one.address.family === other.address.family &&
        one.port === other.port &&
        one.forwarding === other.forwarding &&
        one.weight === other.weight &&
        one.upperThreshold === other.upperThreshold &&
        one.lowerThreshold === other.lowerThreshold &&
        one.tunnel === other.tunnel
    );
}
