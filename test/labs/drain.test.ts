import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LabDaemon } from "../../src/app/cli/lab/lab-daemon.ts";
import { until } from "../../src/app/cli/lab/until.ts";
import { BalanceNetwork, REAL, VIRTUAL } from "./balance/balance-network.ts";
import { programOf, UNDER_TEST } from "./harness/daemon-kind.ts";
import { canRunLabs, hasTool } from "./harness/prerequisites.ts";
import { untilLogged } from "./harness/router-pair.ts";

const CAN_RUN = canRunLabs() && hasTool("nft") && UNDER_TEST === "holdfast";
const { one, two } = REAL[4];
const SERVICE = `[${VIRTUAL.nat4}]:tcp:80`;
const SERVER = `[${one}]:tcp:80`;
/** As an operator writes them. */
const NAMES = [`${VIRTUAL.nat4}:80`, `${one}:80`] as const;

function configuration(more: readonly string[] = []): string {
    const reals = [one, two].map((address) => `real_server ${address} 80 {\n weight 3\n }`);
    return [
        "global_defs {\n router_id lab\n data_plane nftables\n}",
        `virtual_server ${VIRTUAL.nat4} 80 {\n protocol TCP\n lb_kind NAT\n lb_algo rr\n ${[...reals, ...more].join("\n ")}\n}`,
    ].join("\n");
}

describe.skipIf(!CAN_RUN)(`an order to drain${CAN_RUN ? "" : " (skipped: needs root and nft)"}`, () => {
    let net: BalanceNetwork;
    let daemon: LabDaemon;

    beforeAll(async () => {
        net = new BalanceNetwork();
        await net.serve("one", "two");
        daemon = net.lab.start("director", { program: programOf("holdfast"), configuration: configuration(), flags: ["-C"] });
        await untilLogged(daemon, "Startup complete", 60_000);
        await net.untilAnswered({ host: VIRTUAL.nat4, count: 8 }, ["one", "two"]);
    }, 120_000);

    afterAll(() => net?.close());

    const drain = (...words: readonly string[]) => {
        const [program = "", ...first] = programOf("holdfast");
        const command = [...first, "drain", "-p", join(daemon.directory, "parent.pid"), ...words];
        const { status, stdout, stderr } = spawnSync(program, command, { encoding: "utf8" });
        return { status, text: stdout + stderr };
    };
    const ask = (count = 6) => net.ask({ host: VIRTUAL.nat4, count });

    // Given two servers. When one is drained, the configuration read again, the checkers process killed. Then it gets no clients until that is undone.
    test("holds over a reload and the death of the process, until it is undone", async () => {
        expect(drain(...NAMES)).toEqual({
            status: 0,
            text: `${SERVER} of ${SERVICE} gets no new clients; it leaves the pool when its last connection has ended\n`,
        });
        await untilLogged(daemon, `Draining service ${SERVER} of VS ${SERVICE}`);
        await net.untilAnswered({ host: VIRTUAL.nat4, count: 6 }, ["two"]);
        writeFileSync(join(daemon.directory, "keepalived.conf"), configuration(["delay_loop 9"]));
        daemon.signal("SIGHUP");
        await untilLogged(daemon, "Reload complete");
        expect(ask()).toEqual({ two: 6 });
        const starts = () => daemon.log().split("Startup complete").length;
        const before = starts();
        process.kill(Number(daemon.file("checkers.pid")), "SIGKILL");
        await until(() => starts() > before, { what: "another checkers process", limit: 20_000 });
        expect(ask()).toEqual({ two: 6 });
        // Not a second order, but the end of the first: the successor knows of it.
        expect(drain(...NAMES, "--undo")).toEqual({ status: 0, text: `${SERVER} of ${SERVICE} has weight 3 again\n` });
        await untilLogged(daemon, `Draining of service ${SERVER} of VS ${SERVICE} is undone: weight 3`);
        await net.untilAnswered({ host: VIRTUAL.nat4, count: 6 }, ["one", "two"]);
        expect(drain(...NAMES, "--undo")).toEqual({ status: 0, text: `Nothing to undo: no order drains ${SERVER} of ${SERVICE}\n` });
    });

    // Given two servers. When one is drained for a second. Then it leaves the pool after that.
    test("ends with its time", async () => {
        expect(drain(SERVICE, SERVER, "--timeout", "1", "--json").status).toBe(0);
        await untilLogged(daemon, `Drained service ${SERVER} of VS ${SERVICE}: its time is over, connections are left`);
        expect(JSON.parse(drain(...NAMES, "--json").text)).toEqual({ type: "drained", service: SERVICE, server: SERVER, weight: 0 });
        expect(ask()).toEqual({ two: 6 });
        expect(drain(...NAMES, "--undo").status).toBe(0);
        await net.untilAnswered({ host: VIRTUAL.nat4, count: 6 }, ["one", "two"]);
    });

    test("for nobody ends with 4 and says who may be meant; with 1 for wrong words, with 3 where no daemon is", () => {
        expect(drain(`${VIRTUAL.nat4}:81`, `${one}:80`)).toEqual({
            status: 4,
            text: `Not done: no virtual server is called ${VIRTUAL.nat4}:81; did you mean ${SERVICE}?\n`,
        });
        expect(drain(SERVICE, `${one}:81`)).toEqual({
            status: 4,
            text: `Not done: no real server of ${SERVICE} is called ${one}:81; did you mean ${SERVER}?\n`,
        });
        expect([drain(SERVICE).status, drain(SERVICE, SERVER, "--timeout", "soon").status]).toEqual([1, 1]);
        expect(drain(SERVICE, SERVER, "-p", join(daemon.directory, "nobody.pid")).status).toBe(3);
    });

    // Given a connection through the director. When its server is drained. Then it goes on, and new ones go elsewhere.
    test("leaves connections alone", async () => {
        const held = await net.open(VIRTUAL.nat4);
        try {
            const first = await held.ask();
            const [whose, other] = first.startsWith("one") ? [one, "two"] : [two, "one"];
            expect(drain(SERVICE, `${whose}:80`, "--timeout", "60").status).toBe(0);
            await net.untilAnswered({ host: VIRTUAL.nat4, count: 6 }, [other]);
            expect(await held.ask()).toBe(first);
            expect(drain(SERVICE, whose, "--undo").status).toBe(0);
        } finally {
            held.close();
        }
    });
});
