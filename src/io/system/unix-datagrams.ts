import type { NativeAddon } from "../native/addon.ts";

const MAX_PATH_BYTES = 107;

/** A `sockaddr_un`; a leading `@` means the abstract name space. Undefined when the path is too long. */
export function unixSocketAddress(path: string): Uint8Array | undefined {
    const name = Buffer.from(path);
    if (name.length === 0 || name.length > MAX_PATH_BYTES) {
        return undefined;
    }
    const isAbstract = name[0] === 0x40;
    // A path ends with a zero, an abstract name with its last byte.
    const bytes = Buffer.alloc(2 + name.length + (isAbstract ? 0 : 1));
    new Uint16Array(bytes.buffer, bytes.byteOffset, 1)[0] = AF_UNIX;
    name.copy(bytes, 2);
    if (isAbstract) {
        bytes[2] = 0;
    }
    return bytes;
}

const AF_UNIX = 1;

/** Sends datagrams to one local socket; never blocks, and opens itself when it is needed. */
export class UnixDatagrams {
    readonly #system: NativeAddon;
    readonly #address: Uint8Array | undefined;
    #fd = -1;

    constructor(system: NativeAddon, path: string) {
        this.#system = system;
        this.#address = unixSocketAddress(path);
    }

    /** 0, or `-errno`: -EAGAIN when the receiver's queue is full. */
    send(datagram: Uint8Array): number {
        const { constants } = this.#system;
        if (this.#address === undefined) {
            return -ENAMETOOLONG;
        }
        if (this.#fd < 0) {
            this.#fd = this.#system.socket(constants.AF_UNIX, constants.SOCK_DGRAM, 0);
        }
        if (this.#fd < 0) {
            return this.#fd;
        }
        const flags = constants.MSG_DONTWAIT | constants.MSG_NOSIGNAL;
        return Math.min(0, this.#system.sendto(this.#fd, datagram, 0, datagram.length, flags, this.#address));
    }

    close(): void {
        if (this.#fd >= 0) {
            this.#system.close(this.#fd);
            this.#fd = -1;
        }
    }
}

const ENAMETOOLONG = 36;
