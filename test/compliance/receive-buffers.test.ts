import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { NativeAddon } from "../../src/io/native/addon.ts";
import { loadAddon } from "../../src/io/native/load.ts";
import { NetlinkSocket } from "../../src/io/netlink/netlink-socket.ts";
import { generous } from "../../src/io/netlink/receive-buffer.ts";

/** What the kernel reserves is twice what is asked for. */
function bufferOf(system: NativeAddon, socket: NetlinkSocket): number {
    const out = new Uint8Array(4);
    system.getsockopt(socket.fd, system.constants.SOL_SOCKET, system.constants.SO_RCVBUF, out);
    return new DataView(out.buffer).getUint32(0, true) / 2;
}

/** Given a limit of the system, when a netlink socket is opened, then its receive buffer is as asked for, and exceeds the limit only by force. */
describe("receive buffers of netlink sockets", () => {
    const system = loadAddon();
    const limit = Number(readFileSync("/proc/sys/net/core/rmem_max", "utf8"));
    const isRoot = process.getuid?.() === 0;

    it.each([
        ["a small one", { bytes: 20_000, isForced: false }, 20_000],
        ["one beyond the limit", { bytes: 2 * limit, isForced: false }, limit],
        ["one by force", generous(2 * limit), isRoot ? 2 * limit : limit],
    ])("%s", (_what, buffer, bytes) => {
        const socket = new NetlinkSocket(system, [], buffer);
        try {
            expect(bufferOf(system, socket)).toBe(bytes);
        } finally {
            socket.close();
        }
    });
});
