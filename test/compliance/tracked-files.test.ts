import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadAddon } from "../../src/io/native/load.ts";
import { WatchedFiles } from "../../src/io/track/watched-files.ts";
import { until } from "./own-namespace.ts";

/**
 * Given files in a directory of our own,
 * when they are written, replaced and removed,
 * then each change is told, and what is read is what stands there.
 */
describe("tracked files", () => {
    let directory: string;
    let path: string;
    let files: WatchedFiles;
    let changes: number;
    let unwatchable: string[];
    let contents: (string | undefined)[];

    beforeEach(() => {
        directory = mkdtempSync(join(tmpdir(), "hf-track-"));
        path = join(directory, "value");
        [changes, unwatchable, contents] = [0, [], []];
        files = new WatchedFiles({
            onChanged: (name) => {
                changes += 1;
                files.read({ name, path });
            },
            onUnwatchable: (name) => unwatchable.push(name),
            onContents: (_name, text) => contents.push(text),
        });
    });

    afterEach(() => {
        files.close();
        rmSync(directory, { recursive: true, force: true });
    });

    const untilRead = (text: string | undefined) => until(() => contents.length > 0 && contents.at(-1) === text);

    it("are told of when they are made, written, put in place by a rename, and removed", async () => {
        files.watch([{ name: "f", path }]);
        writeFileSync(path, "1\n");
        await untilRead("1\n");
        writeFileSync(path, "2\n");
        await untilRead("2\n");
        writeFileSync(join(directory, "new"), "3\n");
        renameSync(join(directory, "new"), path);
        await untilRead("3\n");
        rmSync(path);
        await untilRead(undefined);
        expect(unwatchable).toEqual([]);
    });

    it("of others nothing is told, nor of any after the end", async () => {
        files.watch([{ name: "f", path }]);
        writeFileSync(join(directory, "other"), "1\n");
        writeFileSync(path, "2\n");
        await untilRead("2\n");
        const before = changes;
        files.close();
        writeFileSync(path, "3\n");
        await new Promise((resolve) => setTimeout(resolve, 50));
        expect(changes).toBe(before);
    });

    it("are to be looked at again and again where nobody tells: behind a symbolic link, in /proc, in a directory that is not there", () => {
        mkdirSync(join(directory, "real"));
        symlinkSync("real", join(directory, "link"));
        writeFileSync(join(directory, "real", "value"), "1\n");
        files.watch([
            { name: "link", path: join(directory, "link", "value") },
            { name: "proc", path: "/proc/self/oom_score" },
            { name: "missing", path: join(directory, "missing", "value") },
            { name: "plain", path },
        ]);
        expect([...new Set(unwatchable)].sort()).toEqual(["link", "missing", "proc"]);
    });

    it("init_file makes one where there is none, and overwrites where that is asked for", () => {
        expect(files.make(path, 5, false)).toBe("");
        expect(readFileSync(path, "utf8")).toBe("5\n");
        expect(files.make(path, 6, false)).toBe("");
        expect(readFileSync(path, "utf8")).toBe("5\n");
        expect(files.make(path, 7, true)).toBe("");
        expect(readFileSync(path, "utf8")).toBe("7\n");
        expect(files.make(join(directory, "missing", "value"), 1, false)).toBe("ENOENT");
    });

    // Given a link, or a pipe that nobody reads, in the place of a file to be made. When it is made. Then nothing behind the link is touched, and nobody waits.
    it("init_file writes through no link and into no pipe", () => {
        const precious = join(directory, "precious");
        writeFileSync(precious, "kept");
        symlinkSync(precious, path);
        expect(files.make(path, 5, true)).toBe("ELOOP");
        expect(readFileSync(precious, "utf8")).toBe("kept");
        rmSync(path);
        symlinkSync(join(directory, "nowhere"), path);
        expect(files.make(path, 5, false)).toBe("");
        expect(existsSync(join(directory, "nowhere"))).toBe(false);
        rmSync(path);
        expect(loadAddon().mkfifo(path, 0o600)).toBe(0);
        expect(files.make(path, 5, true)).toBe("ENXIO");
    });

    it("that are no files are not read, and nobody waits for them", async () => {
        files.read({ name: "f", path: directory });
        await untilRead(undefined);
    });
});
