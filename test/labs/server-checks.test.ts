import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Lab } from "../../src/app/cli/lab/lab.ts";
import type { LabDaemon } from "../../src/app/cli/lab/lab-daemon.ts";
import { childrenOf, isRunning } from "../../src/app/cli/lab/process-tree.ts";
import { until } from "../../src/app/cli/lab/until.ts";
import { NamespaceSockets } from "./balance/namespace-sockets.ts";
import { type BfdPlan, bfdInstance, startNeighbor } from "./harness/bfd-neighbors.ts";
import { programOf, UNDER_TEST } from "./harness/daemon-kind.ts";
import { canRunLabs, hasTool } from "./harness/prerequisites.ts";
import { untilLogged } from "./harness/router-pair.ts";

const SERVER = "[10.99.0.2]:tcp:80";
const SERVICE = "[10.99.0.1]:tcp:80";
const SESSION: BfdPlan = { neighbor: "10.77.0.2", source: "10.77.0.1", interval: 100, multiplier: 5 };

/** A virtual server with one real server of weight 10, with these lines in it. */
function balanced(...lines: readonly string[]): string {
    const real = ["real_server 10.99.0.2 80 {", "weight 10", "delay_loop 0.2", "warmup 0", ...lines, "}"];
    return [
        "global_defs {",
        "script_user root",
        "}",
        "virtual_server 10.99.0.1 80 {",
        "protocol TCP",
        "delay_loop 0.5",
        ...real,
        "}",
        "",
    ].join("\n");
}

// Also on a kernel without a load balancer: what servers are found to be is in the log.
describe.runIf(canRunLabs() && UNDER_TEST === "holdfast")("checks in the daemon", () => {
    let lab: Lab;

    beforeEach(() => {
        lab = Lab.open({ nodes: [{ name: "r1" }, { name: "r2" }] });
    });

    afterEach(() => {
        lab.close();
    });

    function start(text: string): LabDaemon {
        return lab.start("r1", { program: programOf(UNDER_TEST), configuration: text, flags: [] });
    }

    /** Lines of the log about weights, without what is the same in all. */
    function weights(daemon: LabDaemon): readonly string[] {
        return [...daemon.log().matchAll(/Changing weight from (\d+ to \d+ for \w+)/g)].map((match) => match[1] ?? "");
    }

    // Given a program whose status a file says. When that changes. Then weight and state follow; and a killed runner's successor goes on.
    test("MISC_CHECK runs its program in the runner, with dynamic weights", async () => {
        const status = join(lab.directory, "status");
        const script = join(lab.directory, "check.sh");
        writeFileSync(status, "7");
        writeFileSync(script, `#!/bin/sh\necho "$PPID" > ${lab.directory}/parent\nexit $(cat ${status})\n`, { mode: 0o755 });
        const daemon = start(balanced("MISC_CHECK {", `misc_path "${script}"`, "misc_dynamic", "}"));
        await untilLogged(daemon, `Changing weight from 10 to 5 for active service ${SERVER} of VS ${SERVICE}`);
        const runner = Number(readFileSync(join(lab.directory, "parent"), "utf8"));
        expect(childrenOf(daemon.pid)).toContain(runner);
        expect(runner).not.toBe(Number(daemon.file("checkers.pid")));
        writeFileSync(status, "1");
        await untilLogged(daemon, `by [${script}] failed (exited with status 1).`);
        await untilLogged(daemon, `Removing service ${SERVER} from VS ${SERVICE}`);
        process.kill(runner, "SIGKILL");
        writeFileSync(status, "0");
        await untilLogged(daemon, `Adding service ${SERVER} to VS ${SERVICE}`, 20_000);
        expect(weights(daemon)).toEqual(["10 to 5 for active", "5 to 10 for active"]);
    });

    // Given a web server that is down. When it comes up. Then its first good page is enough: Keepalived asks once more, a delay_loop later.
    test("HTTP_GET takes a server back with its first good page", async () => {
        const page = ["connect_ip 10.77.0.2", "connect_port 8080", "delay_loop 3", "url {", "path /", "status_code 200", "}"];
        const daemon = start(balanced("HTTP_GET {", ...page, "}"));
        await untilLogged(daemon, `Removing service ${SERVER} from VS ${SERVICE}`);
        const web = new NamespaceSockets(lab.addon).serveHttp(lab.network.namespace("r2"), "page", { port: 8080 });
        let requests = 0;
        web.on("request", () => requests++);
        await untilLogged(daemon, `Adding service ${SERVER} to VS ${SERVICE}`);
        expect(requests).toBe(1);
        web.close();
        web.closeAllConnections();
    });

    // Given a program that hangs and does not listen. When its time is over. Then the server is down, and the program gets its signals.
    test("MISC_CHECK ends a program that takes too long", async () => {
        const script = join(lab.directory, "hang.sh");
        writeFileSync(
            script,
            `#!/bin/sh\ntrap 'echo term >> ${lab.directory}/signals' TERM\necho $$ > ${lab.directory}/pid\nwhile :; do sleep 0.1; done\n`,
            {
                mode: 0o755,
            },
        );
        const daemon = start(balanced("MISC_CHECK {", `misc_path "${script}"`, "misc_timeout 0.3", "delay_loop 60", "}"));
        await untilLogged(daemon, `by [${script}] failed (no answer in time).`);
        const pid = Number(readFileSync(join(lab.directory, "pid"), "utf8"));
        await until(() => !isRunning(pid), { what: "the end of the program", limit: 10_000 });
        expect(readFileSync(join(lab.directory, "signals"), "utf8")).toBe("term\n");
    });

    // Given a file that says 3 before the start. When another number is written, and one that is a fault. Then weight, quorum and state follow.
    test("FILE_CHECK weighs by a file, from the start on", async () => {
        const file = join(lab.directory, "number");
        writeFileSync(file, "-10\n");
        const tracked = ["track_file n {", `file ${file}`, "}", ""].join("\n");
        const daemon = start(tracked + balanced("FILE_CHECK {", "track_file n", "weight 1", "}"));
        await untilLogged(daemon, `Starting with quorum down 1-0=1 > 0 for VS ${SERVICE}`);
        writeFileSync(file, "2\n");
        await untilLogged(daemon, `Changing weight from 0 to 12 for active service ${SERVER} of VS ${SERVICE}`);
        await untilLogged(daemon, `Gained quorum 1+0=1 <= 12 for VS ${SERVICE}`);
        writeFileSync(join(daemon.directory, "keepalived.conf"), tracked + balanced("FILE_CHECK {", "track_file n", "weight 0", "}"));
        daemon.signal("SIGHUP");
        await untilLogged(daemon, `Lost quorum 1-0=1 > 0 for VS ${SERVICE}`);
        writeFileSync(file, "0\n");
        await untilLogged(daemon, `Adding service ${SERVER} to VS ${SERVICE}`);
    });

    // Given a session with BIRD. When it comes up, and BIRD is killed. Then the server is up, and down.
    test.runIf(hasTool("bird"))("BFD_CHECK follows a session with BIRD", async () => {
        const daemon = start(bfdInstance("b1", SESSION) + balanced("BFD_CHECK {", "name b1", "alpha", "}"));
        const other = await startNeighbor(lab, "r2", "bird", { ...SESSION, neighbor: SESSION.source, source: SESSION.neighbor });
        await untilLogged(daemon, `BFD check of [b1] RS(${SERVER}) is UP`, 20_000);
        await untilLogged(daemon, `Adding service ${SERVER} to VS ${SERVICE}`);
        await other.killDead();
        await untilLogged(daemon, `BFD check of [b1] RS(${SERVER}) is DOWN`);
        await untilLogged(daemon, `Removing service ${SERVER} from VS ${SERVICE}`);
        expect(existsSync(join(daemon.directory, "vrrp.pid"))).toBe(false);
    });
});
