import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { StateFile } from "./state-file.ts";

describe("a state file", () => {
    let folder = "";
    let path = "";

    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), "holdfast-state-"));
        path = join(folder, "daemon.state");
    });

    afterEach(() => rmSync(folder, { recursive: true, force: true }));

    // Given a file that was written. When another daemon reads it. Then it has the text; nobody else could read it.
    test("is for this program alone", () => {
        new StateFile(path).write("words");
        expect(new StateFile(path).read()).toEqual({ ok: true, value: "words" });
        expect(statSync(path).mode & 0o777).toBe(0o600);
    });

    // Given a text that could not be written. When it is to be kept again, and can be. Then it is.
    test("is written anew after a failure", () => {
        const file = new StateFile(join(folder, "later", "daemon.state"));
        expect(file.write("words")).toEqual({ ok: false, error: "ENOENT" });
        mkdirSync(join(folder, "later"));
        file.write("words");
        expect(file.read()).toEqual({ ok: true, value: "words" });
    });

    // Given none. Then there is nothing to read, and that is no failure.
    test("may be absent", () => {
        expect(new StateFile(path).read()).toEqual({ ok: true, value: undefined });
    });

    // Given a file that a group may write. When it is read. Then it is not believed.
    test("is not believed when others could have written it", () => {
        writeFileSync(path, "words");
        chmodSync(path, 0o620);
        expect(new StateFile(path).read().ok).toBe(false);
    });

    // Given a link in its place. When it is read. Then it is not followed; when it is written, the link is replaced and its target spared.
    test("never is a link", () => {
        const target = join(folder, "target");
        writeFileSync(target, "spared", { mode: 0o600 });
        symlinkSync(target, path);
        const file = new StateFile(path);
        expect(file.read()).toEqual({ ok: false, error: "ELOOP" });
        file.write("words");
        expect(new StateFile(target).read()).toEqual({ ok: true, value: "spared" });
    });
});
