import type { Capture } from "./capture.ts";
import { echoesOf, longestOutage } from "./echo-record.ts";
import type { Lab } from "./lab.ts";
import type { LabDaemon } from "./lab-daemon.ts";
import type { Narrator } from "./narrator.ts";
import { pause, until } from "./until.ts";

/** The two routers of the play. */
export type Router = "r1" | "r2";

/** One pair of daemons with the same settings, and what becomes of them. */
export interface ActPlan {
    readonly lab: Lab;
    readonly narrator: Narrator;
    /** The service's address. */
    readonly address: string;
    /** Advertisement interval in milliseconds. */
    readonly interval: number;
    readonly start: (router: Router) => LabDaemon;
}

/** What one event did to the service; times in milliseconds. */
export interface Outcome {
    readonly event: string;
    /** How long the protocol itself waits; undefined where it need not wait. */
    readonly limit: number | undefined;
    /** From the last word of the old master to the first of the new one; undefined when the master did not change. */
    readonly takeover: number | undefined;
    readonly outage: number;
}

const PRIORITY = { r1: 150, r2: 100 } as const;
const PATIENCE = 15_000;

/** Plays a life of two routers: start, crash of a process, death of the machine, its return, a planned stop. */
export class Act {
    readonly #plan: ActPlan;
    readonly #capture: Capture;
    readonly #outcomes: Outcome[] = [];
    #first: LabDaemon | undefined;

    constructor(plan: ActPlan) {
        this.#plan = plan;
        this.#capture = plan.lab.capture;
    }

    /** Plays everything and returns what was measured. */
    async play(): Promise<readonly Outcome[]> {
        this.#plan.narrator.action("both routers start: r1 with priority 150, r2 with priority 100");
        this.#first = this.#plan.start("r1");
        const second = this.#plan.start("r2");
        await this.#untilServedBy("r1");
        await this.#crash(this.#first);
        await this.#death(this.#first);
        await this.#return();
        await this.#stop();
        await second.terminate();
        return this.#outcomes;
    }

    async #crash(daemon: LabDaemon): Promise<void> {
        await this.#watched({ event: "r1's vrrp process is killed", limit: undefined }, async () => {
            const gone = await daemon.killVrrp();
            const at = this.#capture.now;
            const isBack = () => daemon.vrrpPid !== undefined && daemon.vrrpPid !== gone;
            await this.#until("r1's vrrp process to be back", isBack);
            const first = await this.#until("an advertisement of the new process", () =>
                this.#capture.lastAdvertisement({ node: "r1", after: at }),
            );
            this.#plan.narrator.remark(`a new vrrp process goes on advertising ${(first.at - at).toFixed(0)} ms after the kill`);
            await this.#let(this.#masterDown);
        });
    }

    async #death(daemon: LabDaemon): Promise<void> {
        await this.#watched({ event: "r1's machine dies: daemon killed, cable cut", limit: this.#masterDown }, async () => {
            this.#plan.lab.network.cut("r1");
            await daemon.killDead();
            await this.#untilServedBy("r2");
        });
    }

    async #return(): Promise<void> {
        await this.#watched({ event: "r1 returns, and preempts", limit: undefined }, async () => {
            // A machine that boots has no service address; this one never really went down.
            this.#plan.lab.network.ip("r1", "address", "flush", "dev", "eth0", "to", `${this.#plan.address}/32`);
            this.#plan.lab.network.join("r1");
            this.#first = this.#plan.start("r1");
            await this.#untilServedBy("r1");
        });
    }

    async #stop(): Promise<void> {
        const skew = ((256 - PRIORITY.r2) * this.#plan.interval) / 256;
        await this.#watched({ event: "r1 is stopped (SIGTERM)", limit: skew }, async () => {
            this.#first?.signal("SIGTERM");
            await this.#untilServedBy("r2");
            await this.#first?.waitForEnd();
        });
    }

    get #masterDown(): number {
        return (3 + (256 - PRIORITY.r2) / 256) * this.#plan.interval;
    }

    async #watched(what: Pick<Outcome, "event" | "limit">, happen: () => Promise<void>): Promise<void> {
        const from = this.#capture.now;
        const before = this.#capture.master();
        await this.#let(2 * this.#plan.interval);
        this.#plan.narrator.action(what.event);
        await happen();
        await this.#let(2 * this.#plan.interval);
        const to = this.#capture.now;
        this.#plan.narrator.strip(from, to);
        const echoes = echoesOf(this.#capture.frames, this.#plan.address).filter(({ askedAt }) => askedAt >= from && askedAt < to);
        this.#outcomes.push({ ...what, takeover: this.#takeover(before, from), outage: longestOutage(echoes) });
    }

    /** From the last advertisement of the former master to the first of his successor. */
    #takeover(before: string | undefined, from: number): number | undefined {
        const now = this.#capture.master();
        if (before === undefined || now === undefined || now === before) {
            return undefined;
        }
        const first = this.#capture.advertisements({ node: now, after: from })[0];
        const last = this.#capture.advertisements({ node: before }).findLast(({ at }) => at < (first?.at ?? 0));
        return first === undefined || last === undefined ? undefined : first.at - last.at;
    }

    async #untilServedBy(router: Router): Promise<void> {
        const isServing = () => this.#capture.master() === router && this.#lastAnswer() === router;
        await this.#until(`${router} to be master and to answer the client`, isServing);
    }

    #lastAnswer(): string | undefined {
        return this.#capture.frames.findLast(({ seen }) => seen.kind === "echo" && seen.isReply)?.node;
    }

    async #until<Found>(what: string, look: () => Found | undefined | false): Promise<Found> {
        const lookAndTell = () => {
            this.#plan.narrator.follow();
            return look();
        };
        return until(lookAndTell, { what, limit: PATIENCE, every: 5 });
    }

    async #let(span: number): Promise<void> {
        await pause(Math.max(span, 200));
        this.#plan.narrator.follow();
    }
}
