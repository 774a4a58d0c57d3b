import { describe, expect, it } from "vitest";
import type { SpawnOptions } from "../../src/io/native/addon.ts";
import { loadAddon } from "../../src/io/native/load.ts";
import { runChild } from "./child.ts";

const { constants: C } = loadAddon();
const isRoot = process.getuid?.() === 0;
const rooted = it.skipIf(!isRoot);
const bits = (...numbers: readonly number[]): number => numbers.reduce((mask, number) => mask + 2 ** number, 0);
const hex = (mask: number): string => mask.toString(16).padStart(16, "0");

const SETS = "grep -E '^(CapInh|CapPrm|CapEff|CapBnd|CapAmb|NoNewPrivs)' /proc/self/status";
/** Makes what `first` makes of a shell, and prints what came of it. */
const spawned = (options: Partial<SpawnOptions>, script = SETS) => `
    const pid = addon.posixSpawn("/bin/sh", ["sh", "-c", ${JSON.stringify(script)}], ["PATH=/usr/bin:/bin"], { fds: [-1, 1, 2], ...${JSON.stringify(options)} });
    if (pid < 0) console.log(addon.errnoNames[-pid]);
    const out = new Int32Array(2);
    while (addon.waitPid(pid, out) === -11) {}
`;

function setsOf(output: string): Record<string, string> {
    return Object.fromEntries(
        output
            .trim()
            .split("\n")
            .map((line) => line.split(":\t") as [string, string]),
    );
}

describe("[needs root] capabilities of a new process", () => {
    const kept = bits(C.CAP_NET_ADMIN, C.CAP_NET_RAW);

    rooted("are exactly those given, and root gains nothing by exec", async () => {
        const { output } = await runChild(
            spawned({ capabilities: kept, boundingCapabilities: kept, rootGainsNothing: true, noNewPrivileges: true }),
        );
        const all = hex(kept);
        expect(setsOf(output)).toEqual({ CapInh: all, CapPrm: all, CapEff: all, CapBnd: all, CapAmb: all, NoNewPrivs: "1" });
    });

    rooted("stay with a user who is not root", async () => {
        const { output } = await runChild(
            spawned({ capabilities: kept, boundingCapabilities: kept, rootGainsNothing: true, uid: 65_534, gid: 65_534 }, `id -u; ${SETS}`),
        );
        const [user, ...rest] = output.split("\n");
        expect(user).toBe("65534");
        expect(setsOf(rest.join("\n"))).toMatchObject({ CapEff: hex(kept), CapAmb: hex(kept), CapBnd: hex(kept), NoNewPrivs: "0" });
    });

    rooted("are root's own again in a process that is told so, and nobody's otherwise", async () => {
        const most = bits(C.CAP_SETPCAP, C.CAP_SETUID, C.CAP_SETGID);
        const again = (options: Partial<SpawnOptions>) =>
            `addon.keepCapabilities(${most}); ${spawned({ ...options, resetCapabilities: true })}`;
        const root = setsOf((await runChild(again({}))).output);
        expect(root).toMatchObject({ CapInh: hex(0), CapAmb: hex(0) });
        expect(root["CapEff"]).toBe(root["CapBnd"]);
        const nobody = setsOf((await runChild(again({ uid: 65_534, gid: 65_534 }))).output);
        expect(nobody).toMatchObject({ CapInh: hex(0), CapEff: hex(0), CapPrm: hex(0), CapAmb: hex(0) });
    });

    rooted("can be given away by the process itself, and not be taken back", async () => {
        const { output } = await runChild(`
            console.log(addon.permittedCapabilities() > ${kept}, addon.keepCapabilities(${kept}), addon.permittedCapabilities());
            console.log(addon.errnoNames[-addon.keepCapabilities(${kept + 1})]);
        `);
        expect(output).toBe(`true 0 ${kept}\nEPERM\n`);
    });

    rooted("that ours does not have are refused", async () => {
        const { output } = await runChild(`addon.keepCapabilities(${kept}); ${spawned({ capabilities: bits(C.CAP_SYS_ADMIN) })}`);
        expect(output).toBe("EPERM\n");
    });
});

describe("masks of capabilities", () => {
    it.each([-1, 0.5, 2 ** 53, Number.NaN])("are natural numbers: %d", (mask) => {
        const addon = loadAddon();
        expect(() => addon.keepCapabilities(mask)).toThrow(TypeError);
        expect(() => addon.posixSpawn("/bin/true", ["true"], [], { fds: [], capabilities: mask })).toThrow(TypeError);
    });
});
