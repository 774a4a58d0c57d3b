import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Lab } from "../../src/app/cli/lab/lab.ts";
import type { LabDaemon } from "../../src/app/cli/lab/lab-daemon.ts";
import { childrenOf } from "../../src/app/cli/lab/process-tree.ts";
import { until } from "../../src/app/cli/lab/until.ts";
import { loadAddon } from "../../src/io/native/load.ts";
import { configuration, EVERY_PROCESS, SERVICE_ADDRESS, VRID } from "./harness/configuration.ts";
import { programOf, UNDER_TEST } from "./harness/daemon-kind.ts";
import { canRunLabs, hasTool } from "./harness/prerequisites.ts";
import { untilAddresses, untilLogged, untilMaster } from "./harness/router-pair.ts";

const { constants: C } = loadAddon();
const NETWORK = [C.CAP_NET_ADMIN, C.CAP_NET_RAW, C.CAP_NET_BIND_SERVICE];
const RUNNER = [C.CAP_SETUID, C.CAP_SETGID, C.CAP_SETPCAP, C.CAP_KILL, C.CAP_CHOWN, C.CAP_DAC_OVERRIDE, C.CAP_SYS_NICE];
const NOBODY = 65_534;

/** A script that says as whom and with what it runs. */
const TELLTALE = [
    "#!/bin/sh",
    'exec > "$1"',
    "id -u; id -G",
    "ls /proc/$$/fd | tr '\\n' ' '; echo",
    "grep -E '^(CapInh|CapEff|CapAmb|NoNewPrivs)' /proc/$$/status | tr '\\t\\n' '  '; echo",
    "env | cut -d= -f1 | sort | tr '\\n' ' '; echo",
    "echo end",
    "",
].join("\n");

interface Rights {
    readonly user: number;
    readonly bounding: string;
    /** Effective sets of all threads; one when they are the same. */
    readonly effective: readonly string[];
    readonly gainsNothing: boolean;
}

const hex = (capabilities: readonly number[]): string =>
    capabilities
        .reduce((mask, number) => mask | (1n << BigInt(number)), 0n)
        .toString(16)
        .padStart(16, "0");

function field(status: string, name: string): string {
    return new RegExp(`^${name}:\\s+(\\S+)`, "m").exec(status)?.[1] ?? "";
}

function rightsOf(pid: number): Rights {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const threads = readdirSync(`/proc/${pid}/task`).map((thread) => readFileSync(`/proc/${pid}/task/${thread}/status`, "utf8"));
    return {
        user: Number(field(status, "Uid")),
        bounding: field(status, "CapBnd"),
        effective: [...new Set(threads.map((text) => field(text, "CapEff")))],
        gainsNothing: field(status, "NoNewPrivs") === "1",
    };
}

/** The daemon's processes by the names that `process_names` gives them, of which the kernel keeps fifteen letters. */
function processesOf(daemon: LabDaemon): (name: string) => number {
    const pids = childrenOf(daemon.pid).map((pid) => [readFileSync(`/proc/${pid}/comm`, "utf8").trim(), pid] as const);
    return (name) => pids.find(([comm]) => comm.startsWith(`keepalived_${name}`.slice(0, 15)))?.[1] ?? 0;
}

describe.runIf(canRunLabs() && UNDER_TEST === "holdfast")("privileges", () => {
    let lab: Lab;
    let telltale: string;

    beforeEach(() => {
        lab = Lab.open({ nodes: [{ name: "r1" }, { name: "r2" }, { name: "client" }] });
        chmodSync(lab.directory, 0o755);
        telltale = join(lab.directory, "telltale.sh");
        writeFileSync(telltale, TELLTALE, { mode: 0o755 });
    });

    afterEach(() => {
        lab.close();
    });

    function start(
        node: string,
        plan: { readonly priority: number; readonly globals: readonly string[]; readonly lines?: readonly string[] },
    ) {
        const router = configuration({ version: 3, family: 4, interval: 0.1, ...plan, globals: ["process_names", ...plan.globals] });
        return lab.start(node, { program: programOf(UNDER_TEST), configuration: `${router}${EVERY_PROCESS}` });
    }

    /** What the script wrote, line by line, once it has come to its end. */
    async function told(path: string): Promise<readonly string[]> {
        const read = () => readFileSync(path, "utf8");
        await until(() => read().endsWith("end\n"), { what: `the end of ${path}`, limit: 10_000 });
        return read().split("\n");
    }

    function noteFor(uid: number): string {
        const path = join(lab.directory, `told-${uid}`);
        writeFileSync(path, "");
        chmodSync(path, 0o666);
        return path;
    }

    // Given a daemon with every kind of process. When all of them work. Then each has what its role needs, in every thread, and can get no more.
    test("each process has what its role needs, and no more", async () => {
        const note = noteFor(0);
        const daemon = start("r1", { priority: 200, globals: ["script_user root"], lines: [`notify_master "${telltale} ${note}"`] });
        await untilAddresses(lab, "r1", { addresses: [SERVICE_ADDRESS[4]], held: true });
        await told(note);
        const [vrrp, checkers, bfd, runner] = ["vrrp", "lvs", "bfd", "runner"].map(processesOf(daemon));
        const watchers = hex([...NETWORK, C.CAP_DAC_READ_SEARCH]);
        expect(rightsOf(vrrp ?? 0)).toEqual({ user: 0, bounding: watchers, effective: [watchers], gainsNothing: true });
        expect(rightsOf(checkers ?? 0)).toEqual({ user: 0, bounding: watchers, effective: [watchers], gainsNothing: true });
        expect(rightsOf(bfd ?? 0)).toEqual({ user: 0, bounding: hex(NETWORK), effective: [hex(NETWORK)], gainsNothing: true });
        // Root's scripts begin in the runner, and are to have what root has.
        expect(rightsOf(runner ?? 0)).toMatchObject({ user: 0, effective: [hex(RUNNER)], gainsNothing: false });
        const parent = BigInt(`0x${field(readFileSync(`/proc/${daemon.pid}/status`, "utf8"), "CapEff")}`);
        for (const given of [C.CAP_SYS_ADMIN, C.CAP_SYS_PTRACE]) {
            expect(parent & (1n << BigInt(given))).toBe(0n);
        }
        expect(field(readFileSync(`/proc/${daemon.pid}/status`, "utf8"), "CapBnd")).toBe(rightsOf(runner ?? 0).bounding);
    });

    // Given daemons whose processes are to run as nobody. When the master dies and comes back. Then the address moves, and everything works as for root.
    test("an ordinary user does the same work", async () => {
        const globals = ["process_user nobody", "vrrp_garp_master_refresh 1"];
        const first = start("r1", { priority: 200, globals, lines: ["use_vmac", "vmac_xmit_base"] });
        const second = start("r2", { priority: 100, globals });
        await untilMaster(lab, "r1");
        const onItsLink = () => lab.network.ip("r1", "address", "show", "dev", `vrrp.${VRID}`).includes(SERVICE_ADDRESS[4]);
        await until(onItsLink, { what: "the address on the virtual MAC's link", limit: 10_000 });
        const [vrrp, checkers, bfd] = ["vrrp", "lvs", "bfd"].map(processesOf(first));
        for (const pid of [vrrp, checkers, bfd]) {
            expect(rightsOf(pid ?? 0)).toMatchObject({ user: NOBODY, gainsNothing: true });
        }
        expect(rightsOf(vrrp ?? 0).effective).toEqual([hex([...NETWORK, C.CAP_DAC_READ_SEARCH])]);
        expect(first.log()).not.toMatch(/EPERM|EACCES|Cannot/);
        await first.terminate();
        await untilAddresses(lab, "r2", { addresses: [SERVICE_ADDRESS[4]], held: true });
        const killed = await second.killVrrp();
        await until(() => second.vrrpPid !== undefined && second.vrrpPid !== killed, { what: "a new vrrp process", limit: 5_000 });
        await untilAddresses(lab, "r2", { addresses: [SERVICE_ADDRESS[4]], held: true });
        expect(second.log()).not.toMatch(/EPERM|EACCES/);
    });

    // Given a name that nobody bears. When the daemon starts. Then it does not run as root instead.
    test("a user that does not exist is no reason to be root", async () => {
        const daemon = start("r1", { priority: 100, globals: ["process_user no-such-user"] });
        await daemon.waitForEnd();
        expect(daemon.exitCode).toBe(2);
        expect(daemon.log()).toContain("process_user: there is no user no-such-user");
    });

    // Given scripts of root and of nobody. When they run. Then each has its user's rights, three descriptors, and nothing of the daemon's.
    test.each([
        ["root", 0],
        ["nobody", NOBODY],
    ])("a script of %s has that user's rights", async (name, uid) => {
        const note = noteFor(uid);
        const lines = [`notify_master "${telltale} ${note}" ${name}`];
        const daemon = start("r1", { priority: 200, globals: [], lines });
        const [user, groups, descriptors, rights, names] = await told(note);
        expect(user).toBe(String(uid));
        expect(groups).toBe(uid === 0 ? "0" : String(NOBODY));
        // The shell keeps the script itself open as its tenth.
        expect(descriptors?.trim().replace(/ (10|255)\b/, "")).toBe("0 1 2");
        const all = field(readFileSync(`/proc/${processesOf(daemon)("runner")}/status`, "utf8"), "CapBnd");
        const expected = uid === 0 ? all : hex([]);
        expect(rights?.trim()).toBe(`CapInh: ${hex([])} CapEff: ${expected} CapAmb: ${hex([])} NoNewPrivs: 0`);
        expect(names).not.toMatch(/NOTIFY_SOCKET|CREDENTIALS|NODE_OPTIONS|LD_PRELOAD/);
    });

    // Given processes that know passwords. When another process of the same user wants to look into them. Then the kernel refuses.
    test("nobody of the same user looks into a process that knows secrets", async () => {
        const daemon = start("r1", { priority: 200, globals: ["process_user nobody"] });
        await untilLogged(daemon, "Entering MASTER STATE");
        const vrrp = processesOf(daemon)("vrrp");
        // The files of a process that must not be dumped belong to root.
        expect(statSync(`/proc/${vrrp}/environ`).uid).toBe(0);
    });

    // Given a container that withholds the right to raw packets. When the daemon starts. Then it says what that costs, how to give it, and at which call the process gave up.
    test.skipIf(!hasTool("setpriv"))("a right that is withheld is named, and so is what fails for it", async () => {
        const program = ["setpriv", "--bounding-set", "-net_raw", ...programOf(UNDER_TEST)];
        const daemon = lab.start("r1", { program, configuration: configuration({ version: 3, family: 4, interval: 0.1, priority: 200 }) });
        await untilLogged(daemon, "CAP_NET_RAW missing: VRRP cannot set and announce addresses");
        await untilLogged(daemon, "The vrrp process cannot work: the kernel refuses a packet socket (EPERM)");
        expect(daemon.log()).not.toMatch(/Defect|\bat .*:\d+:\d+/);
    });
});
