import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ChildPidFiles } from "../../src/app/parent/child-pid-files.ts";
import { loadAddon } from "../../src/io/native/load.ts";

describe("pid files of children", () => {
    let folder: string;
    let path: string;

    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), "child-pid-files-"));
        path = join(folder, "vrrp.pid");
    });

    afterEach(() => {
        rmSync(folder, { recursive: true });
    });

    // Given a pid file that somebody has removed. When the process is replaced. Then the file is there again, and goes at the end.
    it("come back with the next process when somebody has removed them", () => {
        const files = new ChildPidFiles(loadAddon(), { vrrp: path });
        expect(files.write("vrrp", 71)).toBeUndefined();
        rmSync(path);
        expect(files.write("vrrp", 72)).toBeUndefined();
        expect(readFileSync(path, "utf8")).toBe("72\n");
        files.release();
        expect(existsSync(path)).toBe(false);
    });
});
