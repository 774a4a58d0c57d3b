import { checked, openSocketIn } from "../../../../src/app/cli/lab/namespace-socket.ts";
import { IPVS_COMMAND } from "../../../../src/core/netlink/ipvs-attributes.ts";
import { NETLINK, readMessages } from "../../../../src/core/netlink/message.ts";
import type { Fd, NativeAddon } from "../../../../src/io/native/addon.ts";
import { assemble, BPF, WHOLE_PACKET } from "../../../../src/io/native/socket-filter.ts";
import { configure } from "./machine.ts";

/** The netlink monitor's interface, and its index in the namespace. */
const MONITOR = "nlmon0";
const MONITOR_INDEX = 77;
const NETLINK_GENERIC = 16;
const ROOM = 1 << 26;
/** Where sockaddr_ll has its protocol and its interface. */
const PROTOCOL_AT = 2;
const INDEX_AT = 4;
const LINK_ADDRESS_LENGTH = 20;
/** Where a filter finds the protocol that the kernel noted beside a packet (SKF_AD_OFF + SKF_AD_PROTOCOL): netlink's, here. */
const NOTED_PROTOCOL = 0xfffff000;
const GENERIC_ALONE = assemble([
    { code: BPF.LOAD_HALF_WORD, operand: NOTED_PROTOCOL },
    { code: BPF.JUMP_IF_EQUAL, operand: NETLINK_GENERIC, jumpIfTrue: 0, jumpIfFalse: 1 },
    { code: BPF.RETURN, operand: WHOLE_PACKET },
    { code: BPF.RETURN, operand: 0 },
]);

const QUESTIONS: ReadonlySet<number> = new Set([
    IPVS_COMMAND.getService,
    IPVS_COMMAND.getDestination,
    IPVS_COMMAND.getDaemon,
    IPVS_COMMAND.getConfig,
    IPVS_COMMAND.getInfo,
]);

/** Hears every order that a namespace's load balancer is given, whoever gives it: as the kernel's netlink monitor shows it. */
export class OrderMonitor {
    readonly #addon: NativeAddon;
    readonly #familyId: number;
    readonly #fd: Fd;
    readonly #buffer = new Uint8Array(1 << 20);

    constructor(addon: NativeAddon, namespace: string, familyId: number) {
        configure(namespace, [`link add ${MONITOR} index ${MONITOR_INDEX} type nlmon`, `link set ${MONITOR} up`]);
        const { constants } = addon;
        this.#addon = addon;
        this.#familyId = familyId;
        this.#fd = openSocketIn(addon, namespace, { domain: constants.AF_PACKET, type: constants.SOCK_RAW, protocol: 0 });
        checked(addon, "setsockopt", addon.setsockopt(this.#fd, constants.SOL_SOCKET, constants.SO_RCVBUFFORCE, ROOM));
        checked(addon, "filter", addon.attachFilter(this.#fd, GENERIC_ALONE));
        const address = new Uint8Array(LINK_ADDRESS_LENGTH);
        const view = new DataView(address.buffer);
        view.setUint16(0, constants.AF_PACKET, true);
        view.setUint16(PROTOCOL_AT, constants.ETH_P_ALL);
        view.setInt32(INDEX_AT, MONITOR_INDEX, true);
        checked(addon, "bind", addon.bind(this.#fd, address));
    }

    /** How many orders there were since this was asked last. */
    take(): number {
        let count = 0;
        for (;;) {
            const length = this.#addon.recv(this.#fd, this.#buffer, 0, this.#buffer.length, 0);
            if (length <= 0) {
                return count;
            }
            count += readMessages(this.#buffer.subarray(0, length)).filter((message) => {
                const isRequest = message.type === this.#familyId && (message.flags & NETLINK.NLM_F_REQUEST) !== 0;
                return isRequest && !QUESTIONS.has(message.payload[0] ?? 0);
            }).length;
        }
    }
}
