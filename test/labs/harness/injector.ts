import { checked, openSocketIn } from "../../../src/app/cli/lab/namespace-socket.ts";
import type { LabNetwork } from "../../../src/app/cli/lab/network.ts";
import { viewOf } from "../../../src/core/base/bytes.ts";
import type { Fd, NativeAddon } from "../../../src/io/native/addon.ts";

/** Puts whole frames on the wire as one of the machines, whatever they hold. */
export class Injector {
    readonly #addon: NativeAddon;
    readonly #socket: Fd;

    private constructor(addon: NativeAddon, socket: Fd) {
        this.#addon = addon;
        this.#socket = socket;
    }

    /** Sends through this machine's first interface. */
    static open(addon: NativeAddon, network: LabNetwork, node: string): Injector {
        const { constants } = addon;
        const kind = { domain: constants.AF_PACKET, type: constants.SOCK_RAW, protocol: 0 };
        const socket = openSocketIn(addon, network.namespace(node), kind);
        const address = new Uint8Array(20);
        viewOf(address).setUint16(0, constants.AF_PACKET, true);
        viewOf(address).setInt32(4, network.interfaceIndex(node), true);
        checked(addon, "bind", addon.bind(socket, address));
        return new Injector(addon, socket);
    }

    /** Sends one frame, Ethernet header included. @throws ToolError when the kernel refuses */
    send(frame: Uint8Array): void {
        checked(this.#addon, "sendto", this.#addon.sendto(this.#socket, frame, 0, frame.length, 0, null));
    }

    /** Frees the socket. */
    close(): void {
        this.#addon.close(this.#socket);
    }
}
