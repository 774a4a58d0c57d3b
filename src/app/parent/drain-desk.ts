import type { DrainReply, DrainRequest } from "../../core/balance/drain-order.ts";
import type { DrainAnswer } from "../../core/supervise/control-messages.ts";

/** Orders of users to the checkers process: who has given which, until it is answered. */
export class DrainDesk {
    readonly #ask: (question: number, request: DrainRequest) => boolean;
    readonly #waiting = new Map<number, (answer: DrainAnswer) => void>();
    #lastQuestion = 0;

    /** @param ask puts the question to the checkers process; false when none works */
    constructor(ask: (question: number, request: DrainRequest) => boolean) {
        this.#ask = ask;
    }

    /** A user wants something. */
    obey(request: DrainRequest, answer: (answer: DrainAnswer) => void): void {
        this.#lastQuestion++;
        if (this.#ask(this.#lastQuestion, request)) {
            this.#waiting.set(this.#lastQuestion, answer);
        } else {
            answer(refusal("no checkers process works: there are no virtual servers, or it is being started"));
        }
    }

    /** The checkers process has answered. */
    heard(question: number, reply: DrainReply): void {
        this.#waiting.get(question)?.(reply);
        this.#waiting.delete(question);
    }

    /** It has gone, and answers no more. */
    lost(): void {
        for (const answer of this.#waiting.values()) {
            answer(refusal("the checkers process ended before it answered: ask again"));
        }
        this.#waiting.clear();
    }
}

function refusal(reason: string): DrainAnswer {
    return { type: "refused", reason, lines: [] };
}
