import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { instant, seconds } from "../base/instant.ts";
import type { RealServerSettings, VirtualServerSettings } from "../service/virtual-server.ts";
import { type PoolChange, ServicePool } from "./service-pool.ts";
import { destinationKey } from "./table.ts";
import { ip, realServer, virtualServer } from "./test-bench.ts";

const A = "[10.0.0.2]:tcp:80";
const B = "[10.0.0.3]:tcp:80";
const NOW = instant(1_000_000_000);
const UP = { isUp: true, adjustments: [] };
const SORRY = { name: "[10.0.0.9]:tcp:80", address: ip("10.0.0.9"), port: 80, forwarding: { method: "nat" }, inhibits: false } as const;

/** A pool and what stands in the kernel by its wishes: last byte of the address to weight. */
class Bench {
    readonly pool: ServicePool;
    readonly standing = new Map<number, number>();
    readonly reports: string[] = [];
    touched = 0;

    constructor(overrides: Partial<VirtualServerSettings> = {}, isUp: (server: RealServerSettings) => boolean = () => true) {
        this.pool = new ServicePool(virtualServer(overrides), (server) => ({ isUp: isUp(server), adjustments: [] }), NOW);
        this.take(this.pool.start());
    }

    take(change: PoolChange | undefined): this {
        const wanted = new Map(change?.wishes.map((wish) => [destinationKey(wish.destination), wish]));
        this.touched = change?.wishes.length ?? 0;
        if (change?.isWhole === true) {
            this.standing.clear();
        }
        for (const { destination, isWanted } of wanted.values()) {
            const last = destination.address.bytes[3] ?? 0;
            if (isWanted) {
                this.standing.set(last, destination.weight);
            } else {
                this.standing.delete(last);
            }
        }
        this.reports.push(...(change?.reports ?? []).map((report) => ("isUp" in report ? `${report.type} ${report.isUp}` : report.type)));
        return this;
    }

    /** A server comes up or goes down. */
    turn(name: string, isUp: boolean): PoolChange | undefined {
        return this.pool.judge(name, { isUp, adjustments: [] }, NOW);
    }

    get table(): Record<number, number> {
        return Object.fromEntries(this.standing);
    }
}

describe("a pool", () => {
    it("wants all servers that are alive", () => {
        const bench = new Bench({}, ({ name }) => name === A);
        expect(bench.table).toEqual({ 2: 1 });
        expect(bench.take(bench.turn(B, true)).table).toEqual({ 2: 1, 3: 1 });
        expect(bench.take(bench.turn(A, false)).table).toEqual({ 3: 1 });
        expect(bench.reports).toEqual(["quorum true", "server-state true", "server-state false"]);
    });

    it("touches only the server that changed", () => {
        const bench = new Bench({ sorryServer: SORRY });
        expect(bench.take(bench.turn(A, false)).touched).toBe(1);
    });

    it("says nothing of what is known already, or of nobody", () => {
        const { pool } = new Bench();
        expect([
            pool.judge(A, UP, NOW),
            pool.judge("nobody", UP, NOW),
            pool.judge(A, { isUp: true, adjustments: [{ type: "by", bonus: 0 }] }, NOW),
        ]).toEqual([undefined, undefined, undefined]);
    });

    it("keeps one that inhibits, with weight 0", () => {
        const realServers = [realServer("10.0.0.2", { inhibits: true, weight: 3 }), realServer("10.0.0.3")];
        const bench = new Bench({ realServers });
        expect(bench.take(bench.turn(A, false)).table).toEqual({ 2: 0, 3: 1 });
        expect(bench.take(bench.turn(A, true)).table).toEqual({ 2: 3, 3: 1 });
    });

    it("weighs anew, never below nothing, and tells whether the server is in use", () => {
        const bench = new Bench();
        const change = bench.pool.judge(A, { isUp: true, adjustments: [{ type: "by", bonus: 4 }] }, NOW);
        expect(change?.reports[0]).toMatchObject({ type: "weight", from: 1, to: 5, isActive: true });
        expect(bench.take(change).table).toEqual({ 2: 5, 3: 1 });
        expect(bench.take(bench.pool.judge(A, { isUp: true, adjustments: [{ type: "by", bonus: -4 }] }, NOW)).table).toEqual({
            2: 0,
            3: 1,
        });
    });
});

describe("the quorum", () => {
    const quorum = { quorum: 2, hysteresis: 1, sorryServer: SORRY };
    const realServers = [realServer("10.0.0.2"), realServer("10.0.0.3", { weight: 2 })];

    it("is gained at the sum with its margin, and the sorry server goes", () => {
        const bench = new Bench({ ...quorum, realServers }, () => false);
        expect(bench.table).toEqual({ 9: 1 });
        expect(bench.take(bench.turn(B, true)).table).toEqual({ 9: 1 });
        expect(bench.take(bench.turn(A, true)).table).toEqual({ 2: 1, 3: 2 });
        expect(bench.reports).toEqual(["quorum false", "server-state true", "server-state true", "quorum true"]);
    });

    it.each([
        ["had it", true, { 3: 2 }],
        ["had none", false, { 9: 1 }],
    ])("of a predecessor that %s goes on within the margin, and is not told", (_, hadQuorum, table) => {
        const bench = new Bench({ ...quorum, realServers }, (server) => server.name === B);
        bench.reports.length = 0;
        expect([bench.take(bench.pool.start({ hadQuorum })).table, bench.reports]).toEqual([table, []]);
    });

    it("is lost below the sum less its margin, and those still alive go", () => {
        const bench = new Bench({
            quorum: 3,
            hysteresis: 1,
            sorryServer: SORRY,
            realServers: [...realServers, realServer("10.0.0.4", { weight: 2 })],
        });
        expect(bench.take(bench.turn(B, false)).table).toEqual({ 2: 1, 4: 2 });
        expect(bench.take(bench.turn("[10.0.0.4]:tcp:80", false)).table).toEqual({ 9: 1 });
        expect(bench.reports.at(-1)).toBe("quorum false");
    });

    it("without a sorry server changes nothing in the kernel", () => {
        const bench = new Bench({ quorum: 2, realServers });
        expect(bench.take(bench.turn(B, false)).table).toEqual({ 2: 1 });
        expect(bench.reports.at(-1)).toBe("quorum false");
    });

    it("keeps a sorry server that inhibits at weight 0 while it is not needed", () => {
        const bench = new Bench({ ...quorum, realServers, sorryServer: { ...SORRY, inhibits: true } });
        expect(bench.table).toEqual({ 2: 1, 3: 2, 9: 0 });
        bench.take(bench.turn(A, false));
        expect(bench.take(bench.turn(B, false)).table).toEqual({ 9: 1 });
    });

    describe("with a sorry server that is a real server, too", () => {
        const twin = { ...SORRY, name: A, address: ip("10.0.0.2") };

        it("leaves that one in the pool, with its own weight", () => {
            const bench = new Bench({ realServers: [realServer("10.0.0.2", { weight: 5 }), realServer("10.0.0.3")], sorryServer: twin });
            expect(bench.table).toEqual({ 2: 5, 3: 1 });
        });

        it.each([false, true])("has it take the place of all when it is lost, up or down (inhibits: %s)", (inhibits) => {
            const bench = new Bench({
                quorum: 3,
                realServers: [realServer("10.0.0.2", { inhibits }), realServer("10.0.0.3", { weight: 2 })],
                sorryServer: { ...twin, inhibits },
            });
            const tables = [
                [B, false],
                [A, false],
                [A, true],
                [B, true],
            ].map(([name, isUp]) => bench.take(bench.turn(name as string, isUp as boolean)).table);
            expect(tables).toEqual([{ 2: 1 }, { 2: 1 }, { 2: 1 }, { 2: 1, 3: 2 }]);
        });

        it.each([
            ["is known by its address where neither can change its port", "route", 1],
            ["is not that one where its port is another", "nat", 2],
        ] as const)("%s", (_, method, places) => {
            const realServers = [realServer("10.0.0.2", { forwarding: { method } })];
            const bench = new Bench({ realServers, sorryServer: { ...twin, port: 0, forwarding: { method } } });
            expect(bench.pool.whole.wishes).toHaveLength(places);
        });
    });

    it("of 0, where no server weighs anything, is always there", () => {
        const bench = new Bench({ quorum: 0, sorryServer: SORRY, realServers: [realServer("10.0.0.2", { weight: 0 })] });
        expect(bench.take(bench.turn(A, false)).reports).toEqual(["quorum true", "server-state false"]);
    });

    it("follows the rule whatever comes, and the sorry server stands exactly without it", () => {
        const step = fc.record({ server: fc.nat(4), isUp: fc.boolean(), bonus: fc.integer({ min: -2, max: 2 }) });
        fc.assert(
            fc.property(fc.integer({ min: 1, max: 6 }), fc.nat(5), fc.array(step), (least, margin, steps) => {
                const servers = Array.from({ length: 5 }, (_, index) => realServer(`10.0.0.${index + 10}`, { weight: index }));
                const hysteresis = Math.min(margin, least - 1);
                const bench = new Bench({ quorum: least, hysteresis, sorryServer: SORRY, realServers: servers });
                for (const { server, isUp, bonus } of steps) {
                    const name = servers[server]?.name ?? "";
                    bench.take(bench.pool.judge(name, { isUp, adjustments: [{ type: "by", bonus }] }, NOW));
                    const live = servers.filter((one) => bench.pool.isUp(one.name));
                    expect(bench.standing.has(9)).toBe(!bench.pool.hasQuorum);
                    expect([...bench.standing.keys()].filter((key) => key !== 9)).toHaveLength(bench.pool.hasQuorum ? live.length : 0);
                }
            }),
        );
    });
});

describe("new settings", () => {
    it("keep who is down down, and let others come and go", () => {
        const bench = new Bench();
        bench.take(bench.turn(A, false));
        const settings = virtualServer({ realServers: [realServer("10.0.0.2"), realServer("10.0.0.4", { weight: 7 })] });
        bench.take(bench.pool.reconfigure(settings, ({ name }) => ({ isUp: name !== A, adjustments: [] }), NOW));
        expect(bench.table).toEqual({ 4: 7 });
    });

    it("tell who is up or down with them: other checks may say something else", () => {
        const bench = new Bench();
        bench.take(bench.turn(A, false));
        bench.take(bench.pool.reconfigure(virtualServer(), ({ name }) => ({ isUp: name === A, adjustments: [] }), NOW));
        expect(bench.reports.slice(-2)).toEqual(["server-state true", "server-state false"]);
        expect(bench.table).toEqual({ 2: 1 });
    });

    it("may cost the quorum", () => {
        const bench = new Bench({ sorryServer: SORRY });
        bench.take(bench.pool.reconfigure(virtualServer({ sorryServer: SORRY, quorum: 3 }), () => UP, NOW));
        expect(bench.reports.at(-1)).toBe("quorum false");
        expect(bench.table).toEqual({ 9: 1 });
    });
});

describe("a slow start", () => {
    const at = (span: number) => instant(NOW + span * 1_000_000);
    const down = { isUp: false, adjustments: [] };
    const realServers = [realServer("10.0.0.2", { weight: 20, slowStart: seconds(10) }), realServer("10.0.0.3")];

    /** A has gone down, and has come up again now. */
    function risen(): Bench {
        const bench = new Bench({ realServers, quorum: 21 });
        return bench.take(bench.pool.judge(A, down, NOW)).take(bench.pool.judge(A, UP, NOW));
    }

    it("is nobody's at the start of the daemon", () => {
        const bench = new Bench({ realServers });
        expect([bench.table, bench.pool.wakeAt]).toEqual([{ 2: 20, 3: 1 }, undefined]);
    });

    it("gives one that comes up its weight little by little, and the quorum all of it", () => {
        const bench = risen();
        expect([bench.table, bench.pool.hasQuorum, bench.pool.wakeAt]).toEqual([{ 2: 1, 3: 1 }, true, at(1)]);
        expect(bench.reports).toEqual([
            "quorum true",
            "server-state false",
            "quorum false",
            "server-state true",
            "slow-start",
            "quorum true",
        ]);
        expect(bench.pool.wake(at(0.5))).toBeUndefined();
        expect([bench.take(bench.pool.wake(at(1))).table, bench.pool.wakeAt]).toEqual([{ 2: 2, 3: 1 }, at(2)]);
        expect(bench.take(bench.pool.wake(at(6.3))).table).toEqual({ 2: 12, 3: 1 });
        expect([bench.take(bench.pool.wake(at(10))).table, bench.pool.wakeAt]).toEqual([{ 2: 20, 3: 1 }, undefined]);
        expect(bench.reports.at(-1)).toBe("slow-start");
    });

    it("ends when the server goes down", () => {
        const bench = risen();
        expect(bench.take(bench.pool.judge(A, down, at(1))).table).toEqual({ 3: 1 });
        expect(bench.take(bench.pool.wake(at(1))).pool.wakeAt).toBeUndefined();
    });

    it("goes on over a reload, and where a predecessor left off", () => {
        const bench = risen();
        bench.take(bench.pool.reconfigure(virtualServer({ realServers: [...realServers, realServer("10.0.0.4")] }), () => UP, at(5)));
        expect([bench.table, bench.pool.risingSince(A)]).toEqual([{ 2: 10, 3: 1, 4: 1 }, NOW]);
        const successor = new ServicePool(virtualServer({ realServers }), () => ({ ...UP, risingSince: NOW }), at(5));
        expect(successor.start({ hadQuorum: false }).wishes[0]?.destination.weight).toBe(10);
        expect(successor.wakeAt).toEqual(at(6));
    });

    it("is that, too, of one that comes up with a reload", () => {
        const bench = new Bench({ realServers });
        bench.take(bench.pool.judge(A, down, NOW));
        bench.take(bench.pool.reconfigure(virtualServer({ realServers }), () => UP, at(5)));
        expect([bench.table, bench.reports.at(-1)]).toEqual([{ 2: 1, 3: 1 }, "slow-start"]);
    });

    it("that is over long since costs nothing", () => {
        const successor = new ServicePool(virtualServer({ realServers }), () => ({ ...UP, risingSince: NOW }), at(50));
        expect([successor.start({ hadQuorum: false }).wishes[0]?.destination.weight, successor.wakeAt]).toEqual([20, undefined]);
    });
});

describe("a server that drains", () => {
    const at = (span: number) => instant(NOW + span * 1_000_000);
    const plain = [realServer("10.0.0.2", { weight: 5 }), realServer("10.0.0.3")];
    const draining = (drain: NonNullable<RealServerSettings["drain"]> = {}) => [
        { ...(plain[0] as RealServerSettings), drain },
        realServer("10.0.0.3"),
    ];

    function begun(drain?: NonNullable<RealServerSettings["drain"]>): Bench {
        const bench = new Bench({ realServers: plain, quorum: 2 });
        return bench.take(bench.pool.reconfigure(virtualServer({ realServers: draining(drain), quorum: 2 }), () => UP, NOW));
    }

    it("gets no new clients, counts for no quorum, and goes with the last one", () => {
        const bench = begun();
        expect([bench.table, bench.pool.hasQuorum, bench.reports.slice(1)]).toEqual([{ 2: 0, 3: 1 }, false, ["drain", "quorum false"]]);
        expect([bench.pool.isDraining, bench.pool.wakeAt]).toEqual([true, at(1)]);
        expect(bench.pool.drain(() => 3, at(1))).toBeUndefined();
        expect(bench.take(bench.pool.drain(() => 0, at(2))).table).toEqual({ 3: 1 });
        expect([bench.pool.isDraining, bench.take(bench.pool.wake(at(3))).pool.wakeAt]).toEqual([false, undefined]);
    });

    it("goes when its time is over, clients or not", () => {
        const bench = begun({ timeout: seconds(10) });
        expect(bench.pool.drain(() => 3, at(9))).toBeUndefined();
        expect(bench.pool.drain(() => 3, at(10))?.reports).toEqual([
            { type: "drain", service: "[10.0.0.1]:tcp:80", server: A, isOver: true, connections: 3 },
        ]);
    });

    it("goes by its time alone where nobody counts", () => {
        const bench = begun({ timeout: seconds(10) });
        expect(bench.pool.drain(() => Number.NaN, at(9))).toBeUndefined();
        expect(bench.take(bench.pool.drain(() => Number.NaN, at(10))).table).toEqual({ 3: 1 });
    });

    it("stays drained over a reload that leaves it so, and is back with one that does not", () => {
        const bench = begun();
        bench.take(bench.pool.drain(() => 0, at(2)));
        const more = virtualServer({ realServers: [...draining(), realServer("10.0.0.4")] });
        expect(bench.take(bench.pool.reconfigure(more, () => UP, at(3))).table).toEqual({ 3: 1, 4: 1 });
        expect(bench.take(bench.pool.reconfigure(virtualServer({ realServers: plain }), () => UP, at(4))).table).toEqual({ 2: 5, 3: 1 });
    });
});

describe("a server that a user has drained", () => {
    const at = (span: number) => instant(NOW + span * 1_000_000);
    const plain = [realServer("10.0.0.2", { weight: 5 }), realServer("10.0.0.3")];
    const ORDER = { isUndone: false };
    const UNDO = { isUndone: true };

    it("gets no new clients, counts for no quorum, and goes with the last one", () => {
        const bench = new Bench({ realServers: plain, quorum: 2 });
        bench.take(bench.pool.order(A, ORDER, NOW));
        expect([bench.table, bench.pool.hasQuorum, bench.reports.slice(1)]).toEqual([{ 2: 0, 3: 1 }, false, ["drain", "quorum false"]]);
        expect([bench.pool.isDraining, bench.pool.wakeAt, bench.pool.weightOf(A)]).toEqual([true, at(1), 0]);
        expect(bench.pool.drain(() => 3, at(600))).toBeUndefined();
        expect(bench.take(bench.pool.drain(() => 0, at(601))).table).toEqual({ 3: 1 });
        expect(bench.pool.drainOrderOf(A)).toEqual({ since: NOW, isDrained: true });
    });

    it("goes when its time is over, which a new order sets anew", () => {
        const bench = new Bench({ realServers: plain });
        bench.take(bench.pool.order(A, { ...ORDER, timeout: seconds(10) }, NOW));
        bench.take(bench.pool.order(A, { ...ORDER, timeout: seconds(10) }, at(5)));
        expect(bench.pool.drain(() => 3, at(14))).toBeUndefined();
        expect(bench.take(bench.pool.drain(() => 3, at(15))).table).toEqual({ 3: 1 });
        expect(bench.pool.order(A, ORDER, at(16))).toBeUndefined();
    });

    it.each([false, true])("gets its weight and its quorum back when that is undone (gone already: %s)", (isGone) => {
        const bench = new Bench({ realServers: plain, quorum: 2 });
        bench.take(bench.pool.order(A, ORDER, NOW));
        if (isGone) {
            bench.take(bench.pool.drain(() => 0, at(1)));
        }
        bench.take(bench.pool.order(A, UNDO, at(2)));
        expect([bench.table, bench.pool.hasQuorum, bench.pool.isDraining]).toEqual([{ 2: 5, 3: 1 }, true, false]);
        expect(bench.reports.slice(-2)).toEqual(["drain-undone", "quorum true"]);
        expect([bench.pool.order(A, UNDO, at(3)), bench.pool.order("nobody", ORDER, at(3))]).toEqual([undefined, undefined]);
    });

    it("stays drained over a reload and while it is down, and is so for a successor", () => {
        const bench = new Bench({ realServers: plain });
        bench.take(bench.pool.order(A, ORDER, NOW));
        bench.take(bench.pool.drain(() => 0, at(1)));
        bench.take(bench.turn(A, false)).take(bench.turn(A, true));
        expect(bench.table).toEqual({ 3: 1 });
        const more = virtualServer({ realServers: [...plain, realServer("10.0.0.4")] });
        expect(bench.take(bench.pool.reconfigure(more, () => UP, at(2))).table).toEqual({ 3: 1, 4: 1 });
        const drainOrder = bench.pool.drainOrderOf(A);
        const successor = new ServicePool(more, ({ name }) => (name === A && drainOrder ? { ...UP, drainOrder } : UP), at(3));
        expect(bench.take(successor.start({ hadQuorum: false })).table).toEqual({ 3: 1, 4: 1 });
        expect(bench.take(successor.order(A, UNDO, at(4))).table).toEqual({ 2: 5, 3: 1, 4: 1 });
    });

    it("goes on to be drained by its configuration", () => {
        const bench = new Bench({ realServers: [realServer("10.0.0.2", { drain: {} }), realServer("10.0.0.3")] });
        bench.take(bench.pool.order(A, ORDER, NOW)).take(bench.pool.order(A, UNDO, at(1)));
        expect([bench.table, bench.pool.isDraining]).toEqual([{ 2: 0, 3: 1 }, true]);
    });
});
