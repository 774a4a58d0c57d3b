import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ReloadAnswer } from "../../core/supervise/control-messages.ts";
import type { Journal } from "../../io/journal/journal.ts";
import { type DaemonOptions, readCommandLine } from "../command-line.ts";
import { configurationReader } from "../daemon-configuration.ts";
import type { DaemonConfiguration } from "../daemon-program.ts";
import { ReloadDesk } from "./reload-desk.ts";

describe("who asked for a reload", () => {
    let folder: string;
    let file: string;
    let desk: ReloadDesk;
    let running: DaemonConfiguration;
    let answers: string[];

    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), "holdfast-reload-"));
        file = join(folder, "keepalived.conf");
        answers = [];
        const reader = configurationReader();
        const options = optionsFor(file);
        write(10);
        running = configurationOf(reader.loadConfiguration(options));
        desk = new ReloadDesk({
            program: { ...reader, script: "" },
            options,
            journal: { log: () => undefined, write: () => undefined } as unknown as Journal,
            pidPath: join(folder, "keepalived.pid"),
            running: () => running,
            ask: () => undefined,
            accept: (configuration) => {
                running = configuration;
            },
            refuse: () => undefined,
        });
    });

    afterEach(() => {
        desk.close();
        rmSync(folder, { recursive: true });
    });

    function write(priority: number, rest = ""): void {
        writeFileSync(file, `vrrp_instance a {\n  interface lo\n  virtual_router_id 9\n  priority ${priority}\n${rest}}\n`);
    }

    function ask(name: string): void {
        desk.obey({ type: "reload" }, (answer) => answers.push(`${name} ${inWords(answer)}`));
    }

    test("hears what it changed, when that is in force", () => {
        ask("first");
        write(20);
        desk.read();
        expect(answers).toEqual([]);
        desk.settled();
        expect(answers).toEqual(["first 10 -> 20"]);
    });

    // Given one reload that is being taken on. When another is asked for and refused. Then only that one's asker hears of a refusal.
    test("does not hear of another that is refused meanwhile", () => {
        ask("first");
        write(20);
        desk.read();
        ask("second");
        write(20, "vrrp_instance {");
        desk.read();
        expect(answers).toEqual(["second Configuration has errors"]);
        desk.settled();
        expect(answers).toEqual(["second Configuration has errors", "first 10 -> 20"]);
    });

    // Given one reload that is being taken on. When another is, too. Then each asker hears what his changed.
    test("hears of its own changes when two come close together", () => {
        ask("first");
        write(20);
        desk.read();
        ask("second");
        write(30);
        desk.read();
        desk.settled();
        expect(answers).toEqual(["first 10 -> 20", "second 20 -> 30"]);
    });

    test("hears that the daemon stops, before the reading and after it", () => {
        ask("first");
        write(20);
        desk.read();
        ask("second");
        desk.close();
        expect(answers).toEqual(["second the daemon stops", "first the daemon stops"]);
        desk.settled();
        expect(answers).toHaveLength(2);
    });
});

function optionsFor(file: string): DaemonOptions {
    const options = readCommandLine(["-f", file]);
    return options.ok ? options.value : expect.fail(options.error);
}

function configurationOf({ outcome }: ReturnType<ReturnType<typeof configurationReader>["loadConfiguration"]>): DaemonConfiguration {
    return outcome.ok ? outcome.value : expect.fail("not read");
}

function inWords(answer: ReloadAnswer): string {
    return answer.type === "accepted" ? answer.changes.map(({ before, after }) => `${before} -> ${after}`).join() : answer.reason;
}
