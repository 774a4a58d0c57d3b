import { ipKey } from "../base/ip.ts";
import type { IpvsDestination, IpvsService, ServiceIdentity } from "../netlink/ipvs.ts";

/**
 * The kernel's table of services and their destinations, as data, and the commands that change it.
 */

/** One service and its destinations, by `destinationKey`. */
export interface TableService {
    readonly service: IpvsService;
    readonly destinations: ReadonlyMap<string, IpvsDestination>;
}

/** All services, by `serviceKey`. */
export type Table = ReadonlyMap<string, TableService>;

/** One change of the table. */
export type TableCommand =
    | { readonly type: "add-service" | "edit-service"; readonly service: IpvsService }
    | { readonly type: "delete-service"; readonly identity: ServiceIdentity }
    | {
          readonly type: "add-destination" | "edit-destination" | "delete-destination";
          readonly identity: ServiceIdentity;
          readonly destination: IpvsDestination;
      };

/** Equal for services that are the same to the kernel. */
export function serviceKey(identity: ServiceIdentity): string {
    return identity.type === "fwmark"
        ? `fwmark ${identity.family} ${identity.mark}`
        : `${identity.protocol} ${identity.port} ${ipKey(identity.address)}`;
}

/** Only address translation can change a port: otherwise a server has the port of the service, of which a group may have many. */
export function portIn(identity: ServiceIdentity, { port, forwarding }: Pick<IpvsDestination, "port" | "forwarding">): number {
    const own = identity.type === "address" ? identity.port : 0;
    return forwarding === "nat" ? port : own;
}

/** Equal for destinations of one service that are the same to the kernel. */
export function destinationKey({ port, address }: Pick<IpvsDestination, "port" | "address">): string {
    return `${port} ${ipKey(address)}`;
}
