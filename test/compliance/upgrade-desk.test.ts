import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { HandOver } from "../../src/app/parent/hand-over-file.ts";
import { UpgradeDesk, type UpgradeDeskSettings } from "../../src/app/parent/upgrade-desk.ts";
import type { UpgradeAnswer } from "../../src/core/supervise/control-messages.ts";
import { Journal } from "../../src/io/journal/journal.ts";
import { loadAddon } from "../../src/io/native/load.ts";
import { until } from "./own-namespace.ts";

const household = { children: [], directEnds: [], kept: {}, relay: {} };
const LEFT = { type: "hand-over", configuration: { source: {} }, parentPidFile: { path: "", fd: 1 }, childPidFiles: [], household };
const ENOENT = 2;
const STOPS = [{ type: "refused", reason: "the daemon stops", lines: [] }];

/** Given a program that says of itself that it could go on. */
describe("an upgrade", () => {
    let folder: string;
    let handOverFile: string;
    let answers: UpgradeAnswer[];
    let tried: (readonly string[])[];
    let executed: number;

    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), "upgrade-desk-"));
        handOverFile = join(folder, "keepalived.handover");
        [answers, tried, executed] = [[], [], 0];
    });

    afterEach(() => {
        rmSync(folder, { recursive: true });
    });

    function desk(settings: Partial<UpgradeDeskSettings> = {}): UpgradeDesk {
        const system = loadAddon();
        const exec = () => {
            executed++;
            return -ENOENT;
        };
        return new UpgradeDesk({
            system: { ...system, exec },
            journal: new Journal([], { ident: "test", pid: 1 }),
            pidPath: join(folder, "keepalived.pid"),
            words: [],
            successors: {
                begin: (roles, _program, { done }) => {
                    tried.push(roles);
                    done(undefined);
                },
            },
            roles: () => ["vrrp", "runner"],
            isAtPeace: () => true,
            handOver: () => LEFT as unknown as HandOver,
            hearSignals: () => undefined,
            onRefused: () => undefined,
            ...settings,
        });
    }

    function ask(one: UpgradeDesk, verdict: string): void {
        const node = join(folder, "node");
        writeFileSync(node, `#!/bin/sh\n${verdict}\n`, { mode: 0o755 });
        one.obey({ node, script: "/holdfast.mjs" }, (answer) => answers.push(answer));
    }

    // When a message is on its way to a child while processes are to be tried. Then all of them are tried all the same.
    test("is tried with a process in each role, also while one of them is being told something", async () => {
        const lefts = [LEFT as unknown as HandOver];
        ask(
            desk({ handOver: () => (lefts.length > 1 ? undefined : lefts[lefts.push(lefts[0] as HandOver) - 2]) }),
            `echo '{"isFit":true}'`,
        );
        await until(() => tried.length > 0);
        expect(tried).toEqual([["vrrp", "runner"]]);
        await until(() => answers.length > 0, 10_000);
    });

    // When the daemon is to stop while the program is tried. Then no process is tried any more, and the file with all its secrets is gone at once.
    test("ends with the daemon, and leaves nothing", async () => {
        const one = desk();
        ask(one, "sleep 10");
        expect(existsSync(handOverFile)).toBe(true);
        one.close();
        expect(existsSync(handOverFile)).toBe(false);
        await until(() => answers.length > 0);
        expect([answers, tried]).toEqual([STOPS, []]);
    });

    // When SIGTERM has come in while everything was written down for the other program. Then it is obeyed, for that one would not hear of it.
    test("does not lose a signal that came in meanwhile", async () => {
        const one = desk({ hearSignals: () => one.close() });
        ask(one, `echo '{"isFit":true}'`);
        await until(() => answers.length > 0);
        expect([answers, executed, existsSync(handOverFile)]).toEqual([STOPS, 0, false]);
    });
});
