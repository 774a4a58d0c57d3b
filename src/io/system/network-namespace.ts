import { type Result, rejected, success } from "../../core/base/result.ts";
import type { NativeAddon } from "../native/addon.ts";

/**
 * Moves this process's main thread into a namespace of /run/netns: every socket that it opens from now on is there. Threads that run already
 * stay behind, so only synchronous calls may touch the network's files. A failure is the errno's name.
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
