import type { Capture, Frame } from "./capture.ts";
import { echoesOf } from "./echo-record.ts";
import type { AdvertisementSighting, EchoSighting } from "./sighting.ts";
import type { Style } from "./style.ts";

/** Whom the narrator watches and where he speaks. */
export interface NarratorPlan {
    readonly capture: Pick<Capture, "frames" | "now">;
    /** The service's address, which the client asks. */
    readonly address: string;
    readonly style: Style;
    readonly print: (line: string) => void;
}

const NOT_ASKED = " ";
const STRIP_WIDTH = 80;

/** Tells in plain words, line by line, what the wire shows: who is master, when he changes, how long the client was left alone. */
export class Narrator {
    readonly #plan: NarratorPlan;
    #next = 0;
    #master: string | undefined;
    #announcer: string | undefined;
    #answeredBy: string | undefined;
    #question: { readonly at: number; isAnswered: boolean } | undefined;
    #silentSince: number | undefined;

    constructor(plan: NarratorPlan) {
        this.#plan = plan;
    }

    /** Says what is being done to the routers. */
    action(text: string): void {
        this.follow();
        this.#line(this.#plan.capture.now, this.#plan.style("bold", `▶ ${text}`));
    }

    /** Adds what the wire alone does not show. */
    remark(text: string): void {
        this.follow();
        this.#line(this.#plan.capture.now, text);
    }

    /** Tells what has happened on the wire since the last call. */
    follow(): void {
        const { frames } = this.#plan.capture;
        for (; this.#next < frames.length; this.#next++) {
            const frame = frames[this.#next];
            switch (frame?.seen.kind) {
                case "advertisement":
                    this.#advertisement(frame as Frame<AdvertisementSighting>);
                    break;
                case "announcement":
                    this.#announcement(frame, frame.seen.address);
                    break;
                case "echo":
                    this.#echo(frame as Frame<EchoSighting>);
                    break;
                default:
                    break;
            }
        }
    }

    /** Draws the client's questions of a span of time: who answered, or nobody. */
    strip(from: number, to: number): void {
        const perCharacter = (to - from) / STRIP_WIDTH;
        const echoes = echoesOf(this.#plan.capture.frames, this.#plan.address).filter(({ askedAt }) => askedAt >= from && askedAt < to);
        const cells = Array.from({ length: STRIP_WIDTH }, (_, index) => {
            const first = from + index * perCharacter;
            const inside = echoes.filter(({ askedAt }) => askedAt >= first && askedAt < first + perCharacter);
            return this.#cell(inside.map(({ answeredBy }) => answeredBy));
        });
        this.#plan.print(`     client  ${cells.join("")}`);
        const gaps = cells.includes(NOT_ASKED) ? ", blank: not asked, the machine was busy" : "";
        const legend = `one character is ${perCharacter.toFixed(0)} ms: 1 answered by r1, 2 by r2, × no answer${gaps}`;
        this.#plan.print(`             ${this.#plan.style("dim", legend)}`);
    }

    #cell(answers: readonly (string | undefined)[]): string {
        const { style } = this.#plan;
        if (answers.length === 0) {
            return NOT_ASKED;
        }
        if (answers.includes(undefined)) {
            return style("red", "×");
        }
        const last = answers.at(-1);
        return style(colourOf(last), last?.replace(/\D/g, "") ?? "");
    }

    #advertisement(frame: Frame<AdvertisementSighting>): void {
        const { node, seen } = frame;
        if (seen.priority === 0) {
            this.#line(frame.at, `${this.#name(node)} says goodbye (priority 0)`);
            this.#master = undefined;
        } else if (node !== this.#master) {
            this.#line(
                frame.at,
                `${this.#name(node)} is ${this.#plan.style("bold", "MASTER")} (priority ${seen.priority}, first advertisement)`,
            );
            this.#master = node;
            this.#announcer = undefined;
        }
    }

    #announcement({ at, node }: Frame, address: string): void {
        if (address === this.#plan.address && node !== this.#announcer) {
            this.#announcer = node;
            this.#line(at, `${this.#name(node)} announces ${address} to everybody`);
        }
    }

    #echo({ at, node, seen }: Frame<EchoSighting>): void {
        if (!seen.isReply) {
            if (this.#question?.isAnswered === false) {
                this.#silentSince ??= this.#question.at;
            }
            this.#question = { at, isAnswered: false };
            return;
        }
        if (this.#answeredBy === undefined) {
            this.#line(at, `the client is answered by ${this.#name(node)}`);
        } else if (this.#silentSince !== undefined) {
            const outage = ((this.#question?.at ?? at) - this.#silentSince).toFixed(0);
            this.#line(at, `the client is answered again, by ${this.#name(node)}, after ${this.#plan.style("bold", `${outage} ms`)}`);
        } else if (node !== this.#answeredBy) {
            this.#line(at, `the client is answered by ${this.#name(node)} now, ${this.#plan.style("bold", "not one answer was missing")}`);
        }
        this.#silentSince = undefined;
        this.#answeredBy = node;
        if (this.#question !== undefined) {
            this.#question.isAnswered = true;
        }
    }

    #name(node: string): string {
        return this.#plan.style(colourOf(node), node);
    }

    #line(at: number, text: string): void {
        this.#plan.print(`${(at / 1000).toFixed(3).padStart(9)} s  ${text}`);
    }
}

function colourOf(node: string | undefined): "green" | "cyan" {
    return node === "r1" ? "green" : "cyan";
}
