import { utf8 } from "../../../base/utf8.ts";
import type { CheckSettings } from "../../../service/check-settings.ts";
import type { ReplyForm } from "../../../service/probe/udp-probe.ts";
import { type CheckedServer, connectingCheck, type WrittenRealServer } from "./checked-server.ts";

type WrittenUdpCheck = WrittenRealServer["UDP_CHECK"][number];

const PAYLOAD = utf8("keepalived check - are you there?").subarray(0, 32);
const MAXIMUM_LENGTH = 255;
const BYTE = /../g;

/** `UDP_CHECK`: without a reply that is asked for, it is enough that nobody says that there is no server. */
export function udpChecks(server: CheckedServer): readonly CheckSettings[] {
    return server.written.UDP_CHECK.map((written) => {
        const payload = written.payload === undefined ? PAYLOAD : Uint8Array.from(pairsOf(written.payload), (pair) => Number(`0x${pair}`));
        const needsReply = written.require_reply !== undefined;
        const form = formOf(written);
        remarkOnLengths(written, server);
        const check = connectingCheck(written, server, {
            probe: (endpoint) => ({ kind: "udp", endpoint, payload, ...(form !== undefined && { form }) }),
        });
        return needsReply ? check : { ...check, silence: "success" };
    });
}

function formOf(written: WrittenUdpCheck): ReplyForm | undefined {
    if (written.require_reply === undefined || written.require_reply === true) {
        return undefined;
    }
    const pairs = pairsOf(written.require_reply);
    return {
        bytes: Uint8Array.from(pairs, (pair) => Number(`0x${pair.replaceAll("x", "0")}`)),
        mask: Uint8Array.from(pairs, (pair) => Number(`0x${pair.replaceAll(/[^x]/g, "f").replaceAll("x", "0")}`)),
        minimumLength: written.min_reply_length ?? 0,
        maximumLength: written.max_reply_length ?? MAXIMUM_LENGTH,
    };
}

/** Two digits are a byte; one that is left over at the end of a word is one too. */
function pairsOf(words: readonly string[]): readonly string[] {
    return words.flatMap((word) => {
        const [digits, isOdd] = [word.toLowerCase(), word.length % 2 === 1];
        const pairs = (isOdd ? digits.slice(0, -1) : digits).match(BYTE) ?? [];
        return isOdd ? [...pairs, `0${digits.slice(-1)}`] : pairs;
    });
}

function remarkOnLengths(written: WrittenUdpCheck, { name, report }: CheckedServer): void {
    const { min_reply_length: minimum, max_reply_length: maximum, require_reply: reply } = written;
    const at = written.positions.min_reply_length ?? written.positions.max_reply_length ?? written.at;
    if ((minimum !== undefined || maximum !== undefined) && (reply === undefined || reply === true)) {
        report(at, {
            code: "length-without-form",
            errorClass: "general",
            severity: "warning",
            message: `UDP_CHECK of ${name}: lengths count only for a reply whose form require_reply gives`,
            consequence: "replies of any length pass",
        });
    } else if ((minimum ?? 0) > (maximum ?? MAXIMUM_LENGTH)) {
        report(at, {
            code: "no-length-fits",
            errorClass: "general",
            message: `UDP_CHECK of ${name}: min_reply_length ${minimum} is more than max_reply_length ${maximum ?? MAXIMUM_LENGTH}`,
            consequence: "every reply fails",
        });
    }
}
