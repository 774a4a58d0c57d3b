import { type Result, rejected, success } from "../../core/base/result.ts";
import type { NativeAddon } from "../native/addon.ts";

/**
 * Moves this process's main thread into a namespace of /run/netns: every socket that it opens and every process that it starts from now on is
 * there. Threads that run already stay behind, so only synchronous calls may touch the network's files. A failure is the errno's name.
 */
export function enterNetworkNamespace(system: NativeAddon, name: string): Result<undefined, string> {
    const { constants, errnoNames } = system;
    const fd = system.open(`/run/netns/${name}`, constants.O_RDONLY, 0);
    if (fd < 0) {
        return rejected(errnoNames[-fd] ?? String(fd));
    }
    const entered = system.setns(fd, constants.CLONE_NEWNET);
    system.close(fd);
    return entered < 0 ? rejected(errnoNames[-entered] ?? String(entered)) : success(undefined);
}

/**
 * The same system calls, with sockets that are in another namespace of /run/netns.
 *
 * @param name empty for the namespace of the machine's first process; undefined for our own
 */
export function withSocketsIn(system: NativeAddon, name: string | undefined): NativeAddon {
    if (name === undefined) {
        return system;
    }
    const { constants } = system;
    const path = name === "" ? "/proc/1/ns/net" : `/run/netns/${name}`;
    return {
        ...system,
        socket: (domain, type, protocol) => {
            const namespace = system.open(path, constants.O_RDONLY, 0);
            const socket = namespace < 0 ? namespace : system.socketAt(namespace, domain, type, protocol);
            if (namespace >= 0) {
                system.close(namespace);
            }
            return socket;
        },
    };
}
