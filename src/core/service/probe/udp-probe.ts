import type { Endpoint } from "./endpoint.ts";

/** `UDP_CHECK`: a reply comes, of a certain form if one is given; where silence is good, nobody says that the datagram cannot arrive. */
export interface UdpProbe {
    readonly kind: "udp";
    readonly endpoint: Endpoint;
    readonly payload: Uint8Array;
    readonly form?: ReplyForm;
}

/** What a reply is to be like. */
export interface ReplyForm {
    readonly bytes: Uint8Array;
    /** Bits of `bytes` that count. */
    readonly mask: Uint8Array;
    readonly minimumLength: number;
    readonly maximumLength: number;
}
