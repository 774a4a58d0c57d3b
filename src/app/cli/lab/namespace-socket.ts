import type { Fd, NativeAddon } from "../../../io/native/addon.ts";
import { ToolError } from "./run-tool.ts";

/** What socket(2) wants to know. */
export interface SocketKind {
    readonly domain: number;
    readonly type: number;
    readonly protocol: number;
}

/**
 * A socket inside a named network namespace; this process itself stays where it is.
 *
 * @throws ToolError when the namespace is not there or the kernel refuses
 */
export function openSocketIn(addon: NativeAddon, namespace: string, kind: SocketKind): Fd {
    const handle = checked(addon, "open", addon.open(`/run/netns/${namespace}`, addon.constants.O_RDONLY, 0));
    try {
        return checked(addon, "socket", addon.socketAt(handle, kind.domain, kind.type, kind.protocol));
    } finally {
        addon.close(handle);
    }
}

/** The result of a system call that must not fail. @throws ToolError with the error's name */
export function checked(addon: NativeAddon, call: string, result: number): number {
    if (result < 0) {
        throw new ToolError("tool-failed", `${call}: ${addon.errnoNames[-result] ?? -result}`);
    }
    return result;
}
