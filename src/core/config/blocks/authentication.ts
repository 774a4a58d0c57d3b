import { seconds } from "../../base/instant.ts";
import { sequence } from "../arguments/composites.ts";
import { integer, timer } from "../arguments/numbers.ts";
import { oneOf, text } from "../arguments/words.ts";
import { block, keyword } from "../schema.ts";

/** `authentication { … }` in `vrrp_instance`. */
export const authentication = block({
    documentation: "VRRP version 2's authentication, which later versions dropped; it keeps mistakes out, not attackers.",
    keywords: {
        auth_type: keyword(oneOf(["PASS", "AH"], { prefix: true }), {
            documentation: "A password in clear text, or IPsec AH (IPv4 only).",
            status: "acts",
        }),
        auth_pass: keyword(text("PASSWORD", { maximumLength: 8, isSecret: true }), {
            documentation: "The password; 8 characters count.",
            status: "acts",
        }),
    },
});

/** `auth_hmac { … }` in `vrrp_instance`. */
export const authHmac = block({
    documentation: "A trailer with HMAC-SHA256 on every advertisement.",
    keywords: {
        key: keyword(sequence({ id: integer({ name: "ID", minimum: 1, maximum: 255 }), material: text("VALUE|hex:HEX|file:PATH") }), {
            documentation:
                "A key of 32 to 64 bytes: text, hexadecimal digits, or the path of a file with either. May be given several times; any of them is accepted.",
            repeat: "append",
            since: "2.4.0",
            status: "acts",
        }),
        active_key: keyword(integer({ name: "ID", minimum: 1, maximum: 255 }), {
            documentation: "The key to send with.",
            defaultText: "the first key",
            since: "2.4.0",
            status: "acts",
        }),
        time_window: keyword(timer({ minimum: seconds(1), maximum: seconds(300) }), {
            documentation: "How far the sender's clock may be away.",
            defaultText: "3 advert_int, 5 to 300 s",
            since: "2.4.0",
            status: "acts",
        }),
        anti_replay: keyword(oneOf(["time", "monotonic"]), {
            documentation: "Whether clocks are compared, or only that time goes forward.",
            default: "time",
            since: "2.4.0",
            status: "acts",
        }),
        mode: keyword(oneOf(["enforce", "permissive", "receive-only"]), {
            documentation: "Drop what is not signed, accept it, or accept it and sign nothing.",
            default: "enforce",
            since: "2.4.2",
            status: "acts",
        }),
    },
});
