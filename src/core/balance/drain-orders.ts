import type { Instant } from "../base/instant.ts";
import type { DrainReply, DrainRequest } from "./drain-order.ts";
import type { PoolChange } from "./service-pool.ts";
import { findCalled } from "./spoken-names.ts";
import type { VirtualServer } from "./virtual-server.ts";

/** A real server of a virtual one, by the name that logs show. */
interface Place {
    readonly name: string;
    readonly server: VirtualServer;
}

/** What follows of an order. */
export interface OrderOutcome {
    readonly reply: DrainReply;
    readonly changes: readonly (Place & { readonly change: PoolChange })[];
}

/** Carries out a user's order in the pools that are meant. */
export function orderDrain(servers: Iterable<VirtualServer>, request: DrainRequest, now: Instant): OrderOutcome {
    const all = Array.from(servers, (server) => ({ name: server.settings.name, server }));
    const services = findCalled("virtual server", request.service, all);
    if (!services.ok) {
        return { reply: { type: "unknown", reason: services.error }, changes: [] };
    }
    const places = services.value.flatMap(({ server }): Place[] => server.settings.realServers.map(({ name }) => ({ name, server })));
    const found = findCalled(`real server of ${services.value[0]?.name}`, request.server, places);
    if (!found.ok) {
        return { reply: { type: "unknown", reason: found.error }, changes: [] };
    }
    const changes = found.value.flatMap((place) => {
        const change = place.server.pool.order(place.name, request, now);
        return change === undefined ? [] : [{ ...place, change }];
    });
    return { reply: replyOf(found.value[0] as Place, request, changes.length > 0), changes };
}

function replyOf({ name, server }: Place, { isUndone }: DrainRequest, hasChanged: boolean): DrainReply {
    const { pool, settings } = server;
    const done = pool.drainOrderOf(name)?.isDrained === true ? "drained" : "draining";
    const undone = hasChanged ? "restored" : "untouched";
    return { type: isUndone ? undone : done, service: settings.name, server: name, weight: pool.weightOf(name) ?? 0 };
}
