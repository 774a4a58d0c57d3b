import type { Filled } from "../../../core/base/filled.ts";
import type { Frame } from "./capture.ts";
import type { EchoSighting } from "./sighting.ts";

/** One question of the client, and what became of it. Times in milliseconds of the capture. */
export interface Echo {
    readonly askedAt: number;
    /** Which machine answered; undefined when none did. */
    readonly answeredBy: string | undefined;
}

/** A time during which the client got no answer. */
export interface Outage {
    /** When the first question was asked that nobody answered. */
    readonly from: number;
    /** When the next answered question was asked; Infinity when there is none yet. */
    readonly to: number;
}

/** Pairs the client's questions to this address with their answers, in the order of asking. */
export function echoesOf(frames: readonly Frame[], address: string): readonly Echo[] {
    const echoes: Filled<Echo>[] = [];
    const open = new Map<number, Filled<Echo>>();
    for (const frame of frames) {
        if (!isEchoOf(frame, address)) {
            continue;
        }
        if (!frame.seen.isReply) {
            const echo = { askedAt: frame.at, answeredBy: undefined };
            echoes.push(echo);
            // Sequence numbers come round again after 65 536 questions: the latest one counts.
            open.set(frame.seen.sequence, echo);
            continue;
        }
        const asked = open.get(frame.seen.sequence);
        if (asked !== undefined) {
            asked.answeredBy = frame.node;
        }
    }
    return echoes;
}

/** All times without an answer among these questions, the last one perhaps unfinished. */
export function outagesOf(echoes: readonly Echo[]): readonly Outage[] {
    const outages: Outage[] = [];
    let from: number | undefined;
    for (const { askedAt, answeredBy } of echoes) {
        if (answeredBy === undefined) {
            from ??= askedAt;
        } else if (from !== undefined) {
            outages.push({ from, to: askedAt });
            from = undefined;
        }
    }
    return from === undefined ? outages : [...outages, { from, to: Number.POSITIVE_INFINITY }];
}

/** The longest time without an answer, in milliseconds; 0 when every question was answered. */
export function longestOutage(echoes: readonly Echo[]): number {
    return Math.max(0, ...outagesOf(echoes).map(({ from, to }) => to - from));
}

function isEchoOf(frame: Frame, address: string): frame is Frame<EchoSighting> {
    return frame.seen.kind === "echo" && frame.seen.address === address;
}
