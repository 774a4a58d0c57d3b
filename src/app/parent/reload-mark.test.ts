import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ReloadMark } from "./reload-mark.ts";

describe("the mark of a reload", () => {
    let folder: string;
    let path: string;

    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), "holdfast-mark-"));
        path = join(folder, "keepalived.reload");
    });

    afterEach(() => {
        rmSync(folder, { recursive: true });
    });

    test("stands while a reload is under way", () => {
        const mark = new ReloadMark(() => path);
        mark.set();
        expect(existsSync(path)).toBe(true);
        mark.clear();
        expect(existsSync(path)).toBe(false);
    });

    // Given a daemon that was killed in the middle of a reload. When the next one starts. Then nobody waits for the end of that reload any more.
    test("of a daemon that was killed goes with the next one's start", () => {
        writeFileSync(path, "");
        new ReloadMark(() => path).clearFormer();
        expect(existsSync(path)).toBe(false);
    });

    // Given something else in its place, or nothing, or no mark that is wanted. When the daemon starts. Then that stays as it is.
    test("spares what is none", () => {
        new ReloadMark(() => path).clearFormer();
        new ReloadMark(() => undefined).clearFormer();
        mkdirSync(path);
        new ReloadMark(() => path).clearFormer();
        expect(existsSync(path)).toBe(true);
    });
});
