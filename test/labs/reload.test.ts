import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Lab } from "../../src/app/cli/lab/lab.ts";
import type { LabDaemon } from "../../src/app/cli/lab/lab-daemon.ts";
import { pause, until } from "../../src/app/cli/lab/until.ts";
import { configuration, type InstancePlan, SERVICE_ADDRESS } from "./harness/configuration.ts";
import { programOf, UNDER_TEST } from "./harness/daemon-kind.ts";
import { canRunLabs, hasTool } from "./harness/prerequisites.ts";
import { openPair, startRouter, untilAddresses, untilLogged, untilMaster } from "./harness/router-pair.ts";
import { untilRoutes } from "./harness/routing-table.ts";

const BRISK = { version: 3, family: 4, interval: 0.1 } as const satisfies Partial<InstancePlan>;
const MASTER: InstancePlan = { ...BRISK, priority: 150 };

describe.runIf(canRunLabs() && UNDER_TEST === "holdfast")("a reload", () => {
    let lab: Lab;
    let master: LabDaemon;

    beforeEach(async () => {
        lab = openPair();
        master = startRouter(lab, "r1", UNDER_TEST, MASTER);
        await untilMaster(lab, "r1");
        await untilAddresses(lab, "r1", { addresses: [SERVICE_ADDRESS[4]], held: true });
        // Later, so that the master hears nobody of lower priority, which would be a reason to announce again.
        await untilLogged(startRouter(lab, "r2", UNDER_TEST, { ...BRISK, priority: 100 }), "Entering BACKUP STATE");
    });

    afterEach(() => {
        lab.close();
    });

    const rewrite = (text: string) => writeFileSync(join(master.directory, "keepalived.conf"), text);
    const command = (...words: readonly string[]) => {
        const [program = "", ...first] = programOf("holdfast");
        const { status, stdout, stderr } = spawnSync(program, [...first, "reload", "-p", join(master.directory, "parent.pid"), ...words], {
            encoding: "utf8",
        });
        return { status, text: stdout + stderr };
    };
    const announcements = (after: number) =>
        lab.capture.frames.filter(({ at, node, seen }) => node === "r1" && at > after && seen.kind === "announcement");

    // Given a master in peace. When the same text is taken on again. Then the wire shows nothing but its advertisements, and nobody takes over.
    test("of an unchanged configuration touches nothing", async () => {
        // The second burst of announcements is due five seconds after the takeover.
        await until(() => announcements(0).length >= 10, { what: "both bursts", limit: 10_000 });
        const from = lab.capture.now;
        expect(command()).toEqual({ status: 0, text: "Nothing has changed\n" });
        await pause(1_000);
        expect(announcements(from)).toEqual([]);
        expect(lab.capture.advertisements({ node: "r2", after: from })).toEqual([]);
        const priorities = new Set(lab.capture.advertisements({ node: "r1", after: from }).map(({ seen }) => seen.priority));
        expect(priorities).toEqual(new Set([150]));
        expect(master.log().split("Entering MASTER STATE")).toHaveLength(2);
    });

    // Given a master in peace whose system calls are watched. When the same text is taken on again. Then not one message goes to the kernel by netlink.
    test.runIf(hasTool("strace"))("of an unchanged configuration writes nothing to the kernel", async () => {
        await until(() => announcements(0).length >= 10, { what: "both bursts", limit: 20_000 });
        const trace = join(master.directory, "trace");
        const watcher = spawn("strace", ["-f", "-yy", "-e", "trace=sendto,sendmsg,sendmmsg", "-o", trace, "-p", `${master.vrrpPid}`], {
            stdio: ["ignore", "ignore", "pipe"],
        });
        const told = () => readFileSync(trace, "utf8");
        // Advertisements are the sign that it sees.
        await until(() => existsSync(trace) && /sendm?m?(sg|to)/.test(told()), { what: "an advertisement in the trace", limit: 20_000 });
        expect(command()).toEqual({ status: 0, text: "Nothing has changed\n" });
        await until(() => master.log().includes("Reload complete"), { what: "the end of the reload", limit: 10_000 });
        await pause(500);
        watcher.kill("SIGINT");
        await new Promise((resolve) => watcher.once("close", resolve));
        expect(told()).not.toContain("NETLINK");
    });

    // Given a master with a route. When it is renamed, and gives way afterwards. Then the route goes with it.
    test("that renames a virtual router leaves nothing behind under its former name", async () => {
        const lines = ["virtual_routes {", "10.99.0.0/16 via 10.77.0.9 dev eth0", "}"];
        rewrite(configuration({ ...MASTER, lines }));
        expect(command().status).toBe(0);
        await untilRoutes(lab, "r1", ["10.99.0.0/16"], true);
        rewrite(configuration({ ...MASTER, lines, name: "gateway" }));
        expect(command().status).toBe(0);
        rewrite(configuration({ ...MASTER, lines, name: "gateway", priority: 50 }));
        expect(command().status).toBe(0);
        await untilMaster(lab, "r2");
        await untilRoutes(lab, "r1", ["10.99.0.0/16"], false);
    });

    // Given two virtual routers, both master. When one is renamed and takes over an address of the other, in one reload. Then the kernel loses no address.
    test("that renames a virtual router and moves an address to it takes no address away", async () => {
        const [own, moving, others] = ["10.77.0.100/16", "10.77.0.101/16", "10.77.0.102/16"];
        const pair = (name: string, first: readonly string[], second: readonly string[]) =>
            configuration({ ...MASTER, name, addresses: first }, { ...MASTER, name: "VI_2", vrid: 52, addresses: second });
        const addresses = [own, moving, others].map((address) => address.slice(0, -3));
        rewrite(pair("VI_1", [own], [moving, others]));
        expect(command().status).toBe(0);
        await untilAddresses(lab, "r1", { addresses, held: true });
        const monitor = spawn("ip", ["-netns", lab.network.namespace("r1"), "monitor", "address"], {
            stdio: ["ignore", "pipe", "inherit"],
        });
        let seen = "";
        monitor.stdout.on("data", (chunk) => {
            seen += chunk;
        });
        // Somebody else's addresses are the sign that it sees; the first ones may come before it listens.
        let signs = 0;
        const sign = () => {
            signs += 1;
            lab.network.ip("r1", "address", "add", `10.77.9.${signs}/32`, "dev", "eth0");
            return seen.includes("10.77.9.");
        };
        await until(sign, { what: "an address in the monitor", limit: 20_000, every: 100 });
        rewrite(pair("gateway", [own, moving], [others]));
        expect(command().status).toBe(0);
        await until(() => master.log().includes("Reload complete") && master.log().includes("(gateway)"), {
            what: "the reload",
            limit: 5_000,
        });
        lab.network.ip("r1", "address", "add", "10.77.8.1/32", "dev", "eth0");
        await until(() => seen.includes("10.77.8.1"), { what: "the last address in the monitor", limit: 5_000 });
        monitor.kill();
        expect(seen).not.toContain("Deleted");
        await untilAddresses(lab, "r1", { addresses, held: true });
    });

    // Given a master. When its text is damaged. Then command and log say so with the place, and it goes on as before, also after a signal.
    test("of a faulty configuration is refused and visible", async () => {
        rewrite(`${configuration({ ...MASTER, priority: 90 })}\nvrrp_instance {`);
        const { status, text } = command();
        expect(status).toBe(5);
        expect(text).toContain("keepalived.conf: Line");
        expect(text).toContain("Refused, all goes on as before: Configuration has errors");
        master.signal("SIGHUP");
        await until(() => master.log().split("reload refused").length === 3, { what: "two refusals in the log", limit: 5_000 });
        await pause(300);
        expect(lab.capture.master()).toBe("r1");
        expect(lab.capture.lastAdvertisement({ node: "r1" })?.seen.priority).toBe(150);
    });

    // Given a master. When its file is read in the moment in which it is empty, as editors leave it. Then nothing is taken down.
    test("of an empty file is refused", async () => {
        rewrite("! nothing yet\n");
        const { status, text } = command();
        expect(status).toBe(5);
        expect(text).toContain("Refused, all goes on as before: The configuration holds no statement");
        const from = lab.capture.now;
        await until(() => lab.capture.advertisements({ node: "r1", after: from }).length > 3, { what: "advertisements", limit: 5_000 });
        expect(master.vrrpPid).toBeDefined();
    });

    // Given a master. When a reload is only planned. Then the difference is told, nothing happens; when it is done, the priority counts at once.
    test("is planned first, then taken on", async () => {
        rewrite(configuration({ ...MASTER, priority: 90 }));
        const plan = command("--dry-run");
        expect(plan.status).toBe(0);
        expect(plan.text).toMatch(/vrrp_instance VI_1 priority +150 +90 +taken on/);
        expect(plan.text).toContain("1 change would be taken on");
        await pause(300);
        expect(lab.capture.lastAdvertisement({ node: "r1" })?.seen.priority).toBe(150);
        expect(command().text).toContain("1 change was taken on");
        await untilMaster(lab, "r2");
    });

    // Given a master. When what cannot change while it runs is changed. Then the reload is refused and says what that is.
    test("that would need a restart is refused", () => {
        rewrite(`instance other\n${configuration(MASTER)}`);
        const answer = JSON.parse(command("--json").text);
        expect(answer).toMatchObject({ type: "refused", reason: "instance cannot be changed while the daemon runs: restart it" });
    });

    // Given reload_time_file and reload_file. When a time is written. Then the reload comes by itself, and the mark stands only meanwhile.
    test("comes at its time", async () => {
        const [when, mark] = [join(master.directory, "when"), join(master.directory, "mark")];
        const globals = [`reload_time_file ${when}`, `reload_file ${mark}`];
        rewrite(configuration({ ...MASTER, globals }));
        expect(command().status).toBe(0);
        rewrite(configuration({ ...MASTER, priority: 90, globals }));
        const soon = new Date(Date.now() + 2_000).toISOString();
        writeFileSync(when, `${soon.slice(0, 10)} ${soon.slice(11, 19)}Z\n`);
        await untilLogged(master, "Reload scheduled at");
        await untilMaster(lab, "r2");
        expect([existsSync(when), existsSync(mark)]).toEqual([false, false]);
    });

    // Given config_save_dir, umask and data_use_instance. When a reload is done and dumps are asked for. Then the files are there, named and closed so.
    test("keeps what was before and after", async () => {
        const secrets = ["authentication {", "auth_type PASS", "auth_pass hidden", "}"];
        const plan: InstancePlan = { ...MASTER, version: 2, interval: 1, lines: secrets };
        const globals = [`config_save_dir ${master.directory}`];
        rewrite(configuration({ ...plan, globals }));
        expect(command().status).toBe(0);
        rewrite(configuration({ ...plan, globals, priority: 151 }));
        expect(command().status).toBe(0);
        const [before, after] = ["pre", "post"].map((when) => master.file(`keepalived_parent.${master.pid}.2.${when}`));
        expect([before, after].map((text) => /priority (\d+)/.exec(text ?? "")?.[1])).toEqual(["150", "151"]);
        expect(after).toContain("auth_pass");
        expect(after).not.toContain("hidden");
    });

    // Given umask and data_use_instance in the configuration. When a daemon starts with it. Then its processes and files are so.
    test("umask and data_use_instance hold from the start", async () => {
        const plan: InstancePlan = { ...BRISK, priority: 90, vrid: 77, addresses: ["10.77.0.77/16"] };
        const text = configuration({ ...plan, globals: ["umask IWGRP|IRWXO", "data_use_instance"] });
        const other = lab.start("client", { program: programOf("holdfast"), configuration: `instance blue\n${text}`, flags: ["-P"] });
        await untilLogged(other, "Entering MASTER STATE");
        const umasks = [other.pid, other.vrrpPid ?? 0].map(
            (pid) => /Umask:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1],
        );
        expect(umasks).toEqual(["0027", "0027"]);
        other.signal("SIGUSR1");
        await until(() => other.file("keepalived.blue.data") !== "", { what: "the dump", limit: 5_000 });
    });

    test("without a daemon says so", () => {
        const [program = "", ...first] = programOf("holdfast");
        const { status, stderr } = spawnSync(program, [...first, "reload", "-p", join(master.directory, "nobody.pid")], {
            encoding: "utf8",
        });
        expect(status).toBe(3);
        expect(stderr).toContain(`no daemon answers at ${join(master.directory, "nobody.sock")}: ENOENT`);
    });
});
