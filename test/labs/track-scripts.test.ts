import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Lab } from "../../src/app/cli/lab/lab.ts";
import type { LabDaemon } from "../../src/app/cli/lab/lab-daemon.ts";
import { pause, until } from "../../src/app/cli/lab/until.ts";
import { configuration, type InstancePlan, SERVICE_ADDRESS } from "./harness/configuration.ts";
import { type DaemonKind, programOf, UNDER_TEST } from "./harness/daemon-kind.ts";
import { canRunLabs, hasTool } from "./harness/prerequisites.ts";
import { untilAddresses, untilLogged, untilMaster } from "./harness/router-pair.ts";

const PLAN = { version: 3, family: 4, interval: 0.2 } as const satisfies Partial<InstancePlan>;

/** A `vrrp_script` and an instance that tracks it, in the order that Keepalived 2.2.7 wants. */
function tracking(command: string, priority: number, lines: readonly string[]): string {
    return [
        "global_defs {",
        "    script_user root",
        "}",
        "vrrp_script check {",
        `    script "${command}"`,
        ...lines.map((line) => `    ${line}`),
        "}",
        configuration({ ...PLAN, priority, lines: ["track_script {", "    check", "}"] }),
    ].join("\n");
}

function start(lab: Lab, node: string, kind: DaemonKind, text: string): LabDaemon {
    return lab.start(node, { program: programOf(kind), configuration: text, flags: ["-P"] });
}

const PAIRS = [
    { title: "ours and Keepalived's", r1: UNDER_TEST, r2: "keepalived" },
    { title: "Keepalived's and ours", r1: "keepalived", r2: UNDER_TEST },
] as const;

describe.runIf(canRunLabs() && hasTool("keepalived"))("track scripts", () => {
    let lab: Lab;
    let fit: readonly string[];

    beforeEach(() => {
        lab = Lab.open({ nodes: [{ name: "r1" }, { name: "r2" }, { name: "client" }] });
        fit = ["r1", "r2"].map((node) => join(lab.directory, `${node}-is-fit`));
        for (const path of fit) {
            writeFileSync(path, "");
        }
    });

    afterEach(() => {
        lab.close();
    });

    const check = (index: number) => `/usr/bin/test -e ${fit[index]}`;

    // Given two routers whose scripts weigh -60. When the master's fails, and recovers. Then the address goes over and comes back.
    // (Keepalived 2.2.7 knows whole seconds only.)
    test.each(PAIRS)("a weight demotes and lets take over again: $title", async ({ r1, r2 }) => {
        const lines = ["interval 1", "weight -60", "fall 2", "rise 2"];
        const master = start(lab, "r1", r1, tracking(check(0), 150, lines));
        start(lab, "r2", r2, tracking(check(1), 120, lines));
        await untilMaster(lab, "r1");
        await untilLogged(master, "VRRP_Script(check) succeeded");
        rmSync(fit[0] ?? "");
        await untilMaster(lab, "r2");
        await untilAddresses(lab, "r2", { addresses: [SERVICE_ADDRESS[4]], held: true });
        await untilLogged(master, "VRRP_Script(check) failed (exited with status 1)");
        await untilLogged(master, "Changing effective priority from 150 to 90");
        writeFileSync(fit[0] ?? "", "");
        await untilMaster(lab, "r1");
        await untilLogged(master, "Changing effective priority from 90 to 150");
    });

    // Given a master whose script has no weight and hangs. When its timeout is over. Then that is a FAULT, and the script is gone with its children.
    test.runIf(UNDER_TEST === "holdfast")("a script that hangs is a failure, and is ended", async () => {
        const script = join(lab.directory, "hang.sh");
        const text = `#!/bin/sh\n[ -e ${fit[0]} ] && exit 0\ntrap '' TERM\nsleep 1000 &\necho $! > ${lab.directory}/sleeper\nwait\n`;
        writeFileSync(script, text, { mode: 0o755 });
        const master = start(lab, "r1", UNDER_TEST, tracking(script, 150, ["interval 0.2", "timeout 0.5"]));
        await untilMaster(lab, "r1");
        rmSync(fit[0] ?? "");
        await untilLogged(master, "VRRP_Script(check) timed_out");
        await untilLogged(master, "Entering FAULT STATE");
        const sleeper = () => Number(readFileSync(join(lab.directory, "sleeper"), "utf8"));
        const first = sleeper();
        await until(() => !existsSync(`/proc/${first}`), { what: "the end of the script's child", limit: 15_000 });
        await untilAddresses(lab, "r1", { addresses: [SERVICE_ADDRESS[4]], held: false });
    });

    // Given a master whose script runs as somebody else. When the script is taken away. Then that is a failure, not a success.
    test.runIf(UNDER_TEST === "holdfast")("a script that is gone is a failure", async () => {
        const script = join(lab.directory, "gone.sh");
        writeFileSync(script, "#!/bin/sh\nexit 0\n", { mode: 0o755 });
        const master = start(lab, "r1", UNDER_TEST, tracking(script, 150, ["interval 0.2"]));
        await untilMaster(lab, "r1");
        rmSync(script);
        await untilLogged(master, "VRRP_Script(check) failed (cannot be run: ENOENT)");
        await untilLogged(master, "Entering FAULT STATE");
    });

    // Given a script that a reload replaces. Then the old one runs no more, and the new one decides.
    test.runIf(UNDER_TEST === "holdfast")("scripts come and go with a reload", async () => {
        const master = start(lab, "r1", UNDER_TEST, tracking(check(0), 150, ["interval 0.1", "weight -60"]));
        await untilMaster(lab, "r1");
        rmSync(fit[0] ?? "");
        await untilLogged(master, "Changing effective priority from 150 to 90");
        writeFileSync(join(master.directory, "keepalived.conf"), tracking(check(1), 150, ["interval 0.1", "weight -60"]));
        master.signal("SIGHUP");
        await untilLogged(master, "Changing effective priority from 90 to 150");
    });
});

/** A web server by either program, that answers everything; ended by its process group. */
const SERVERS = {
    nginx: (folder: string) => ({
        text: [
            "daemon off;",
            "worker_processes 1;",
            `pid ${folder}/nginx.pid;`,
            `error_log ${folder}/error.log;`,
            "events {}",
            `http { access_log off; client_body_temp_path ${folder}/a; proxy_temp_path ${folder}/b; fastcgi_temp_path ${folder}/c;`,
            `uwsgi_temp_path ${folder}/d; scgi_temp_path ${folder}/e; server { listen 80; location / { return 200 "fine"; } } }`,
        ].join("\n"),
        words: (file: string) => ["nginx", "-e", `${folder}/error.log`, "-c", file],
    }),
    haproxy: () => ({
        text: [
            "defaults",
            "    mode http",
            "    timeout client 5s",
            "    timeout server 5s",
            "    timeout connect 1s",
            "frontend web",
            "    bind :80",
            "    http-request return status 200",
            "",
        ].join("\n"),
        words: (file: string) => ["haproxy", "-db", "-f", file],
    }),
} as const;

describe.runIf(canRunLabs() && UNDER_TEST === "holdfast" && hasTool("curl"))("a service behind a track script", () => {
    let lab: Lab;
    const children: ChildProcess[] = [];

    beforeEach(() => {
        lab = Lab.open({ nodes: [{ name: "r1" }, { name: "r2" }, { name: "client" }] });
    });

    afterEach(() => {
        for (const child of children.splice(0)) {
            killGroup(child);
        }
        lab.close();
    });

    const within = (node: string, words: readonly string[], output: number | "ignore" = "ignore") => {
        const child = spawn("ip", ["netns", "exec", lab.network.namespace(node), ...words], {
            stdio: ["ignore", output, "ignore"],
            detached: true,
        });
        children.push(child);
        return child;
    };

    const serve = (node: string, kind: keyof typeof SERVERS): ChildProcess => {
        lab.network.ip(node, "link", "set", "lo", "up");
        const folder = join(lab.directory, `${node}-web`);
        mkdirSync(folder);
        const { text, words } = SERVERS[kind](folder);
        const file = `${folder}.conf`;
        writeFileSync(file, text);
        return within(node, words(file));
    };

    // Given a web server on each of two routers, whose scripts ask it. When the master's server is killed. Then the address moves, and a client that
    // asks all the time is answered again: its outage is printed.
    test.each(["nginx", "haproxy"] as const)("%s stays available when the master's is killed", async (kind) => {
        if (!hasTool(kind)) {
            return;
        }
        const servers = ["r1", "r2"].map((node) => serve(node, kind));
        const ask = "/usr/bin/curl -s -m 0.5 -o /dev/null http://127.0.0.1/";
        const lines = ["interval 0.2", "timeout 1", "fall 2", "rise 2", "weight -60"];
        start(lab, "r1", UNDER_TEST, tracking(ask, 150, lines));
        start(lab, "r2", UNDER_TEST, tracking(ask, 120, lines));
        await untilMaster(lab, "r1");
        const answers = join(lab.directory, "answers");
        const output = openSync(answers, "a");
        const loop = `while :; do curl -s -m 0.2 -o /dev/null http://${SERVICE_ADDRESS[4]}/ && date +%s%3N; sleep 0.02; done`;
        within("client", ["sh", "-c", loop], output);
        closeSync(output);
        const times = () =>
            readFileSync(answers, "utf8")
                .trim()
                .split("\n")
                .filter((line) => line !== "")
                .map(Number);
        await until(() => times().length > 20, { what: `answers of ${kind}`, limit: 15_000 });
        const [first] = servers;
        const before = times().length;
        if (first !== undefined) {
            killGroup(first);
        }
        await untilMaster(lab, "r2");
        await until(() => times().length > before + 20, { what: "answers from the other router", limit: 15_000 });
        await pause(200);
        const gaps = times().map((time, index, all) => time - (all[index - 1] ?? time));
        console.info(`${kind} killed on the master: the client went without an answer for ${Math.max(...gaps)} ms`);
        // Two checks of 0.2 s must fail and one advertisement must come: ten times that, for a machine under load.
        expect(Math.max(...gaps)).toBeLessThan(10_000);
    });
});

function killGroup(child: ChildProcess): void {
    try {
        process.kill(-(child.pid ?? 0), "SIGKILL");
    } catch {
        // It is gone already.
    }
}
