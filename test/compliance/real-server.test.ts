import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { runRealServer } from "../../src/app/cli/realserver.ts";
import { CAN_HAVE_NAMESPACE, enterOwnNamespace, ip, NEEDS_ROOT } from "./own-namespace.ts";

const VIPS = ["10.99.0.100", "fd99::100"] as const;

/** Given a network namespace of our own, when it is made a real server and is one no longer, then it is as it was before, whatever that was. */
describe.skipIf(!CAN_HAVE_NAMESPACE)(`holdfast realserver${NEEDS_ROOT}`, () => {
    let folder: string;
    let printed: string;
    const stream = {
        write: (text: string) => {
            printed += text;
        },
    };
    const streams = { output: stream, errors: stream };
    const statePath = () => join(folder, "state");
    const run = async (...words: readonly string[]): Promise<number> => {
        printed = "";
        return runRealServer([...words, "--state", statePath()], streams);
    };
    const addresses = () => ip("-o address show dev lo");
    const parameter = (path: string) => readFileSync(`/proc/sys/net/ipv4/conf/${path}`, "utf8").trim();
    const silence = () => ["all", "lo"].flatMap((name) => [parameter(`${name}/arp_ignore`), parameter(`${name}/arp_announce`)]);

    beforeAll(() => {
        enterOwnNamespace();
    });
    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), "holdfast-realserver-"));
    });
    afterEach(async () => {
        await run("remove");
        rmSync(folder, { recursive: true, force: true });
    });

    it("add, again, status, remove: and all is as before", async () => {
        const before = addresses();
        const loud = silence();
        expect(await run("status", ...VIPS)).toBe(3);
        expect(await run("add", ...VIPS)).toBe(0);
        expect(addresses()).toContain("inet 10.99.0.100/32");
        expect(addresses()).toMatch(/inet6 fd99::100\/128 scope global deprecated/);
        expect(silence()).toEqual(["1", "2", "1", "2"]);
        expect(statSync(statePath()).mode & 0o777).toBe(0o600);
        const state = readFileSync(statePath(), "utf8");
        expect(await run("add", ...VIPS)).toBe(0);
        expect(readFileSync(statePath(), "utf8")).toBe(state);
        expect(await run("status")).toBe(0);
        expect(printed).toContain("10.99.0.100 stands on lo, added by holdfast\n");
        expect(await run("remove", VIPS[0])).toBe(0);
        expect(silence()).toEqual(["1", "2", "1", "2"]);
        expect(await run("remove")).toBe(0);
        expect(addresses()).toBe(before);
        expect(silence()).toEqual(loud);
        expect(existsSync(statePath())).toBe(false);
        expect(await run("remove")).toBe(0);
    });

    it("leaves what was there before, and what somebody has changed since", async () => {
        ip(`address add ${VIPS[0]}/32 dev lo`);
        const write = (path: string, value: string) => writeFileSync(`/proc/sys/net/ipv4/conf/${path}`, value);
        write("all/arp_ignore", "2");
        expect(await run("add", ...VIPS)).toBe(0);
        expect(silence()).toEqual(["2", "2", "1", "2"]);
        write("lo/arp_ignore", "3");
        expect(await run("remove")).toBe(0);
        expect(addresses()).toContain("10.99.0.100/32");
        expect(addresses()).not.toContain("fd99::100");
        expect(silence()).toEqual(["2", "0", "3", "0"]);
        write("all/arp_ignore", "0");
        write("lo/arp_ignore", "0");
        ip(`address del ${VIPS[0]}/32 dev lo`);
    });

    it("tells programs", async () => {
        await run("add", VIPS[0], "--json");
        const report = JSON.parse(printed);
        expect(report).toMatchObject({
            isReady: true,
            changed: [VIPS[0]],
            addresses: [{ address: VIPS[0], stands: true, isAddedByUs: true }],
        });
        expect(report.parameters).toContainEqual({ path: "ipv4/conf/lo/arp_announce", value: 2, needed: 2 });
    });

    it("trusts no file that others could have laid", async () => {
        symlinkSync("/etc/passwd", statePath());
        expect(await run("add", VIPS[0])).toBe(5);
        expect(printed).toContain("ELOOP");
        expect(addresses()).not.toContain(VIPS[0]);
        rmSync(statePath());
        writeFileSync(statePath(), "{}", { mode: 0o666 });
        expect(await run("remove")).toBe(5);
        rmSync(statePath());
    });

    it("says how it is used", async () => {
        for (const words of [[], ["add"], ["add", "here"], ["put", VIPS[0]]]) {
            expect(await run(...words)).toBe(1);
            expect(printed).toContain("usage: holdfast realserver");
        }
    });
});
