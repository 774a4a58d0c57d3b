import { beforeEach, describe, expect, it } from "vitest";
import { type Instant, instant, after as later, seconds } from "../base/instant.ts";
import { routerSettings } from "../vrrp/test-bench.ts";
import type { SupervisorEffect } from "./effects.ts";
import type { SupervisorEvent } from "./events.ts";
import { leniencyOf } from "./leniency.ts";
import { Supervisor } from "./supervisor.ts";

/** Half a minute for everybody but bfd. */
const LENIENCY = leniencyOf({ routers: [] });
const KILLED: SupervisorEvent = { type: "child-ended", role: "vrrp", ending: { type: "signal", signal: 9 } };
const ACCEPTED: SupervisorEvent = { type: "configuration-accepted", roles: ["vrrp"], leniency: LENIENCY };

let now: Instant;
let supervisor: Supervisor;

function tell(event: SupervisorEvent, delay = 0): readonly SupervisorEffect[] {
    now = later(now, seconds(delay));
    return supervisor.handle(event, now).filter(({ type }) => type !== "log");
}

function orders(event: SupervisorEvent, delay = 0): readonly string[] {
    return tell(event, delay).map(({ type }) => type);
}

function inOneSecond(): Instant {
    return later(now, seconds(1));
}

function start(): void {
    tell(ACCEPTED);
    tell({ type: "child-spawned", role: "vrrp", pid: 77 });
    tell({ type: "child-hello", role: "vrrp" });
    tell({ type: "child-configured", role: "vrrp" });
}

beforeEach(() => {
    now = instant(0);
    supervisor = new Supervisor({ respawns: true });
});

describe("start", () => {
    it("spawns, configures whoever says hello, and is ready when all do what they are told", () => {
        expect(orders(ACCEPTED)).toEqual(["spawn"]);
        expect(orders({ type: "child-spawned", role: "vrrp", pid: 77 })).toEqual([]);
        expect(orders({ type: "child-hello", role: "vrrp" })).toEqual(["configure"]);
        expect(orders({ type: "child-configured", role: "vrrp" })).toEqual(["announce-ready"]);
    });

    it("is ready at once when nothing is wanted", () => {
        expect(orders({ type: "configuration-accepted", roles: [], leniency: LENIENCY })).toEqual(["announce-ready"]);
        expect(supervisor.wakeAt).toBeUndefined();
        expect(orders({ type: "stop-asked" })).toEqual(["announce-stopping", "exit"]);
    });
});

describe("stop with a runner", () => {
    it("leaves the runner to the end: it still has to tell of the others'", () => {
        tell({ type: "configuration-accepted", roles: ["runner", "vrrp"], leniency: LENIENCY });
        for (const role of ["runner", "vrrp"] as const) {
            tell({ type: "child-spawned", role, pid: 77 });
            tell({ type: "child-hello", role });
            tell({ type: "child-configured", role });
        }
        const roles = (effects: ReturnType<typeof tell>) => effects.flatMap((effect) => (effect.type === "terminate" ? [effect.role] : []));
        expect(roles(tell({ type: "stop-asked" }))).toEqual(["vrrp"]);
        expect(roles(tell({ type: "child-ended", role: "vrrp", ending: { type: "exit", status: 0 } }))).toEqual(["runner"]);
        expect(orders({ type: "child-ended", role: "runner", ending: { type: "exit", status: 0 } })).toEqual(["exit"]);
    });

    // Given a daemon that stops. When its runner dies while others are still leaving. Then it comes back to tell of their end, and is stopped after that.
    it("brings back a runner that dies before the others have left", () => {
        tell({ type: "configuration-accepted", roles: ["runner", "vrrp"], leniency: LENIENCY });
        for (const role of ["runner", "vrrp"] as const) {
            tell({ type: "child-hello", role });
            tell({ type: "child-configured", role });
        }
        tell({ type: "stop-asked" });
        expect(tell({ ...KILLED, role: "runner" })).toEqual([{ type: "spawn", role: "runner" }]);
        expect(orders({ type: "child-ended", role: "vrrp", ending: { type: "exit", status: 0 } })).toEqual([]);
        expect(orders({ type: "child-hello", role: "runner" })).toEqual(["configure"]);
        expect(orders({ type: "child-configured", role: "runner" })).toEqual(["terminate"]);
        expect(orders({ ...KILLED, role: "runner" })).toEqual(["exit"]);
    });

    it("waits for a runner that has just been started: what it is to tell waits for it", () => {
        tell({ type: "configuration-accepted", roles: ["runner"], leniency: LENIENCY });
        tell({ type: "child-spawned", role: "runner", pid: 77 });
        expect(orders({ type: "stop-asked" })).toEqual(["announce-stopping"]);
        expect(orders({ type: "child-hello", role: "runner" })).toEqual(["configure"]);
        expect(orders({ type: "child-configured", role: "runner" })).toEqual(["terminate"]);
    });
});

describe("death of a child", () => {
    it("is answered at once the first time, later with growing delays", () => {
        start();
        expect(orders(KILLED, 10)).toEqual(["spawn"]);
        expect(orders(KILLED, 1)).toEqual([]);
        expect(supervisor.wakeAt).toBe(inOneSecond());
        expect(orders({ type: "wake" }, 0.9)).toEqual([]);
        expect(orders({ type: "wake" }, 0.1)).toEqual(["spawn"]);
    });

    it("gives the new one its configuration when it says hello, and announces nothing anew", () => {
        start();
        tell(KILLED, 10);
        expect(orders({ type: "child-hello", role: "vrrp" })).toEqual(["configure"]);
        expect(orders({ type: "child-configured", role: "vrrp" })).toEqual([]);
    });

    it.each([1, 2, 4])("by status %d ends the daemon with that status", (status) => {
        start();
        expect(tell({ type: "child-ended", role: "vrrp", ending: { type: "exit", status } })).toEqual([
            { type: "announce-stopping" },
            { type: "exit", status },
        ]);
    });

    it("ends the daemon in order when nothing is to be respawned", () => {
        supervisor = new Supervisor({ respawns: false });
        start();
        expect(tell(KILLED)).toEqual([{ type: "announce-stopping" }, { type: "exit", status: 0 }]);
    });

    it("counts a process that cannot be made as one that died young", () => {
        start();
        expect(orders(KILLED, 10)).toEqual(["spawn"]);
        expect(orders({ type: "spawn-failed", role: "vrrp", code: "EAGAIN" })).toEqual([]);
        expect(supervisor.wakeAt).toBe(inOneSecond());
    });
});

describe("a silent child", () => {
    it("is pinged, and replaced after 30 seconds without an answer", () => {
        start();
        const seen: string[] = [];
        for (let second = 0; second < 31; second++) {
            seen.push(...orders({ type: "wake" }, 1));
        }
        expect(seen).toEqual(["ping", "kill"]);
        expect(orders(KILLED)).toEqual(["spawn"]);
    });

    it("is replaced as soon as its virtual routers want it, but not while it takes a configuration up", () => {
        const brisk = leniencyOf({ routers: [routerSettings({ advertisementInterval: seconds(1) })] });
        tell({ ...ACCEPTED, leniency: brisk });
        tell({ type: "child-spawned", role: "vrrp", pid: 77 });
        tell({ type: "child-hello", role: "vrrp" });
        expect(orders({ type: "wake" }, 6)).not.toContain("kill");
        tell({ type: "child-configured", role: "vrrp" });
        const kills: number[] = [];
        for (let second = 1; second <= 10; second++) {
            kills.push(...(orders({ type: "wake" }, 1).includes("kill") ? [second] : []));
        }
        expect(kills).toEqual([5]);
    });

    it("has twice the time for its next start after each that took too long", () => {
        tell(ACCEPTED);
        const kills: number[] = [];
        for (let second = 1; second <= 220; second++) {
            const seen = orders({ type: "wake" }, 1);
            if (seen.includes("kill")) {
                kills.push(second);
                tell(KILLED);
            }
        }
        expect(kills).toEqual([30, 30 + 60, 30 + 60 + 120]);
    });

    it("is left alone while it answers", () => {
        start();
        for (let second = 0; second < 100; second++) {
            const seen = orders({ type: "wake" }, 1);
            expect(seen).not.toContain("kill");
            if (seen.includes("ping")) {
                tell({ type: "child-alive", role: "vrrp" });
            }
        }
    });

    it("is not blamed when the parent itself was held up", () => {
        start();
        expect(orders({ type: "wake" }, 3_600)).toEqual(["ping"]);
    });
});

describe("reload", () => {
    beforeEach(start);

    it("reads, configures, and is ready when it is done", () => {
        expect(orders({ type: "reload-asked" })).toEqual(["announce-reloading", "read-configuration"]);
        expect(orders(ACCEPTED)).toEqual(["configure"]);
        expect(orders({ type: "child-configured", role: "vrrp" })).toEqual(["announce-ready"]);
    });

    it("keeps everything when the new text is refused", () => {
        tell({ type: "reload-asked" });
        expect(orders({ type: "configuration-refused" })).toEqual(["announce-ready"]);
    });

    // Given a process that is still being started. When a reload's text is refused. Then the daemon is ready when that process works, and not before.
    it("refused during the start does not make the daemon ready", () => {
        supervisor = new Supervisor({ respawns: true });
        expect(orders(ACCEPTED)).toEqual(["spawn"]);
        tell({ type: "reload-asked" });
        expect(orders({ type: "configuration-refused" })).toEqual([]);
        tell({ type: "child-hello", role: "vrrp" });
        expect(orders({ type: "child-configured", role: "vrrp" })).toEqual(["announce-ready"]);
    });

    // Given a process that still takes a configuration up. When it is told another one. Then the daemon is ready when it does what the second one says.
    it("that comes while the one before is being taken up is awaited, too", () => {
        tell({ type: "reload-asked" });
        tell(ACCEPTED);
        tell({ type: "reload-asked" });
        tell(ACCEPTED);
        expect(orders({ type: "child-configured", role: "vrrp" })).toEqual([]);
        expect(orders({ type: "child-configured", role: "vrrp" })).toEqual(["announce-ready"]);
    });

    it("asked for twice while reading is done once more afterwards", () => {
        tell({ type: "reload-asked" });
        expect(orders({ type: "reload-asked" })).toEqual([]);
        expect(orders({ type: "reload-asked" })).toEqual([]);
        expect(orders(ACCEPTED)).toEqual(["configure", "announce-reloading", "read-configuration"]);
        expect(orders(ACCEPTED)).toEqual(["configure"]);
    });

    it("stops a process that is no longer wanted and does not bring it back", () => {
        tell({ type: "reload-asked" });
        expect(orders({ type: "configuration-accepted", roles: [], leniency: LENIENCY })).toEqual(["terminate", "announce-ready"]);
        expect(orders({ type: "child-ended", role: "vrrp", ending: { type: "exit", status: 0 } })).toEqual([]);
        expect(orders(ACCEPTED)).toEqual(["spawn"]);
    });

    it("brings back a process that is wanted again before it has left", () => {
        tell({ type: "configuration-accepted", roles: [], leniency: LENIENCY });
        expect(orders(ACCEPTED)).toEqual([]);
        expect(orders({ type: "child-ended", role: "vrrp", ending: { type: "exit", status: 0 } })).toEqual(["spawn"]);
    });
});

describe("stop", () => {
    beforeEach(start);

    it("terminates the children and leaves when they are gone", () => {
        expect(orders({ type: "stop-asked" })).toEqual(["announce-stopping", "terminate"]);
        expect(orders({ type: "stop-asked" })).toEqual([]);
        expect(tell({ type: "child-ended", role: "vrrp", ending: { type: "exit", status: 0 } })).toEqual([{ type: "exit", status: 0 }]);
    });

    it("kills whoever has not left after five seconds", () => {
        tell({ type: "stop-asked" });
        expect(orders({ type: "wake" }, 4.9)).toEqual([]);
        expect(orders({ type: "wake" }, 0.1)).toEqual(["kill"]);
        expect(tell(KILLED)).toEqual([{ type: "exit", status: 0 }]);
    });

    it("wins over a reload and over a restart that waits", () => {
        tell({ type: "reload-asked" });
        tell(KILLED, 1);
        tell(KILLED, 1);
        expect(orders({ type: "stop-asked" })).toEqual(["announce-stopping", "exit"]);
        expect(orders(ACCEPTED)).toEqual([]);
        expect(orders({ type: "reload-asked" })).toEqual([]);
    });
});

describe("children that another version has left", () => {
    const INHERITED: SupervisorEvent = { type: "inherited", children: [{ role: "vrrp", pid: 77 }], roles: ["vrrp"], leniency: LENIENCY };

    it("work on, and the daemon is ready when they have been replaced", () => {
        expect(orders(INHERITED)).toEqual([]);
        expect(supervisor.isAtPeace).toBe(false);
        expect(orders({ type: "child-replaced", role: "vrrp", pid: 78 })).toEqual(["announce-ready"]);
        expect(supervisor.isAtPeace).toBe(true);
        expect(orders({ type: "wake" }, 15)).toEqual(["ping"]);
    });

    it("are started anew when they die before", () => {
        tell(INHERITED);
        expect(orders(KILLED)).toEqual(["spawn"]);
    });

    it("are stopped when nobody wants them, and others are started", () => {
        expect(tell({ type: "inherited", children: [{ role: "vrrp", pid: 77 }], roles: ["bfd"], leniency: LENIENCY })).toEqual([
            { type: "terminate", role: "vrrp" },
            { type: "spawn", role: "bfd" },
        ]);
    });

    it("are told the configuration again when they are to go on after all", () => {
        tell(INHERITED);
        expect(orders(ACCEPTED)).toEqual(["configure"]);
        expect(orders({ type: "child-configured", role: "vrrp" })).toEqual(["announce-ready"]);
    });
});
