import type { ReplyForm, UdpProbe } from "../../service/probe/udp-probe.ts";
import type { Outcome } from "../outcome.ts";
import type { Exchange } from "./exchange.ts";

const SUCCESS: Outcome = { type: "success" };

/** `UDP_CHECK`: any datagram is an answer; with a form it has to be of that form. */
export function udpExchange({ payload, form }: UdpProbe): Exchange {
    return { request: payload, answered: (bytes) => (form === undefined ? SUCCESS : judge(bytes, form)) };
}

/** As Keepalived does: only as many bytes are compared as both have. */
function judge(reply: Uint8Array, { bytes, mask, minimumLength, maximumLength }: ReplyForm): Outcome {
    if (reply.length < minimumLength || reply.length > maximumLength) {
        return { type: "failure", reason: `reply of ${reply.length} bytes, not ${minimumLength} to ${maximumLength}` };
    }
    const compared = bytes.subarray(0, reply.length);
    const differs = compared.findIndex((byte, index) => (((reply[index] ?? 0) ^ byte) & (mask[index] ?? 0)) !== 0);
    return differs < 0 ? SUCCESS : { type: "failure", reason: `reply differs at byte ${differs}` };
}
