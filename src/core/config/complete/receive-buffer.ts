import type { CompletedAuthentication, CompletedReceiveBuffer } from "./completed-router.ts";
import type { Protocol } from "./protocol.ts";
import type { Instance, Scope } from "./scope.ts";

const VRRP_HEADER = 8;
const VERSION_2_AUTHENTICATION = 8;
const AUTHENTICATION_HEADER = 24;
const TRAILER = 28;

/** What a router adds to its socket's receive buffer: `kernel_rx_buf_size`, else what the global policy makes of it; undefined is the kernel's default. */
export function completeReceiveBuffer(
    instance: Instance,
    protocol: Protocol,
    contents: { readonly addressCount: number; readonly authentication: CompletedAuthentication },
    scope: Scope,
): CompletedReceiveBuffer | undefined {
    const { policy, multiplier } = scope.globals.receiveBuffer;
    if (instance.kernel_rx_buf_size !== undefined) {
        return { bytes: instance.kernel_rx_buf_size, mtus: 0 };
    }
    switch (policy) {
        case undefined:
            return undefined;
        case "MTU":
            return { bytes: 0, mtus: multiplier };
        case "ADVERT":
            return { bytes: multiplier * packetLength(protocol, contents.addressCount, contents.authentication), mtus: 0 };
        default:
            return { bytes: policy, mtus: 0 };
    }
}

/** A raw socket is handed the IPv4 header too. */
function packetLength({ family, version }: Protocol, addressCount: number, { type }: CompletedAuthentication): number {
    const fixed = VRRP_HEADER + (type === "hmac" ? TRAILER : 0);
    if (family === 6) {
        return fixed + 16 * addressCount;
    }
    return 20 + fixed + 4 * addressCount + (version === 2 ? VERSION_2_AUTHENTICATION : 0) + (type === "header" ? AUTHENTICATION_HEADER : 0);
}
