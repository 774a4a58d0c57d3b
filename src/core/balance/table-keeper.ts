import type { IpvsDestination, IpvsService, ServiceIdentity } from "../netlink/ipvs.ts";
import { type PlannedCommands, planDestination, planService } from "./plan.ts";
import type { DestinationWish } from "./service-pool.ts";
import { destinationKey, portIn, serviceKey, type Table } from "./table.ts";

interface Standing {
    readonly service: IpvsService;
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
 * Keeps in mind what stands in the kernel's table once all commands so far are carried out; finds the commands for each further wish in time
 * proportional to that wish.
 */
export class TableKeeper {
    readonly #expected = new Map<string, Standing>();

    /** What the kernel says stands there. */
    load(table: Table): void {
        this.#expected.clear();
        for (const [key, { service, destinations }] of table) {
            this.#expected.set(key, { service, destinations: new Map(destinations) });
        }
    }

    /** Appends the commands for a wish. */
    want({ services, wishes, isWhole }: TableWish, commands: PlannedCommands): void {
        for (const service of services) {
            const key = serviceKey(service.identity);
            const standing = this.#expected.get(key);
            if (isWhole || standing === undefined) {
                const wanted = { service, destinations: wantedDestinations(service.identity, wishes) };
                planService(standing, wanted, commands);
                this.#expected.set(key, wanted);
            } else {
                planSome(standing, wishes, commands);
            }
        }
    }

    /** Appends the commands that take services away. */
    retire(identities: Iterable<ServiceIdentity>, { going }: PlannedCommands): void {
        for (const identity of identities) {
            if (this.#expected.delete(serviceKey(identity))) {
                going.push({ type: "delete-service", identity });
            }
        }
    }
}

function wantedDestinations(identity: ServiceIdentity, wishes: readonly DestinationWish[]): Map<string, IpvsDestination> {
    const wanted = new Map<string, IpvsDestination>();
    for (const wish of wishes) {
        const destination = destinationAt(identity, wish.destination);
        if (wish.isWanted) {
            wanted.set(destinationKey(destination), destination);
        } else {
            // Of two at one place the later wish counts.
            wanted.delete(destinationKey(destination));
        }
    }
    return wanted;
}

/** The commands for some destinations of a service, which stand as they are wanted afterwards. */
function planSome({ service, destinations }: Standing, wishes: readonly DestinationWish[], commands: PlannedCommands): void {
    const { identity } = service;
    for (const wish of wishes) {
        const destination = destinationAt(identity, wish.destination);
        const key = destinationKey(destination);
        planDestination({ identity, standing: destinations.get(key), wanted: wish.isWanted ? destination : undefined }, commands);
        if (wish.isWanted) {
            destinations.set(key, destination);
        } else {
            destinations.delete(key);
        }
    }
}

/** As it stands in that service. */
function destinationAt(identity: ServiceIdentity, destination: IpvsDestination): IpvsDestination {
    const port = portIn(identity, destination);
    return destination.port === port ? destination : { ...destination, port };
}
