import type { Endpoint } from "../../core/service/probe/endpoint.ts";
import type { NativeAddon } from "../native/addon.ts";
import type { Watch, Watcher, WatchList } from "../native/watch-list.ts";
import { ConnectScratch, connectCheckSocket } from "./check-socket.ts";

/** What attempts over sockets need of their surroundings. */
export interface SocketGround {
    readonly system: NativeAddon;
    readonly watches: WatchList;
    /** Where bytes arrive; shared by all, for each is done with them before the next reads. */
    readonly buffer: Uint8Array;
    readonly scratch: ConnectScratch;
}

const BUFFER = 65_536;

/** The ground of all sockets that one list watches. */
export function socketGround(system: NativeAddon, watches: WatchList): SocketGround {
    return { system, watches, buffer: new Uint8Array(BUFFER), scratch: new ConnectScratch() };
}

/** A check's socket, from its opening to its closing: whoever closes it leaves nothing behind. Calls answer as the kernel does. */
export class WatchedSocket {
    readonly #ground: SocketGround;
    #fd = -1;
    #watch: Watch | undefined;

    constructor(ground: SocketGround) {
        this.#ground = ground;
    }

    /** The descriptor; negative when there is none. */
    get fd(): number {
        return this.#fd;
    }

    /** Takes a new descriptor over. @param result it, or `-errno` @returns the same */
    take(result: number): number {
        this.#fd = Math.max(-1, result);
        return result;
    }

    connect(endpoint: Endpoint): number {
        return connectCheckSocket(this.#ground.system, this.#fd, endpoint, this.#ground.scratch);
    }

    send(bytes: Uint8Array): number {
        return this.#ground.system.sendto(this.#fd, bytes, 0, bytes.length, 0, null);
    }

    /** Into the shared buffer. */
    receive(): number {
        const { system, buffer } = this.#ground;
        return system.recv(this.#fd, buffer, 0, buffer.length, 0);
    }

    /** Has the watcher told while what the mask names is so. */
    watch(mask: number, watcher: Watcher): number {
        const watch = this.#ground.watches.add(this.#fd, mask, watcher);
        if (typeof watch === "number") {
            return watch;
        }
        this.#watch = watch;
        return 0;
    }

    /** Each change is a system call, of which thousands of checks make many. */
    watchFor(mask: number): void {
        if (this.#watch !== undefined && this.#watch.mask !== mask) {
            this.#ground.watches.change(this.#watch, mask);
        }
    }

    close(): void {
        if (this.#watch !== undefined) {
            this.#ground.watches.forget(this.#watch);
            this.#watch = undefined;
        }
        if (this.#fd >= 0) {
            this.#ground.system.close(this.#fd);
            this.#fd = -1;
        }
    }
}
