import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { ROOT } from "../harness/daemon-kind.ts";
import { hasTool } from "../harness/prerequisites.ts";
import { missingKernel, runInKernel } from "./boot.ts";
import type { LoadBalancerSeen } from "./inside/load-balancer.ts";
import { DIRECT, DIRECT_SIX, GROUP, MARKED, NAT_SIX, NEEDS_TWO, PERSISTENT, TUNNEL } from "./inside/service-plan.ts";

const missing =
    missingKernel() ??
    ["ipvsadm", "keepalived", "tc", "sysctl", "dnsmasq"]
        .map((tool) => (hasTool(tool) ? undefined : `${tool} is not installed`))
        .find(Boolean);
const BOOT_LIMIT = 600_000;
/** Takes each configuration on by itself too: two minutes more. */
const isThorough = process.env["HOLDFAST_KERNEL_LAB"] === "thorough";

/** The operators' own files where they are at hand, else ours. */
const THEIRS = process.env["HOLDFAST_EXAMPLES"] ?? join(ROOT, "../shared/examples");
const EXAMPLES = existsSync(join(THEIRS, "lvs-dr-wrr-master.conf")) ? THEIRS : join(ROOT, "test/labs/configurations");
const CONFIGURATIONS = readdirSync("test/labs/kernel/configurations").map((file) => file.replace(/\.conf$/, ""));

/** What the set of configurations has to have in it, as ipvsadm -Sn writes it. */
const COVERED: readonly (readonly [what: string, words: readonly string[]])[] = [
    ["every scheduler", "rr wrr lc wlc lblc lblcr sh mh dh fo ovf sed nq".split(" ").map((name) => `-s ${name}`)],
    ["every scheduler flag", ["-b flag-1", "-b flag-2", "-b flag-3"]],
    [
        "flags of sh and mh",
        ["sh-fallback", "sh-port", "sh-fallback,sh-port", "mh-fallback", "mh-port", "mh-fallback,mh-port"].map((name) => `-b ${name}`),
    ],
    ["one-packet scheduling, persistence and its engine", ["-o", "-p 50", "-M 255.255.255.0", "--pe sip"]],
    [
        "every forwarding method and tunnel",
        ["-m", "-g", "-i", "--tun-type gue", "--tun-type gre", "--tun-csum", "--tun-remcsum", "--tun-nocsum"],
    ],
    ["every kind of service", ["-t", "-u", "--sctp-service", "-f", "-6"]],
    ["a weight of 0", ["-w 0"]],
];

const BOTH = { one: 10, two: 10 };

let seen: LoadBalancerSeen;

describe.skipIf(missing !== undefined)(`a kernel with IPVS${missing === undefined ? "" : ` (${missing})`}`, () => {
    beforeAll(async () => {
        seen = await runInKernel<LoadBalancerSeen>("test/labs/kernel/inside/load-balancer.ts", [
            EXAMPLES,
            isThorough ? "thorough" : "brief",
        ]);
    }, BOOT_LIMIT);

    describe("given every scheduler, flag, method, tunnel, persistence and group", () => {
        it("when both daemons have started, then ipvsadm -Sn and -Ln show the same services and servers", () => {
            const { holdfast, keepalived } = seen.tables.started;
            expect(holdfast).toEqual(keepalived);
            expect(keepalived.filter((line) => line.startsWith("-A")).length).toBeGreaterThan(60);
        });

        it.each(COVERED)("when they are looked through for %s, then it is in them", (_, words) => {
            const text = `${seen.tables.started.keepalived.join("\n").replaceAll("\n", " \n")} `;
            expect(words.filter((word) => !text.includes(` ${word} `))).toEqual([]);
        });

        it("when they are looked through for thresholds, then they are in them", () => {
            expect(seen.tables.started.keepalived.join("\n")).toMatch(/-> 10\.9\.0\.11:80 +1000 +500 +0 +0/);
        });

        it("when a reload brings another configuration, then they show what Keepalived makes of it at its start", () => {
            const { each } = seen.tables;
            for (const { name, holdfast, keepalived } of each) {
                expect({ name, table: holdfast }).toEqual({ name, table: keepalived });
            }
            expect(each.map(({ name }) => name)).toEqual(isThorough ? CONFIGURATIONS.sort() : ["alpha", "group", "tunnel-types"]);
        });

        it("when the daemons end, then foreign services stand as before, and time-outs are as they were", () => {
            const { timeouts, left } = seen.tables;
            expect(timeouts).toContain("1000 100 200");
            expect(left.holdfast.saved).toEqual(["-A -t 10.7.7.7:99 -s rr"]);
            expect(left.holdfast).toEqual(left.keepalived);
        });
    });

    describe("given ten thousand real servers", () => {
        it("when a reload changes nothing, then the kernel is given no order", () => {
            expect(seen.tables.thousands).toMatchObject({ servers: 10_000, ordersUnchanged: 0 });
        });

        it("when a reload changes the weight of one, then the kernel is given one order", () => {
            expect(seen.tables.thousands).toMatchObject({ ordersOneWeight: 1, newWeight: 2 });
        });
    });

    describe("given a client, two directors and two web servers", () => {
        it("when servers weigh 3 and 1 behind address translation, then they share a thousand requests so", () => {
            expect(seen.directors.weighted).toEqual({ one: 750, two: 250 });
        });

        it.each([
            ["addresses are translated, by IPv6", NAT_SIX],
            ["servers answer themselves", DIRECT],
            ["servers answer themselves, by IPv6", DIRECT_SIX],
            ["packets go through ipip", TUNNEL.ipip],
            ["packets go through gre", TUNNEL.gre],
            ["packets go through gue", TUNNEL.gue],
            ["packets are known by their mark", MARKED.alone],
            ["packets are known by their mark, in a group", MARKED.inGroup],
            ["the service is an address of a group", GROUP[0]],
            ["the service is the first of a range", GROUP[1]],
            ["the service is the last of a range", GROUP[2]],
            ["a quorum of two is there", NEEDS_TWO],
            ["it is UDP", "udp"],
        ])("when %s, then both serve in turn", (_, address) => {
            expect(seen.directors.spread[address]).toEqual(BOTH);
        });

        it("when clients are to stay, then one server has all of a client's requests", () => {
            expect(Object.values(seen.directors.spread[PERSISTENT] ?? {})).toEqual([20]);
        });

        it("when a reload changes nothing, then the kernel is given no order; when it changes a weight, one", () => {
            expect(seen.directors.ordersUnchanged).toBe(0);
            expect(seen.directors.ordersOneWeight).toBe(1);
        });

        it("when a reload changes a weight, then connections and counters stay", () => {
            const { overReload, counted } = seen.directors;
            expect(overReload[1]).toBe(overReload[0]);
            // A thousand requests, and the connection that stays open.
            expect(counted[0]).toBeGreaterThan(1_000);
            expect(counted[1]).toBe(counted[0]);
        });

        it("when the daemon is asked for its state, then it tells who is alive, what checks said, and what the kernel has counted", () => {
            const { state, counted } = seen.directors;
            expect(state).toContain(`\n   connections = ${counted[1]}\n   packets in = `);
            const [, one = "", two = ""] = state.split("   ------< Real server >------\n");
            expect(one).toMatch(
                /^ {3}RS = \[10\.9\.0\.11\]:tcp:80\n {5}alive = 1\n {5}effective weight = 5\n {5}connections = \d+\n {5}active /,
            );
            expect(one).toMatch(/^ {5}bytes out = [1-9]\d+\n {5}TCP_CHECK = UP, last: success after \d+\.\d ms, at \d+\.\d{6} \(/m);
            const [ours, others] = [one, two].map((text) => Number(/ connections = (\d+)/.exec(text)?.[1]));
            expect((ours ?? 0) + (others ?? 0)).toBe(counted[1]);
        });

        it("when a server dies, then it leaves within the promised time, and whoever needs two turns to the sorry server", () => {
            const { leftAfter, oneDead } = seen.directors;
            // One failure after delay_loop at most, the next one after delay_before_retry: two seconds, and what a slow machine adds.
            expect(leftAfter).toBeGreaterThan(0.9);
            expect(leftAfter).toBeLessThan(20);
            expect(oneDead).toEqual({ weighted: { two: 10 }, needsTwo: { sorry: 10 } });
        });

        it("when the checkers process is killed, then the dead server stays away and the living one stays", () => {
            expect(seen.directors.blinked).toBe(false);
            expect(seen.directors.log).toMatch(/Healthcheck child process ended by signal 9: Respawning/);
        });

        it("when the director is upgraded meanwhile, then an open connection goes on, the dead server stays away, and the kernel is given no order", () => {
            const { said, answers, orders, blinked, isReplaced } = seen.directors.upgrade;
            expect(said).toMatch(/^Upgraded to Holdfast /);
            expect(isReplaced).toBe(true);
            expect(answers.length).toBeGreaterThan(10);
            expect(new Set(answers)).toEqual(new Set(["two"]));
            expect(blinked).toBe(false);
            expect(orders).toBe(0);
        });

        it("when nobody is left, then the sorry server answers; when a server returns, it does within the promised time", () => {
            const { sorry, returned, returnedAfter } = seen.directors;
            expect(sorry).toEqual({ sorry: 10 });
            expect(returned).toEqual({ one: 10 });
            expect(returnedAfter).toBeLessThan(10);
        });

        it("when the director loses its cables, then open connections go on through the other one, as the sync daemon told it", () => {
            const { nat, direct } = seen.directors.overFailover;
            for (const answers of [nat, direct]) {
                expect(answers).toHaveLength(4);
                expect(new Set(answers).size).toBe(1);
                expect(["one", "two"]).toContain(answers[0]);
            }
            expect(Object.keys(seen.directors.afterFailover).sort()).toEqual(["one", "two"]);
        });
    });

    describe("given services for every port, with weights that change, and for SCTP", () => {
        it("when clients speak, then it is as with every data plane", () => {
            const { traffic } = seen;
            expect(traffic.map(({ name, seen }) => ({ name, seen }))).toEqual(traffic.map(({ name, wanted }) => ({ name, seen: wanted })));
            expect(traffic.length).toBeGreaterThan(14);
        });
    });

    describe("given a pool whose servers and weights change", () => {
        it.each(["byCommand", "byKeyword"] as const)(
            "when a server is drained %s, then its client stays, new ones go elsewhere, and it leaves",
            (how) => {
                const { held, others, meanwhile, afterwards } = seen.pool.drained[how];
                expect(held[1]).toBe(held[0]);
                const other = held[0] === "0" ? "1" : "0";
                expect(others).toEqual([other, other, other, other]);
                expect(Object.values(meanwhile).toSorted()).toEqual([0, 3]);
                expect(Object.values(afterwards)).toEqual([3]);
            },
        );

        it("when the order to drain is undone, then both have their weight", () => {
            expect(Object.values(seen.pool.undone)).toEqual([3, 3]);
        });

        it("when a script's exit status or an agent's word says a weight, then the kernel has it", () => {
            expect(seen.pool.script).toEqual([7, null, 5]);
            expect(seen.pool.agent).toEqual([50, 0, null, 100]);
        });

        it("when a server with slow_start comes up, then its weight grows to all of it", () => {
            const { slowStart } = seen.pool;
            expect(slowStart.length).toBeGreaterThan(2);
            expect(slowStart[0]).toBeLessThan(100);
            expect(slowStart).toEqual(slowStart.toSorted((left, right) => left - right));
        });

        it("when a name comes to mean another server, then that one serves and the former one gets no new clients", () => {
            expect(seen.pool.named).toEqual([{ "10.66.1.1:80": 1 }, expect.objectContaining({ "10.66.1.2:80": 1 })]);
        });
    });

    describe("given the operators' LVS-DR files as they are", () => {
        it("when eight clients ask, then both servers have four, and each client stays where it was", () => {
            expect(seen.example.spread).toEqual({ 30: 8, 40: 8 });
            expect(seen.example.stayed).toBe(true);
        });

        it("when a web server is stopped, then it leaves; when it is started, it returns", () => {
            const { leftAfter, oneDead, returned, returnedAfter } = seen.example;
            expect(oneDead).toEqual({ 40: 8 });
            // Three retries, three seconds apart, after at most six.
            expect(leftAfter).toBeGreaterThan(8.9);
            expect(leftAfter).toBeLessThan(150);
            expect(returned).toEqual({ "192.168.1.30:80": 3, "192.168.1.40:80": 3 });
            expect(returnedAfter).toBeLessThan(60);
        });

        it("when the master is stopped and started again, then the service goes to the backup and comes back", () => {
            const { throughBackup, throughMaster, log } = seen.example;
            expect(Object.values(throughBackup)).toEqual([4]);
            expect(Object.values(throughMaster)).toEqual([4]);
            expect(log).toMatch(/Entering MASTER STATE/);
        });
    });
});
