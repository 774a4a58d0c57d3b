import { latin1 } from "../../base/latin1.ts";
import type { SmtpProbe } from "../../service/probe/smtp-probe.ts";
import type { Outcome } from "../outcome.ts";
import type { Conversation, Reply } from "./conversation.ts";

/** RFC 5321 §4.5.3.1.5: a line has at most 512 bytes; so much may a whole reply of several lines have. */
const LONGEST_REPLY = 4_096;

type Stage = "banner" | "helo" | "quit";

/**
 * `SMTP_CHECK`: the server greets with 220, answers HELO with 250, and answers QUIT with anything (RFC 5321 §3.1, §4.1.1.1).
 *
 * A reply of several lines (`220-`, §4.2.1) is one reply.
 */
export class SmtpConversation implements Conversation {
    readonly #heloName: string;
    #stage: Stage = "banner";
    #heard = "";

    constructor({ heloName }: SmtpProbe) {
        this.#heloName = heloName;
    }

    opened(): Reply {
        return {};
    }

    received(bytes: Uint8Array): Reply {
        this.#heard += latin1(bytes.subarray(0, LONGEST_REPLY + 1));
        if (this.#heard.length > LONGEST_REPLY) {
            return failed("reply without end from server");
        }
        if (this.#stage === "quit") {
            return { outcome: { type: "success" } };
        }
        const last = lastLineOf(this.#heard);
        if (last === undefined) {
            return {};
        }
        this.#heard = "";
        return this.#stage === "banner" ? this.#greeted(last) : this.#answered(last);
    }

    ended(): Reply {
        return failed(`connection closed by server ${WAITING_FOR[this.#stage]}`);
    }

    #greeted(line: string): Reply {
        if (!line.startsWith("220")) {
            return failed("bad greeting banner from server");
        }
        this.#stage = "helo";
        return { send: encoded(`HELO ${this.#heloName}\r\n`) };
    }

    #answered(line: string): Reply {
        if (!line.startsWith("250")) {
            return failed("bad HELO response from server");
        }
        this.#stage = "quit";
        return { send: encoded("QUIT\r\n") };
    }
}

const WAITING_FOR: Readonly<Record<Stage, string>> = {
    banner: "before its greeting",
    helo: "before its answer to HELO",
    quit: "before its answer to QUIT",
};

/** The last line of a whole reply: the one without a hyphen behind its code. Undefined while there is more to come. */
function lastLineOf(heard: string): string | undefined {
    const lines = heard.split("\n").slice(0, -1);
    return lines.find((line) => line.charAt(3) !== "-");
}

function failed(reason: string): Reply {
    const outcome: Outcome = { type: "failure", reason };
    return { outcome };
}

function encoded(text: string): Uint8Array {
    return Uint8Array.from(text, (character) => character.charCodeAt(0) & 0xff);
}
