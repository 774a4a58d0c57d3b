import { PROTOCOL_OF_OURS } from "../../core/base/route.ts";
import { readMessages } from "../../core/netlink/message.ts";
import { ROUTE_MESSAGE, readRoute } from "../../core/netlink/route-messages.ts";
import { RULE_MESSAGE, readRule } from "../../core/netlink/rule-messages.ts";
import { routePlace, rulePlace } from "../../core/route/route-key.ts";
import type { Source } from "../../host/world.ts";
import { type NativeAddon, POLL, type Poller } from "../native/addon.ts";
import { assemble, BPF, WHOLE_PACKET } from "../native/socket-filter.ts";
import { refuse } from "../native/sys.ts";
import { NetlinkSocket } from "../netlink/netlink-socket.ts";
import { generous } from "../netlink/receive-buffer.ts";

const RECEIVE_BUFFER = generous(1 << 20);
const READS_IN_DRAIN = 4;
const GROUPS = [
    ROUTE_MESSAGE.RTNLGRP_IPV4_ROUTE,
    ROUTE_MESSAGE.RTNLGRP_IPV6_ROUTE,
    RULE_MESSAGE.RTNLGRP_IPV4_RULE,
    RULE_MESSAGE.RTNLGRP_IPV6_RULE,
];
/** Where a message has its type, and a route its protocol. */
const TYPE_AT = 4;
const PROTOCOL_AT = 21;

/** What the monitor is made of. */
export interface RouteMonitorSettings {
    readonly system: NativeAddon;
    /** What was asked for through the socket with this port is our own doing. */
    readonly ownPort: number;
    readonly nameOf: (interfaceIndex: number) => string | undefined;
    readonly onReady: (source: Source) => void;
    /** A route or rule of our protocol went by somebody's order. */
    readonly onRemoved: (place: string) => void;
    /** The kernel dropped one by itself. */
    readonly onDropped: (place: string) => void;
    /** The kernel had more to tell than it could. */
    readonly onOverrun: () => void;
}

/** Hears of removed routes and rules of our protocol, and of nothing else: a machine may learn a million routes from its neighbours. */
export class RouteMonitor implements Source {
    readonly #settings: RouteMonitorSettings;
    readonly #socket: NetlinkSocket;
    readonly #poller: Poller;

    /** @throws Error when the kernel refuses a socket */
    constructor(settings: RouteMonitorSettings) {
        const { system, onReady } = settings;
        this.#settings = settings;
        this.#socket = new NetlinkSocket(system, GROUPS, RECEIVE_BUFFER);
        this.#socket.filter(REMOVALS_OF_OURS);
        const poller = system.pollerOpen(this.#socket.fd, () => onReady(this));
        if (typeof poller === "number") {
            this.#socket.close();
            refuse(system, poller, "netlink poller");
        }
        this.#poller = poller;
        system.pollerSet(poller, POLL.read);
    }

    drain(): boolean {
        for (let reads = 0; reads < READS_IN_DRAIN; reads++) {
            const reception = this.#socket.receive((datagram) => this.#take(datagram));
            if (reception === "overrun") {
                this.#settings.onOverrun();
            } else if (reception === "nothing") {
                return false;
            }
        }
        return true;
    }

    close(): void {
        this.#settings.system.pollerClose(this.#poller);
        this.#socket.close();
    }

    #take(datagram: Uint8Array): void {
        const { ownPort, onRemoved, onDropped } = this.#settings;
        for (const { type, payload, port } of readMessages(datagram)) {
            const place = port === ownPort ? undefined : this.#placeOf(type, payload);
            if (place !== undefined) {
                (port === 0 ? onDropped : onRemoved)(place);
            }
        }
    }

    #placeOf(type: number, payload: Uint8Array): string | undefined {
        if (type === RULE_MESSAGE.RTM_DELRULE) {
            const rule = readRule(payload);
            return rule && rulePlace(rule);
        }
        const route = type === ROUTE_MESSAGE.RTM_DELROUTE ? readRoute(payload) : undefined;
        const name = route?.interfaceIndex === undefined ? undefined : this.#settings.nameOf(route.interfaceIndex);
        return route && routePlace(route, name);
    }
}

/** Half words are loaded most significant byte first, and netlink's come the other way round. */
const swapped = (type: number) => ((type & 0xff) << 8) | (type >> 8);

const REMOVALS_OF_OURS = assemble([
    { code: BPF.LOAD_HALF_WORD, operand: TYPE_AT },
    { code: BPF.JUMP_IF_EQUAL, operand: swapped(RULE_MESSAGE.RTM_DELRULE), jumpIfTrue: 3 },
    { code: BPF.JUMP_IF_EQUAL, operand: swapped(ROUTE_MESSAGE.RTM_DELROUTE), jumpIfFalse: 3 },
    { code: BPF.LOAD_BYTE, operand: PROTOCOL_AT },
    { code: BPF.JUMP_IF_EQUAL, operand: PROTOCOL_OF_OURS, jumpIfFalse: 1 },
    { code: BPF.RETURN, operand: WHOLE_PACKET },
    { code: BPF.RETURN, operand: 0 },
]);
