import { isSameData } from "../base/same-data.ts";
import { type IpvsDestination, type IpvsService, SERVICE_FLAG, type ServiceIdentity } from "../netlink/ipvs.ts";
import type { TableCommand, TableService } from "./table.ts";

/** Commands as they are found: those by which something comes or changes, and those by which something goes, which are to be carried out after them. */
export interface PlannedCommands {
    readonly coming: TableCommand[];
    readonly going: TableCommand[];
}

/** A list in which commands stand in the order in which they are found, whatever they do. */
export function commandsInOrder(): PlannedCommands {
    const all: TableCommand[] = [];
    return { coming: all, going: all };
}

/**
 * The commands that make the wanted service out of what stands, if anything does; they are appended.
 *
 * What is to come comes before what is to go, so that there is always somebody who serves; what can be altered is altered in place and keeps its
 * connections and counters; what is right already is not touched.
 */
export function planService(standing: TableService | undefined, wanted: TableService, commands: PlannedCommands): void {
    const { service, destinations } = wanted;
    if (standing === undefined) {
        commands.coming.push({ type: "add-service", service });
    } else if (!isSameService(standing.service, service)) {
        commands.coming.push({ type: "edit-service", service });
    }
    const { identity } = service;
    // Of thousands of services each a few: to iterate over maps would make more objects than the commands are.
    destinations.forEach((destination, key) => {
        planDestination({ identity, standing: standing?.destinations.get(key), wanted: destination }, commands);
    });
    standing?.destinations.forEach((destination, key) => {
        if (!destinations.has(key)) {
            commands.going.push({ type: "delete-destination", identity, destination });
        }
    });
}

/** One destination as it stands and as it is to be; undefined is not at all. */
export interface DestinationChange {
    readonly identity: ServiceIdentity;
    readonly standing: IpvsDestination | undefined;
    readonly wanted: IpvsDestination | undefined;
}

/** The command that makes the one out of the other, if one is needed, is appended. */
export function planDestination({ identity, standing, wanted }: DestinationChange, { coming, going }: PlannedCommands): void {
    if (wanted === undefined) {
        if (standing !== undefined) {
            going.push({ type: "delete-destination", identity, destination: standing });
        }
    } else if (standing === undefined) {
        coming.push({ type: "add-destination", identity, destination: wanted });
    } else if (!isSameData(standing, wanted)) {
        coming.push({ type: "edit-destination", identity, destination: wanted });
    }
}

/** The kernel sets the flag `hashed` in each service by itself. */
function isSameService(standing: IpvsService, wanted: IpvsService): boolean {
    const plain = (service: IpvsService) => ({ ...service, flags: service.flags | SERVICE_FLAG.hashed });
    return isSameData(plain(standing), plain(wanted));
}
