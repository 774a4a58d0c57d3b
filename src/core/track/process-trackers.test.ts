import { describe, expect, it } from "vitest";
import { after, type Instant, instant, NO_TIME, seconds } from "../base/instant.ts";
import { matches } from "./process-match.ts";
import { type ProcessTrackerEvent, ProcessTrackers } from "./process-trackers.ts";
import type { ArgumentPattern, TrackProcessSettings } from "./tracker-definitions.ts";

const NOW = instant(1_000_000);
const WEB: TrackProcessSettings = { name: "web", command: "nginx", quorum: 1, forkDelay: NO_TIME, terminateDelay: NO_TIME };

class Bench {
    readonly trackers = new ProcessTrackers();
    now: Instant = NOW;

    constructor(overrides: Partial<TrackProcessSettings> = {}, ...running: readonly number[]) {
        this.tell({ type: "configure", processes: [{ ...WEB, ...overrides }] });
        for (const process of running) {
            this.started(process);
        }
        this.tell({ type: "scanned", processes: new Set(running) });
    }

    /** What was told, in short. */
    tell(event: ProcessTrackerEvent): string[] {
        return this.trackers.handle(event, this.now).map((effect) => (effect.type === "tell" ? effect.news.status.type : effect.type));
    }

    started(process: number, name = "nginx"): string[] {
        return this.tell({ type: "process", identity: { process, name } });
    }

    ended(process: number): string[] {
        return this.tell({ type: "exit", process });
    }

    pass(span: number): string[] {
        this.now = after(this.now, seconds(span));
        return this.tell({ type: "wake" });
    }
}

describe("tracked processes", () => {
    it("are told of when all have been looked at, and not before", () => {
        const trackers = new ProcessTrackers();
        expect(trackers.handle({ type: "configure", processes: [WEB] }, NOW)).toEqual([{ type: "scan", processes: [WEB] }]);
        expect(trackers.handle({ type: "process", identity: { process: 7, name: "nginx" } }, NOW)).toEqual([]);
        expect(trackers.handle({ type: "scanned", processes: new Set([7]) }, NOW)).toEqual([
            { type: "tell", news: { kind: "process", name: "web", status: { type: "up" } } },
        ]);
    });

    it("go down with the last one and come up with the first", () => {
        const bench = new Bench({}, 7, 8);
        expect(bench.ended(7)).toEqual([]);
        expect(bench.ended(8)).toEqual(["down"]);
        expect(bench.started(9)).toEqual(["up"]);
    });

    it("quorum: so many there must be", () => {
        const bench = new Bench({ quorum: 2 }, 7);
        expect(bench.started(8)).toEqual(["up"]);
        expect(bench.ended(7)).toEqual(["down"]);
    });

    it("quorum_max: so many there may be; with 0 none", () => {
        const bench = new Bench({ quorumMax: 1 }, 7);
        expect(bench.started(8)).toEqual(["down"]);
        expect(bench.ended(7)).toEqual(["up"]);
        const forbidden = new Bench({ quorum: 0, quorumMax: 0 });
        expect(forbidden.started(7)).toEqual(["down"]);
        expect(forbidden.ended(7)).toEqual(["up"]);
    });

    it("a child is what its parent is until it runs another program", () => {
        const bench = new Bench({ quorum: 2 }, 7);
        expect(bench.tell({ type: "fork", parent: 7, child: 8 })).toEqual(["up"]);
        expect(bench.started(8, "sh")).toEqual(["down"]);
        expect(bench.tell({ type: "fork", parent: 5, child: 9 })).toEqual([]);
    });

    it("one that changes its name is another one", () => {
        const bench = new Bench({}, 7);
        expect(bench.started(7, "old")).toEqual(["down"]);
        expect(bench.started(7)).toEqual(["up"]);
    });

    it("those that a later listing does not find are gone", () => {
        const bench = new Bench({}, 7, 8);
        expect(bench.tell({ type: "scanned", processes: new Set([8]) })).toEqual([]);
        expect(bench.tell({ type: "scanned", processes: new Set() })).toEqual(["down"]);
    });

    it("terminate_delay: an absence has to last, and a return in time makes nothing of it", () => {
        const bench = new Bench({ terminateDelay: seconds(3) }, 7);
        expect(bench.ended(7)).toEqual([]);
        expect(bench.trackers.wakeAt).toBe(after(NOW, seconds(3)));
        expect(bench.pass(2)).toEqual([]);
        expect(bench.started(8)).toEqual([]);
        expect(bench.trackers.wakeAt).toBeUndefined();
        bench.ended(8);
        expect(bench.pass(3)).toEqual(["down"]);
    });

    it("fork_delay: a presence has to last", () => {
        const bench = new Bench({ forkDelay: seconds(3) });
        expect(bench.started(7)).toEqual([]);
        expect(bench.pass(3)).toEqual(["up"]);
        expect(bench.ended(7)).toEqual(["down"]);
    });

    it("go on through a reload that does not change them, and are judged anew by one that does", () => {
        const bench = new Bench({}, 7);
        bench.tell({ type: "configure", processes: [WEB] });
        expect(bench.ended(7)).toEqual(["down"]);
        bench.tell({ type: "configure", processes: [{ ...WEB, quorum: 2 }] });
        expect(bench.tell({ type: "scanned", processes: new Set() })).toEqual(["down"]);
        expect(bench.tell({ type: "configure", processes: [] })).toEqual(["scan"]);
        expect(bench.tell({ type: "configure", processes: [] })).toEqual([]);
    });
});

describe("a process", () => {
    it("is known by the fifteen bytes of its name", () => {
        const long = { ...WEB, command: "a-very-long-name-of-a-program" };
        expect(matches(long, { process: 7, name: "a-very-long-nam" })).toBe(true);
        expect(matches(WEB, { process: 7, name: "nginx: worker" })).toBe(false);
    });

    it.each<[ArgumentPattern["match"], readonly string[], readonly string[], boolean]>([
        ["any", [], ["/usr/sbin/nginx", "-g"], true],
        ["any", [], ["nginx"], false],
        ["exact", ["-c", "a"], ["/usr/sbin/nginx", "-c", "a"], true],
        ["exact", ["-c"], ["/usr/sbin/nginx", "-c", "a"], false],
        ["exact", [], ["/usr/sbin/nginx", "-c"], false],
        ["exact", ["-c", "a"], ["/usr/sbin/nginx", "-c"], false],
        ["partial", ["-c"], ["/usr/sbin/nginx", "-c", "a"], true],
        ["partial", ["-c", "a"], ["/usr/sbin/nginx", "-c"], false],
        ["initial", ["-c", "/etc/ng"], ["/usr/sbin/nginx", "-c", "/etc/nginx.conf", "-q"], true],
        ["initial", ["-", "/etc/ng"], ["/usr/sbin/nginx", "-c", "/etc/nginx.conf"], false],
        ["initial", ["-c", "/etc/ng"], ["/usr/sbin/nginx", "-c"], false],
        ["initial", ["-c"], [], false],
    ])("%s %j is matched by %j: %s", (match, words, given, expected) => {
        const settings = { ...WEB, command: "/usr/sbin/nginx", arguments: { match, words } };
        expect(matches(settings, { process: 7, name: "nginx", words: given })).toBe(expected);
    });
});
