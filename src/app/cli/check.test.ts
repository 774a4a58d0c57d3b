import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCheck } from "./check.ts";

let folder = "";

beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "holdfast-check-"));
    mkdirSync(join(folder, "conf.d"));
    writeFileSync(join(folder, "good.conf"), "global_defs {\n  vrrp_version 3\n}\ninclude conf.d/*.conf\n@one nonsense\n", { mode: 0o644 });
    writeFileSync(join(folder, "conf.d/a.conf"), "child_wait_time 3\n", { mode: 0o644 });
    writeFileSync(join(folder, "bad.conf"), "global_defs {\n  vrrp_versoin 3\n", { mode: 0o644 });
    writeFileSync(join(folder, "latin1.conf"), Buffer.from("# caf\xe9\nchild_wait_time 3\n", "latin1"), { mode: 0o644 });
    writeFileSync(join(folder, "program"), "child_wait_time 3\n");
    chmodSync(join(folder, "program"), 0o755);
});

afterAll(() => rmSync(folder, { recursive: true }));

async function check(...argv: readonly string[]): Promise<{ status: number; output: string; errors: string }> {
    const written = { output: "", errors: "" };
    const status = await runCheck(argv, {
        output: {
            write(text) {
                written.output += text;
            },
        },
        errors: {
            write(text) {
                written.errors += text;
            },
        },
    });
    return { status, ...written };
}

describe("holdfast check", () => {
    it("accepts a good file with what it includes", async () => {
        const { status, output } = await check(join(folder, "good.conf"), "-i", "two");
        expect(status).toBe(0);
        expect(output).toContain("2 file(s) read: 0 error(s)");
    });

    it("reads several files as one, and shows what includes, definitions and conditional lines make of them", async () => {
        writeFileSync(join(folder, "more.conf"), "$N=e1\nvrrp_instance $N {\n  interface $N\n  virtual_router_id 1\n}\n", { mode: 0o644 });
        const both = await check("--expand", "-i", "two", join(folder, "good.conf"), join(folder, "more.conf"));
        expect(both.output).toBe(
            "global_defs {\n    vrrp_version 3\n}\nchild_wait_time 3\nvrrp_instance e1 {\n    interface e1\n    virtual_router_id 1\n}\n",
        );
        expect(both.errors).toContain("more.conf:2:1: error: (e1) has no virtual_ipaddress");
        expect(both.status).toBe(5);
        expect((await check("--expand", "--json", join(folder, "good.conf"))).status).toBe(1);
    });

    it("compares conditional lines with the name given", async () => {
        expect((await check("--config-id", "one", join(folder, "good.conf"))).status).toBe(5);
    });

    it("reports all faults, without colours where there is no terminal", async () => {
        const { status, output } = await check(join(folder, "bad.conf"));
        expect(status).toBe(5);
        expect(output).toContain("bad.conf:1:1: error: the block 'global_defs' that is opened here is not closed");
        expect(output).toContain("did you mean 'vrrp_version'?");
        expect(output).not.toContain("\x1b");
    });

    it("says the same to machines", async () => {
        const { status, output } = await check("--json", join(folder, "bad.conf"));
        const document = JSON.parse(output) as { exitCode: number; diagnostics: { code: string; line: number; suggestion?: string }[] };
        expect(document.exitCode).toBe(status);
        expect(document.diagnostics.map(({ code, line }) => [code, line])).toEqual([
            ["missing-close-brace", 1],
            ["unknown-keyword", 2],
        ]);
    });

    it("reads comments in old encodings", async () => {
        expect((await check(join(folder, "latin1.conf"))).status).toBe(0);
    });

    it.each([["nothing.conf"], ["program"], ["conf.d"]])("cannot run with %s", async (name) => {
        expect((await check(join(folder, name))).status).toBe(4);
    });

    it.each([[[]], [["--nonsense"]]])("explains itself for %j", async (argv) => {
        const { status, errors } = await check(...argv);
        expect(status).toBe(1);
        expect(errors).toContain("usage: holdfast check");
    });
});
