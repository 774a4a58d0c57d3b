import { type ChildProcess, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { Lab } from "../../src/app/cli/lab/lab.ts";
import type { LabDaemon } from "../../src/app/cli/lab/lab-daemon.ts";
import { until } from "../../src/app/cli/lab/until.ts";
import { configuration, type InstancePlan, SERVICE_ADDRESS } from "./harness/configuration.ts";
import { programOf, UNDER_TEST } from "./harness/daemon-kind.ts";
import { canRunLabs, hasTool } from "./harness/prerequisites.ts";
import { openPair, untilAddresses, untilMaster } from "./harness/router-pair.ts";

const ROUTER = { version: 3, family: 4, interval: 0.1 } as const satisfies Partial<InstancePlan>;

/** Answers with its machine's name on every address. */
function haproxyConfiguration(node: string): string {
    return [
        "defaults",
        "    mode http",
        "    timeout connect 1s",
        "    timeout client 1s",
        "    timeout server 1s",
        "frontend web",
        "    bind *:8080",
        `    http-request return status 200 content-type text/plain string ${node}`,
        "",
    ].join("\n");
}

/** Asks again and again, in the client's namespace; a line an answer: when, and which machine's, or nothing. */
const CLIENT = `
const ask = () => {
    const end = (answer) => { console.log(Date.now(), answer); setTimeout(ask, 20); };
    fetch("http://${SERVICE_ADDRESS[4]}:8080/", { signal: AbortSignal.timeout(300) }).then((reply) => reply.text()).then(end, () => end("-"));
};
ask();
`;

describe.runIf(canRunLabs())("tracked services", () => {
    let lab: Lab;
    const children: ChildProcess[] = [];

    afterEach(() => {
        for (const child of children.splice(0)) {
            child.kill("SIGKILL");
        }
        lab.close();
    });

    const run = (node: string, ...command: readonly string[]): ChildProcess => {
        const child = spawn("ip", ["netns", "exec", lab.network.namespace(node), ...command], { stdio: ["ignore", "pipe", "ignore"] });
        children.push(child);
        return child;
    };
    const startTracking = (node: string, priority: number, blocks: readonly string[], lines: readonly string[]): LabDaemon => {
        const text = [...blocks, configuration({ ...ROUTER, priority, lines })].join("\n");
        return lab.start(node, { program: programOf(UNDER_TEST), configuration: text, flags: ["-P"] });
    };

    // Given haproxy on two machines, each tracked by its router. When the master's is killed. Then the address moves, and the client's outage is printed.
    test.runIf(hasTool("haproxy"))("haproxy stays available: its end moves the address", async () => {
        lab = openPair();
        const proxies = ["r1", "r2"].map((node) => {
            const file = join(lab.directory, `${node}-haproxy.cfg`);
            writeFileSync(file, haproxyConfiguration(node));
            return run(node, "haproxy", "-db", "-f", file);
        });
        // Both machines of this lab share one table of processes: each looks for its own haproxy by its words.
        for (const [node, priority] of [
            ["r1", 200],
            ["r2", 100],
        ] as const) {
            const file = join(lab.directory, `${node}-haproxy.cfg`);
            const block = ["vrrp_track_process web {", `    process haproxy -db -f ${file}`, "    weight 0", "}"];
            startTracking(node, priority, block, ["track_process {", "    web", "}"]);
        }
        await untilMaster(lab, "r1");
        const answers: { readonly at: number; readonly from: string }[] = [];
        run("client", process.execPath, "-e", CLIENT).stdout?.on("data", (data: Buffer) => {
            for (const line of data.toString().trim().split("\n")) {
                const [at, from = ""] = line.split(" ");
                answers.push({ at: Number(at), from });
            }
        });
        await until(() => answers.at(-1)?.from === "r1", { what: "answers of r1", limit: 10_000 });
        proxies[0]?.kill("SIGKILL");
        await until(() => answers.at(-1)?.from === "r2", { what: "answers of r2", limit: 15_000 });
        const last = answers.filter(({ from }) => from === "r1").at(-1)?.at ?? 0;
        const first = answers.find(({ at, from }) => from === "r2" && at > last)?.at ?? 0;
        process.stdout.write(`haproxy killed on the master: the client was without HTTP for ${first - last} ms\n`);
        expect(first).toBeGreaterThan(last);
        await untilAddresses(lab, "r1", { addresses: [SERVICE_ADDRESS[4]], held: false });
        run("r1", "haproxy", "-db", "-f", join(lab.directory, "r1-haproxy.cfg"));
        await until(() => answers.at(-1)?.from === "r1", { what: "answers of r1 again", limit: 15_000 });
    });

    // Given a master with a tracked file. When a number is written into it, or it is replaced. Then the priority follows, and another one is master.
    test("a number in a file moves the address", async () => {
        lab = openPair();
        const file = join(lab.directory, "load");
        const block = ["track_file load {", `    file ${file}`, "    weight 1", "    init_file 0", "}"];
        startTracking("r1", 150, block, ["track_file {", "    load", "}"]);
        startTracking("r2", 100, [], []);
        await untilMaster(lab, "r1");
        writeFileSync(file, "-100\n");
        await untilMaster(lab, "r2");
        writeFileSync(file, "0\n");
        await untilMaster(lab, "r1");
    });
});
