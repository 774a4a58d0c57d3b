import { concatBytes } from "../../base/bytes.ts";
import { utf8 } from "../../base/utf8.ts";
import type { ProxyPreamble } from "../../service/probe/http-probe.ts";
import type { Conversation, Reply } from "./conversation.ts";

const SIGNATURE = [0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a];
/** Version 2, command LOCAL: the connection is the proxy's own, as a health check is. */
const VERSION_2_LOCAL = 0x20;
const UNSPECIFIED = [0, 0, 0];
const NOTHING = new Uint8Array(0);

/** The PROXY protocol's header for a connection that nobody but us has asked for: it names no addresses, so the real ones count. */
export function preambleBytes(preamble: ProxyPreamble): Uint8Array {
    return preamble === "v1" ? utf8("PROXY UNKNOWN\r\n") : Uint8Array.of(...SIGNATURE, VERSION_2_LOCAL, ...UNSPECIFIED);
}

/** A conversation before which that header is said. */
export function preambled(conversation: Conversation, preamble: ProxyPreamble | undefined): Conversation {
    if (preamble === undefined) {
        return conversation;
    }
    return {
        opened(): Reply {
            const reply = conversation.opened();
            return { ...reply, send: concatBytes(preambleBytes(preamble), reply.send ?? NOTHING) };
        },
        received: (bytes) => conversation.received(bytes),
        ended: () => conversation.ended(),
    };
}
