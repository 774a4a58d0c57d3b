import type { NativeAddon } from "../native/addon.ts";

/** Room for what the kernel has to tell and nobody has read yet. */
export interface ReceiveBuffer {
    readonly bytes: number;
    /** Beyond the system's limit, where CAP_NET_ADMIN allows it. */
    readonly isForced: boolean;
}

/** A socket of our own choice: as large as that, or as large as the system allows. */
export function generous(bytes: number): ReceiveBuffer {
    return { bytes, isForced: true };
}

/** Makes it so; without the right to exceed the limit it becomes as large as that. */
export function setReceiveBuffer(system: NativeAddon, fd: number, { bytes, isForced }: ReceiveBuffer): void {
    const { SOL_SOCKET, SO_RCVBUF, SO_RCVBUFFORCE } = system.constants;
    if (!isForced || system.setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, bytes) < 0) {
        system.setsockopt(fd, SOL_SOCKET, SO_RCVBUF, bytes);
    }
}
