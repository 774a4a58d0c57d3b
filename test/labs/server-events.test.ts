import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Lab } from "../../src/app/cli/lab/lab.ts";
import type { LabDaemon } from "../../src/app/cli/lab/lab-daemon.ts";
import { until } from "../../src/app/cli/lab/until.ts";
import { programOf, UNDER_TEST } from "./harness/daemon-kind.ts";
import { canRunLabs } from "./harness/prerequisites.ts";
import { untilLogged } from "./harness/router-pair.ts";

const SERVICE = "[10.99.0.1]:tcp:80";
/** Machines that run tests are busy. */
const LIMIT = 30_000;
const [ONE, TWO] = ["[10.99.0.2]:tcp:80", "[10.99.0.3]:tcp:80"];

// Who is up is said by files, which programs read; what the daemon tells of that is in the log, in a named pipe and in what its scripts wrote.
describe.runIf(canRunLabs() && UNDER_TEST === "holdfast")("what is told of servers", () => {
    let lab: Lab;
    let script: string;

    beforeEach(() => {
        lab = Lab.open({ nodes: [{ name: "r1" }] });
        script = path("note.sh");
        writeFileSync(script, `#!/bin/sh\necho "$1" >> ${path("notes")}\n`, { mode: 0o755 });
        writeFileSync(path("reader.sh"), `#!/bin/sh\nexec cat "$1" >> ${path("pipe")}\n`, { mode: 0o755 });
        writeFileSync(path("check.sh"), `#!/bin/sh\nexit $(cat ${lab.directory}/status-$1)\n`, { mode: 0o755 });
    });

    afterEach(() => {
        lab.close();
    });

    function path(name: string): string {
        return join(lab.directory, name);
    }

    function say(server: "one" | "two", status: number): void {
        writeFileSync(path(`status-${server}`), `${status}`);
    }

    function start(...text: readonly string[]): LabDaemon {
        return lab.start("r1", { program: programOf(UNDER_TEST), configuration: `${text.join("\n")}\n`, flags: [] });
    }

    function real(name: "one" | "two", address: string, ...lines: readonly string[]): readonly string[] {
        const check = ["MISC_CHECK {", `misc_path "${path("check.sh")} ${name}"`, "delay_loop 0.2", "warmup 0", "}"];
        const notify = [`notify_up "${script} ${name}-up"`, `notify_down "${script} ${name}-down"`];
        return [`real_server ${address} 80 {`, ...lines, ...notify, ...check, "}"];
    }

    function lines(name: string): readonly string[] {
        const file = path(name);
        return existsSync(file) ? readFileSync(file, "utf8").replaceAll("\0", "").trim().split("\n") : [];
    }

    async function untilLines(name: string, expected: readonly string[]): Promise<void> {
        await until(() => lines(name).length >= expected.length, {
            what: `${JSON.stringify(expected)} in ${name}, which has ${JSON.stringify(lines(name))}`,
            limit: LIMIT,
        });
        expect(lines(name)).toEqual(expected);
    }

    // Given a quorum of two, of whom one is alpha and inhibits. When he comes up, the other goes, and the daemon leaves. Then log, pipe and scripts
    // say so, each once and in order.
    test("quorum, quorum_up and _down, notify_up and _down, alpha, omega, inhibit_on_failure, sorry_server, rs_init_notifies, lvs_notify_fifo", async () => {
        say("one", 0);
        say("two", 1);
        const globals = [
            `lvs_notify_fifo ${path("fifo")}`,
            `lvs_notify_fifo_script ${path("reader.sh")}`,
            "rs_init_notifies",
            "script_user root",
        ];
        const service = ["protocol TCP", "quorum 2", "omega", `quorum_up "${script} quorum-up"`, `quorum_down "${script} quorum-down"`];
        const daemon = start(
            ...["global_defs {", ...globals, "}", "virtual_server 10.99.0.1 80 {", ...service, "sorry_server 10.99.0.9 80"],
            ...[...real("one", "10.99.0.2"), ...real("two", "10.99.0.3", "alpha", "inhibit_on_failure"), "}"],
        );
        await untilLogged(daemon, `Starting with quorum down 2-0=2 > 1 for VS ${SERVICE}`, LIMIT);
        const first = [`RS ${ONE} ${SERVICE} UP`, `RS ${TWO} ${SERVICE} DOWN`, `VS ${SERVICE} DOWN`];
        await untilLines("pipe", first);
        say("two", 0);
        await untilLogged(daemon, `Enabling service ${TWO} of VS ${SERVICE}`, LIMIT);
        await untilLogged(daemon, `Gained quorum 2+0=2 <= 2 for VS ${SERVICE}`, LIMIT);
        await untilLogged(daemon, `Removing sorry server [10.99.0.9]:tcp:80 from VS ${SERVICE}`, LIMIT);
        await untilLines("pipe", [...first, `RS ${TWO} ${SERVICE} UP`, `VS ${SERVICE} UP`]);
        say("one", 1);
        await untilLogged(daemon, `Lost quorum 2-0=2 > 1 for VS ${SERVICE}`, LIMIT);
        const lost = [...first, `RS ${TWO} ${SERVICE} UP`, `VS ${SERVICE} UP`, `RS ${ONE} ${SERVICE} DOWN`, `VS ${SERVICE} DOWN`];
        await untilLines("pipe", lost);
        await daemon.terminate(LIMIT);
        await untilLines("pipe", [...lost, `RS ${TWO} ${SERVICE} DOWN`]);
        // Scripts of different servers run side by side.
        const told = ["one-up", "two-down", "quorum-down", "two-up", "quorum-up", "one-down", "quorum-down", "two-down"];
        expect(lines("notes").toSorted()).toEqual(told.toSorted());
    });

    // Given a virtual server whose address stands elsewhere. When the address comes, and goes. Then its checks run only in between.
    test("ha_suspend", async () => {
        say("one", 1);
        const daemon = start(
            ...["global_defs {", "script_user root", "}", "virtual_server 10.99.0.1 80 {", "protocol TCP", "ha_suspend", "delay_loop 0.2"],
            ...[...real("one", "10.99.0.2"), "}"],
        );
        await untilLogged(daemon, "Gained quorum", LIMIT);
        lab.network.ip("r1", "address", "add", "10.99.0.1/32", "dev", "lo");
        await untilLogged(daemon, `Removing service ${ONE} from VS ${SERVICE}`, LIMIT);
        lab.network.ip("r1", "address", "del", "10.99.0.1/32", "dev", "lo");
        say("one", 0);
        lab.network.ip("r1", "address", "add", "10.99.0.1/32", "dev", "lo");
        await untilLogged(daemon, `Adding service ${ONE} to VS ${SERVICE}`, LIMIT);
    });
});
