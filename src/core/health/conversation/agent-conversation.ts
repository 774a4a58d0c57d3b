import { latin1 } from "../../base/latin1.ts";
import { utf8 } from "../../base/utf8.ts";
import type { AgentProbe } from "../../service/probe/agent-probe.ts";
import type { Outcome } from "../outcome.ts";
import type { Conversation, Reply } from "./conversation.ts";

const LONGEST_LINE = 1_024;
const LINE_END = /[\r\n]/;
const SEPARATORS = /[\s,]+/;
const SHARE = /^(\d{1,5})%$/;
const BAD: ReadonlySet<string> = new Set(["down", "failed", "stopped", "maint"]);
const GOOD: ReadonlySet<string> = new Set(["up", "ready"]);

/**
 * `AGENT_CHECK`: one line of words, as HAProxy's agents say it. `up` and `ready` pass, `75%` passes with that share of the weight, `drain` with none;
 * `down`, `failed`, `stopped` and `maint` fail, with what stands behind `#` as the reason. Other words mean nothing to us.
 */
export class AgentConversation implements Conversation {
    readonly #request: string | undefined;
    #heard = "";

    constructor({ request }: AgentProbe) {
        this.#request = request;
    }

    opened(): Reply {
        return this.#request === undefined ? {} : { send: utf8(this.#request) };
    }

    received(bytes: Uint8Array): Reply {
        this.#heard += latin1(bytes.subarray(0, LONGEST_LINE + 1));
        const end = this.#heard.search(LINE_END);
        if (end < 0 && this.#heard.length <= LONGEST_LINE) {
            return {};
        }
        return { outcome: end < 0 ? unclear("a line without end") : verdictOf(this.#heard.slice(0, end)) };
    }

    ended(): Reply {
        return { outcome: verdictOf(this.#heard) };
    }

    /** An agent that is not to be had says nothing of the server. */
    broken(reason: string): Outcome {
        return { type: "impossible", reason };
    }
}

/** What a line says of the server. A line that says nothing leaves it as it is. */
function verdictOf(line: string): Outcome {
    const [said = "", remark = ""] = line.split(/#(.*)/s);
    const words = said.toLowerCase().split(SEPARATORS);
    const bad = words.find((word) => BAD.has(word));
    if (bad !== undefined) {
        return {
            type: "failure",
            reason: remark.trim() === "" ? `the agent says ${bad}` : `the agent says ${bad}: ${printable(remark.trim())}`,
        };
    }
    const share = words.map((word) => SHARE.exec(word)?.[1]).find((number) => number !== undefined);
    if (words.includes("drain") || share !== undefined) {
        return { type: "success", adjustment: { type: "share", percent: words.includes("drain") ? 0 : Number(share) } };
    }
    return words.some((word) => GOOD.has(word))
        ? { type: "success" }
        : unclear(said.trim() === "" ? "nothing" : `'${printable(said.trim())}'`);
}

function unclear(what: string): Outcome {
    return { type: "impossible", reason: `the agent says ${what}` };
}

function printable(text: string): string {
    return text.slice(0, 80).replaceAll(/[^\x20-\x7e]/g, "?");
}
