import { median, quantile } from "../harness/summary.ts";
import { type CheckFigures, type CheckRound, INTERVAL } from "./check-figures.ts";

const DAEMONS = ["holdfast", "keepalived"] as const;
/** Shares of Keepalived's time, and of the interval, that are aimed at. */
const MOST_COST = 1.5;
const MOST_LATENESS = 0.1 * INTERVAL * 1_000;

/** Medians of all rounds as rows: what checks cost each daemon, how late they come, and whether that is what is aimed at. */
export function checkTable(rounds: readonly CheckRound[]): readonly (readonly string[])[] {
    const rows: (readonly string[])[] = [["check", "daemon", "CPU ms per 1 000", "checks/s", "late p50", "p99", "max", ""]];
    for (const kind of new Set(rounds.map((round) => round.kind))) {
        const of = (daemon: string) =>
            rounds.filter((round) => round.kind === kind && round.daemon === daemon).map(({ figures }) => figures);
        for (const daemon of DAEMONS.filter((one) => of(one).length > 0)) {
            rows.push([kind, daemon, ...cells(of(daemon))]);
        }
        const [ours, theirs] = DAEMONS.map((daemon) => median(of(daemon).map(({ cost }) => cost)));
        if (!Number.isNaN(ours) && !Number.isNaN(theirs)) {
            const ratio = (ours ?? Number.NaN) / (theirs ?? Number.NaN);
            rows.push([kind, "ratio", ratio.toFixed(2), "", "", "", "", verdict(ratio, MOST_COST)]);
        }
    }
    return rows;
}

function cells(measured: readonly CheckFigures[]): readonly string[] {
    const middle = (value: (figures: CheckFigures) => number) => median(measured.map(value));
    const late = (share: number) => middle((figures) => quantile(figures.late, share));
    return [
        middle(({ cost }) => cost).toFixed(1),
        middle(({ rate }) => rate).toFixed(0),
        ...[0.5, 0.99, 1].map((share) => late(share).toFixed(1)),
        verdict(late(1), MOST_LATENESS),
    ];
}

function verdict(value: number, most: number): string {
    return `≤ ${most}: ${value <= most ? "met" : "missed"}`;
}
