import type { IpAddress } from "../../base/ip.ts";
import { decodeEcho, encodeEcho, type IcmpEnds } from "../../packet/icmp.ts";
import type { Outcome } from "../outcome.ts";
import type { Exchange } from "./exchange.ts";

const SUCCESS: Outcome = { type: "success" };

/** An echo request that is told from others by what it carries. */
export interface PingRequest {
    readonly own: IpAddress;
    readonly server: IpAddress;
    /** 0..65535; where the kernel hands out identifiers it puts its own in. */
    readonly identifier: number;
    /** Comes back in the reply; not to be guessed. */
    readonly data: Uint8Array;
    /** Answers come with their IPv4 header before them. */
    readonly hasHeader: boolean;
}

/** `PING_CHECK`: what was sent comes back. */
export function pingExchange({ own, server, identifier, data, hasHeader }: PingRequest): Exchange {
    return {
        request: encodeEcho({ isReply: false, identifier, sequence: 1, data }, ends(own, server)),
        answered: (bytes) => {
            const headerLength = hasHeader ? 4 * ((bytes[0] ?? 0) & 0xf) : 0;
            const echo = decodeEcho(bytes.subarray(headerLength), ends(server, own));
            return echo.ok && echo.value.isReply && isSame(echo.value.data, data) ? SUCCESS : undefined;
        },
    };
}

function ends(source: IpAddress, destination: IpAddress): IcmpEnds {
    return source.family === 4 ? { family: 4 } : { family: 6, source, destination };
}

function isSame(some: Uint8Array, others: Uint8Array): boolean {
    return some.length === others.length && some.every((byte, index) => byte === others[index]);
}
