import type { IpvsDestination, IpvsService, ServiceIdentity } from "../netlink/ipvs.ts";
import { plan, planDestination, planService } from "./plan.ts";
import type { DestinationWish } from "./service-pool.ts";
import { destinationKey, serviceKey, type Table, type TableCommand } from "./table.ts";

interface Standing {
    service: IpvsService;
    readonly destinations: Map<string, IpvsDestination>;
}

/** What a virtual server wants of the kernel's table. */
export interface TableWish {
    readonly services: readonly IpvsService[];
    readonly wishes: readonly DestinationWish[];
    /** The wishes are all there are: what stands besides them is to go. */
    readonly isWhole: boolean;
}

/**
 * Keeps in mind what is wanted of the kernel's table and what stands in it once all commands so far are carried out; finds the commands for
 * each further wish in time proportional to that wish.
 */
export class TableKeeper {
    readonly #desired = new Map<string, Standing>();
    readonly #expected = new Map<string, Standing>();

    /** What the kernel says stands there. */
    load(table: Table): void {
        this.#expected.clear();
        for (const [key, { service, destinations }] of table) {
            this.#expected.set(key, { service, destinations: new Map(destinations) });
        }
    }

    /** The table as it will be when all commands so far are carried out. */
    get expected(): Table {
        return this.#expected;
    }

    /** The commands for a wish. */
    want({ services, wishes, isWhole }: TableWish): readonly TableCommand[] {
        const commands: TableCommand[] = [];
        for (const service of services) {
            const key = serviceKey(service.identity);
            const desired = this.#desired.get(key) ?? { service, destinations: new Map<string, IpvsDestination>() };
            desired.service = service;
            this.#desired.set(key, desired);
            if (isWhole) {
                desired.destinations.clear();
            }
            for (const { destination, isWanted } of wishes) {
                this.#wish(desired, destinationAt(service.identity, destination), isWanted);
            }
            const standing = this.#expected.get(key);
            if (isWhole || standing === undefined) {
                planService(standing, desired, commands);
            } else {
                this.#planSome(standing, desired, wishes, commands);
            }
        }
        this.#expect(commands);
        return commands;
    }

    /** The commands that take services away. */
    retire(identities: Iterable<ServiceIdentity>): readonly TableCommand[] {
        const all = [...identities];
        for (const identity of all) {
            this.#desired.delete(serviceKey(identity));
        }
        const commands = plan(this.#expected, new Map(), all);
        this.#expect(commands);
        return commands;
    }

    /** The commands that set right whatever is not as it is wanted: after `load`. */
    repair(): readonly TableCommand[] {
        const commands = plan(this.#expected, this.#desired);
        this.#expect(commands);
        return commands;
    }

    #wish({ destinations }: Standing, destination: IpvsDestination, isWanted: boolean): void {
        if (isWanted) {
            destinations.set(destinationKey(destination), destination);
        } else {
            destinations.delete(destinationKey(destination));
        }
    }

    #planSome(standing: Standing, desired: Standing, wishes: readonly DestinationWish[], commands: TableCommand[]): void {
        const { identity } = desired.service;
        for (const { destination } of wishes) {
            const key = destinationKey(destinationAt(identity, destination));
            const change = { identity, standing: standing.destinations.get(key), wanted: desired.destinations.get(key) };
            planDestination(change, commands);
        }
    }

    #expect(commands: readonly TableCommand[]): void {
        let identity: ServiceIdentity | undefined;
        let destinations: Map<string, IpvsDestination> | undefined;
        for (const command of commands) {
            if ("destination" in command && command.identity !== identity) {
                // Those of one service come one after the other.
                identity = command.identity;
                destinations = this.#expected.get(serviceKey(identity))?.destinations;
            }
            switch (command.type) {
                case "add-service":
                    this.#expected.set(serviceKey(command.service.identity), { service: command.service, destinations: new Map() });
                    break;
                case "edit-service": {
                    const standing = this.#expected.get(serviceKey(command.service.identity));
                    if (standing !== undefined) {
                        standing.service = command.service;
                    }
                    break;
                }
                case "delete-service":
                    this.#expected.delete(serviceKey(command.identity));
                    break;
                case "add-destination":
                case "edit-destination":
                    destinations?.set(destinationKey(command.destination), command.destination);
                    break;
                case "delete-destination":
                    destinations?.delete(destinationKey(command.destination));
                    break;
            }
        }
    }
}

/** Only address translation can change a port: otherwise a server has the port of the service, of which a group may have many. */
function destinationAt(identity: ServiceIdentity, destination: IpvsDestination): IpvsDestination {
    const port = identity.type === "address" ? identity.port : 0;
    return destination.forwarding === "nat" || destination.port === port ? destination : { ...destination, port };
}
