import type { DrainReply, DrainRequest } from "../../core/balance/drain-order.ts";
import type { DrainAnswer } from "../../core/supervise/control-messages.ts";

/** How long a user waits for a process that does not answer. In milliseconds. */
const PATIENCE = 5_000;

/** Orders of users to the checkers process: who has given which, until it is answered. */
export class DrainDesk {
    readonly #ask: (question: number, request: DrainRequest) => boolean;
    readonly #waiting = new Map<number, (answer: DrainAnswer) => void>();
    readonly #patience: number;
    #lastQuestion = 0;

    /**
     * @param ask puts the question to the checkers process; false when none works
     * @param patience in milliseconds
     */
    constructor(ask: (question: number, request: DrainRequest) => boolean, patience = PATIENCE) {
        this.#ask = ask;
        this.#patience = patience;
    }

    /** A user wants something. */
    obey(request: DrainRequest, answer: (answer: DrainAnswer) => void): void {
        this.#lastQuestion++;
        const question = this.#lastQuestion;
        if (!this.#ask(question, request)) {
            answer(refusal("no checkers process works: there are no virtual servers, or it is being started"));
            return;
        }
        const timer = setTimeout(
            () => this.#settle(question, refusal("the checkers process does not answer: see the log")),
            this.#patience,
        );
        this.#waiting.set(question, (words) => {
            clearTimeout(timer);
            answer(words);
        });
    }

    /** The checkers process has answered. */
    heard(question: number, reply: DrainReply): void {
        this.#settle(question, reply);
    }

    /** It has gone, and answers no more. */
    lost(): void {
        for (const question of [...this.#waiting.keys()]) {
            this.#settle(question, refusal("the checkers process ended before it answered: ask again"));
        }
    }

    #settle(question: number, answer: DrainAnswer): void {
        this.#waiting.get(question)?.(answer);
        this.#waiting.delete(question);
    }
}

function refusal(reason: string): DrainAnswer {
    return { type: "refused", reason, lines: [] };
}
