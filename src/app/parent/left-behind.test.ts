import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { OwningSettings } from "../../core/supervise/belongings.ts";
import { ip, routerSettings } from "../../core/vrrp/test-bench.ts";
import { LeftBehind } from "./left-behind.ts";

const CONFIGURATION = { settings: settingsWith("10.0.0.1") };
const OTHER = { settings: settingsWith("10.0.0.2") };
const KILLED = { type: "child-ended", role: "vrrp", ending: { type: "signal", signal: 9 } } as const;
const LEFT = { type: "child-ended", role: "vrrp", ending: { type: "exit", status: 0 } } as const;

describe("a note of what is left behind", () => {
    let folder: string;
    let note: string;
    let former: LeftBehind;

    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), "holdfast-note-"));
        note = join(folder, "keepalived.state");
        former = remember();
        former.start(CONFIGURATION);
        former.settled(CONFIGURATION, []);
    });

    afterEach(() => {
        rmSync(folder, { recursive: true });
    });

    function remember(): LeftBehind {
        return new LeftBehind(note, () => undefined);
    }

    test("goes when all leave in order", () => {
        former.heard(LEFT);
        former.end();
        expect(existsSync(note)).toBe(false);
    });

    // Given a daemon that stops. When its vrrp process has to be killed for that, or is killed and the next one has not come to work yet. Then the addresses
    // stand, and the next daemon knows.
    test("stays when a process did not remove what it had put up", () => {
        former.heard(KILLED);
        former.heard({ type: "child-spawned", role: "vrrp", pid: 77 });
        former.heard(LEFT);
        former.end();
        const next = remember();
        next.start(OTHER);
        expect(next.tell("vrrp", {})).toMatchObject({ leftovers: { addresses: [{ address: ip("10.0.0.1") }] } });
    });

    // Given a vrrp process that was killed. When its successor works. Then that one removes what both have put up.
    test("goes when a successor has taken up what was there", () => {
        former.heard(KILLED);
        former.heard({ type: "child-configured", role: "vrrp" });
        former.heard(LEFT);
        former.end();
        expect(existsSync(note)).toBe(false);
    });

    // Given a reload that ends the vrrp process, or takes its addresses away. When that process is killed before it has removed them. Then the next daemon knows.
    test("names what a process was about to remove", () => {
        former.takeOn(OTHER);
        former.settled(OTHER, ["vrrp"]);
        former.heard(KILLED);
        former.end();
        const next = remember();
        next.start(OTHER);
        expect(next.tell("vrrp", {})).toMatchObject({ leftovers: { addresses: [{ address: ip("10.0.0.1") }] } });
    });

    test("does not name what such a process has removed", () => {
        former.takeOn(OTHER);
        former.settled(OTHER, ["vrrp"]);
        former.heard(LEFT);
        const next = remember();
        next.start({ settings: settingsWith("10.0.0.3") });
        expect(next.tell("vrrp", {})).toMatchObject({ leftovers: { addresses: [{ address: ip("10.0.0.2") }] } });
    });

    // Given what a daemon left that was killed. When the next one is stopped before its processes work, or before it has begun. Then the note stays.
    test("stays while nobody has done anything about it", () => {
        remember().end();
        expect(existsSync(note)).toBe(true);
        const next = remember();
        next.start(OTHER);
        next.end();
        expect(existsSync(note)).toBe(true);
        next.settled(OTHER, []);
        next.end();
        expect(existsSync(note)).toBe(false);
    });
});

function settingsWith(address: string): OwningSettings {
    const virtual = { address: ip(address), prefixLength: 24, interfaceName: "eth0", scope: 0, flags: 0, isTracked: true };
    return {
        vrrp: {
            routers: [routerSettings({ addresses: [virtual] })],
            statics: { addresses: [], routes: [], rules: [], groups: [] },
            firewall: { table: "keepalived", priority: -1, counters: false, matchesByIndex: false },
        },
        checkers: {
            balancer: { virtualServers: [], flushesAtStart: false, atStop: "remove", tellsFirstStates: false, daemons: [] },
            dataPlane: { choice: "auto", table: "balance" },
        },
    };
}
