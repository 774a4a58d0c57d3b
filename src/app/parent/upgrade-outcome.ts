import type { UpgradeAnswer } from "../../core/supervise/control-messages.ts";

const NONE: UpgradeAnswer = { type: "refused", reason: "no upgrade was asked for", lines: [] };

/** How the last upgrade went: whoever asks while it is under way is answered at its end. */
export class UpgradeOutcome {
    #answer: UpgradeAnswer | undefined = NONE;
    readonly #waiting: ((answer: UpgradeAnswer) => void)[] = [];

    /** One is under way. */
    await(): void {
        this.#answer = undefined;
    }

    /** It is over. */
    is(answer: UpgradeAnswer): void {
        this.#answer = answer;
        for (const tell of this.#waiting.splice(0)) {
            tell(answer);
        }
    }

    ask(tell: (answer: UpgradeAnswer) => void): void {
        if (this.#answer === undefined) {
            this.#waiting.push(tell);
        } else {
            tell(this.#answer);
        }
    }
}
