import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { SpeakerEffect } from "../../src/core/vrrp/effects.ts";
import type { SpeakerEvent } from "../../src/core/vrrp/events.ts";
import { VrrpSpeaker } from "../../src/core/vrrp/speaker.ts";
import { readLine } from "../../src/host/recording-line.ts";
import { replay } from "../../src/host/replay.ts";

/*
 * Each case is a folder: README.md (given, when, then), events.jsonl (what the machine was told, and when) and effects.jsonl (what it
 * did, and its next deadline; one line for each event). `UPDATE=1 npx vitest run --project unit test/recordings` rewrites effects.jsonl: the diff
 * is to be read before it is committed.
 */
const HERE = import.meta.dirname;
const UPDATES = process.env["UPDATE"] === "1";

const cases = readdirSync(HERE, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);

describe.each(cases)("the recording %s", (name) => {
    const file = (part: string) => join(HERE, name, part);

    it("says what it is about", () => {
        expect(readFileSync(file("README.md"), "utf8")).toMatch(/Given .*\nWhen .*\nThen /s);
    });

    it("is what the machine does today", () => {
        const replayed = replay<SpeakerEvent, SpeakerEffect>(new VrrpSpeaker(), linesOf(file("events.jsonl")));
        if (UPDATES) {
            writeFileSync(file("effects.jsonl"), replayed.map((line) => `${line}\n`).join(""));
        }
        expect(replayed.map(readLine)).toEqual(linesOf(file("effects.jsonl")).map(readLine));
    });
});

function linesOf(path: string): readonly string[] {
    return readFileSync(path, "utf8")
        .split("\n")
        .filter((line) => line !== "");
}
