import { existsSync, lstatSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { NativeAddon } from "../../src/io/native/addon.ts";
import { loadAddon } from "../../src/io/native/load.ts";
import { NotifyPipe } from "../../src/io/process/notify-pipe.ts";
import { until } from "./own-namespace.ts";

/** Given a named pipe, when its reader is slow, goes or comes back, then every line arrives once and in order. */
describe("a named pipe that is told of events", () => {
    let system: NativeAddon;
    let folder: string;
    let path: string;
    const notices: string[] = [];
    const written: number[] = [];

    beforeEach(() => {
        system = loadAddon();
        folder = mkdtempSync(join(tmpdir(), "notify-pipe-"));
        path = join(folder, "fifo");
        notices.length = 0;
        written.length = 0;
    });

    afterEach(() => {
        rmSync(folder, { recursive: true });
    });

    function open(): NotifyPipe {
        const opened = NotifyPipe.open(system, path, undefined, {
            onWritten: (receipts) => written.push(...receipts),
            onNotice: (level, text) => notices.push(`${level}: ${text.replace(path, "FIFO")}`),
        });
        if (!opened.ok) {
            throw new Error(opened.error);
        }
        return opened.value;
    }

    /** A reader that takes what there is each time it is asked. */
    function openReader(): { readonly take: () => string; readonly close: () => void } {
        const fd = system.open(path, system.constants.O_RDONLY, 0);
        const buffer = Buffer.alloc(1 << 20);
        return {
            take: () => buffer.toString("utf8", 0, Math.max(system.read(fd, buffer, 0, buffer.length), 0)),
            close: () => system.close(fd),
        };
    }

    it("is made with mode 0644, and removed at the end; one that was there before stays", () => {
        const pipe = open();
        expect(lstatSync(path).isFIFO()).toBe(true);
        expect(lstatSync(path).mode & 0o777).toBe(0o644);
        const second = open();
        second.close(true);
        second.remove();
        expect(existsSync(path)).toBe(true);
        pipe.close(true);
        pipe.remove();
        expect(existsSync(path)).toBe(false);
    });

    it("is refused where something else is, also behind a link", () => {
        writeFileSync(path, "precious");
        expect(() => open()).toThrow("no FIFO");
        expect(lstatSync(path).size).toBe(8);
        path = join(folder, "link");
        symlinkSync(join(folder, "fifo"), path);
        expect(() => open()).toThrow("ELOOP");
    });

    // Given somebody who puts a link in the place of a pipe that has just been made. When the pipe is given to its owner. Then what the link leads to is not.
    it.runIf(process.getuid?.() === 0)("gives its owner the pipe, and not what a link in its place leads to", () => {
        const precious = join(folder, "precious");
        writeFileSync(precious, "kept");
        const swapping = {
            ...system,
            open: (...words: Parameters<NativeAddon["open"]>) => {
                const fd = system.open(...words);
                rmSync(path);
                symlinkSync(precious, path);
                return fd;
            },
        };
        const opened = NotifyPipe.open(
            swapping,
            path,
            { uid: 65_534, gid: 65_534 },
            { onWritten: () => undefined, onNotice: () => undefined },
        );
        expect(opened.ok).toBe(true);
        expect(lstatSync(precious).uid).toBe(0);
        if (opened.ok) {
            opened.value.close(true);
        }
    });

    it("holds what is said while nobody reads, and lets lines wait when it is full: counted, said, none lost", async () => {
        const pipe = open();
        const total = 5_000;
        for (let index = 1; index <= total; index++) {
            pipe.write(index, `INSTANCE "a name that fills the pipe sooner" MASTER ${index}`);
        }
        expect(pipe.waiting).toBeGreaterThan(0);
        expect(written).toHaveLength(total - pipe.waiting);
        expect(notices).toEqual(["warning: FIFO FIFO is full: lines wait until somebody reads it"]);
        const delayed = pipe.waiting;
        let text = "";
        const first = openReader();
        text += first.take();
        first.close();
        const second = openReader();
        await until(() => {
            text += second.take();
            return text.split("\n").length > total;
        });
        second.close();
        expect(
            text
                .trimEnd()
                .split("\n")
                .map((line) => Number(line.split(" ").at(-1))),
        ).toEqual(Array.from({ length: total }, (_, index) => index + 1));
        expect(written).toHaveLength(total);
        expect(notices.at(-1)).toBe(`info: FIFO FIFO is read again: ${delayed} lines had to wait, none is lost`);
        pipe.close(true);
    });

    /** A pipe in which three lines wait, and how many it was told in all. */
    function openWithLinesThatWait(): { readonly pipe: NotifyPipe; readonly told: number } {
        const pipe = open();
        let told = 0;
        while (pipe.waiting < 3) {
            pipe.write(++told, "x".repeat(1_000));
        }
        return { pipe, told };
    }

    it("says what is lost when it ends while lines wait", () => {
        const { pipe, told } = openWithLinesThatWait();
        pipe.close(true);
        // Done with: nobody is to tell them again.
        expect(written).toEqual(Array.from({ length: told }, (_, index) => index + 1));
        expect(notices.at(-1)).toBe("error: FIFO FIFO: 3 lines were never read and are lost");
    });

    it("leaves lines that wait to whoever comes next", () => {
        const { pipe, told } = openWithLinesThatWait();
        pipe.close(false);
        expect(written).toEqual(Array.from({ length: told - 3 }, (_, index) => index + 1));
        expect(notices.at(-1)).toBe("error: FIFO FIFO: 3 lines were never read");
    });
});
