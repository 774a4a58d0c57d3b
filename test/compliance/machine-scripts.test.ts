import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ScriptRequest } from "../../src/core/config/script-judge.ts";
import { Accounts } from "../../src/io/process/accounts.ts";
import { MachineScripts } from "../../src/io/process/script-judge.ts";

const REQUEST: ScriptRequest = { words: [], takesAllGroups: false, keepsLinks: false, isSecured: true };
const NOBODY = 65_534;

/** Given files of this machine with owners and bits, when scripts are judged, then what is unsafe is named: which part, whose, which bits. */
describe.runIf(process.getuid?.() === 0)("scripts and users of a machine", () => {
    let folder: string;
    let script: string;

    beforeEach(() => {
        // Not in /tmp, whose own bits are part of every path in it.
        folder = mkdtempSync("/run/machine-scripts-");
        chmodSync(folder, 0o755);
        script = join(folder, "script");
        writeFileSync(script, "#!/bin/sh\n", { mode: 0o755 });
    });

    afterEach(() => {
        rmSync(folder, { recursive: true });
    });

    const scripts = () => new MachineScripts({ accounts: new Accounts(), uid: 0, searchPath: "/usr/bin:/bin" });
    const judge = (changes: Partial<ScriptRequest> = {}) =>
        scripts().judge({ ...REQUEST, words: [script, "-v"], user: "root", ...changes });
    const message = (changes: Partial<ScriptRequest> = {}) => judge(changes).complaints[0]?.message;

    it("runs what only root can change", () => {
        expect(judge()).toEqual({
            command: { path: script, words: [script, "-v"], user: { uid: 0, gid: 0, groups: [] } },
            complaints: [],
            isInsecure: false,
        });
    });

    it.each<[string, () => void, string]>([
        ["a file of somebody else", () => chownSync(script, NOBODY, 0), "FOLDER/script belongs to uid 65534, not to root"],
        ["a file for everybody", () => chmodSync(script, 0o757), "FOLDER/script can be written by everybody (mode 0757)"],
        [
            "a file for a group",
            () => {
                chownSync(script, 0, 4);
                chmodSync(script, 0o775);
            },
            "FOLDER/script can be written by group 4 (mode 0775)",
        ],
        ["a folder of somebody else", () => chownSync(folder, NOBODY, 0), "FOLDER belongs to uid 65534, not to root"],
        ["a folder for everybody", () => chmodSync(folder, 0o777), "FOLDER can be written by everybody (mode 0777)"],
    ])("does not run %s as root when security is on, and says why", (_name, harm, why) => {
        harm();
        const expected = `insecure script ${script}: ${why.replace("FOLDER", folder)}`;
        expect(judge().command).toBeUndefined();
        expect(message()).toBe(expected);
        expect(judge({ isSecured: false })).toMatchObject({
            command: { path: script },
            isInsecure: true,
            complaints: [{ message: expected }],
        });
        expect(judge({ user: "nobody" }).isInsecure).toBe(false);
    });

    it("lets a sticky folder be", () => {
        chmodSync(folder, 0o1777);
        expect(judge().isInsecure).toBe(false);
    });

    it("looks behind links, and runs what they lead to unless told otherwise", () => {
        const link = join(folder, "link");
        symlinkSync(script, link);
        expect(judge({ words: [link] }).command?.path).toBe(script);
        expect(judge({ words: [link], keepsLinks: true }).command?.path).toBe(link);
        const open = join(folder, "open");
        mkdirSync(open);
        chmodSync(open, 0o777);
        writeFileSync(join(open, "target"), "", { mode: 0o755 });
        symlinkSync(join(open, "target"), join(folder, "trap"));
        expect(message({ words: [join(folder, "trap")] })).toContain(`${open} can be written by everybody`);
    });

    it("looks for a bare name in PATH and says so", () => {
        expect(judge({ words: ["true"] }).complaints.map(({ code }) => code)).toEqual(["script-searched"]);
        expect(judge({ words: ["true"] }).command?.path).toMatch(/\/bin\/true$/);
    });

    it("leaves out what is not there or cannot be executed by its user", () => {
        expect(message({ words: [join(folder, "gone")] })).toBe(`${folder}/gone is not there or cannot be reached`);
        chmodSync(script, 0o700);
        expect(message({ user: "nobody" })).toBe(`${script} is not executable for uid:gid 65534:65534`);
        expect(message({ user: "no-such-user" })).toBe("there is no user no-such-user");
        expect(message({ user: "root", group: "no-such-group" })).toBe("there is no group no-such-group");
    });

    it("knows users and groups by name and number, and supplementary groups", () => {
        const database = join(folder, "etc");
        mkdirSync(database);
        writeFileSync(join(database, "passwd"), "root:x:0:0::/:/bin/sh\nweb:x:33:34::/:/bin/sh\n");
        writeFileSync(join(database, "group"), "web:x:34:\nlog:x:40:other,web\nbus:x:41:web\n");
        const accounts = new Accounts(database);
        expect(accounts.scriptUser("web", undefined, false)).toEqual({ uid: 33, gid: 34, groups: [] });
        expect(accounts.scriptUser("33", undefined, true)).toEqual({ uid: 33, gid: 34, groups: [34, 40, 41] });
        expect(accounts.scriptUser("web", "log", true)).toEqual({ uid: 33, gid: 40, groups: [] });
        expect(accounts.scriptUser("web", "log:bus:77", false)).toEqual({ uid: 33, gid: 40, groups: [41, 77] });
    });
});
