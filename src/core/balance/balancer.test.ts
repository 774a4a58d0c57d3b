import { describe, expect, it } from "vitest";
import { after, type Instant, instant, seconds } from "../base/instant.ts";
import { balanceLogLines } from "../report/balance-log-lines.ts";
import type { Adjustment } from "../service/adjustment.ts";
import type { FollowSettings } from "../service/follow-settings.ts";
import type { VirtualServerSettings } from "../service/virtual-server.ts";
import { Balancer } from "./balancer.ts";
import type { BalancerEffect } from "./effects.ts";
import type { BalancerEvent } from "./events.ts";
import type { BalancerSettings } from "./settings.ts";
import type { ServerSnapshot } from "./snapshot.ts";
import { destinationKey, serviceKey, type Table, type TableCommand } from "./table.ts";
import { balancerSettings, checkSettings, ip, realServer, virtualServer } from "./test-bench.ts";
import { wantedServices } from "./wanted-services.ts";

const EMPTY: Table = new Map();
const A = "[10.0.0.2]:tcp:80";
const KEY = "[10.0.0.1]:tcp:80 tcp";

class Bench {
    readonly balancer = new Balancer(() => 0);
    now: Instant = instant(1_000_000_000);
    effects: readonly BalancerEffect[] = [];

    tell(event: BalancerEvent): this {
        this.effects = this.balancer.handle(event, this.now);
        return this;
    }

    start(settings: BalancerSettings, snapshots: readonly ServerSnapshot[] = [], table: Table = EMPTY): this {
        return this.tell({ type: "configure", settings, snapshots }).tell({ type: "table", table });
    }

    /** To the next deadline; what is begun there is answered at once. */
    answer(...outcomes: readonly ("success" | "failure")[]): this {
        for (const outcome of outcomes) {
            this.now = this.balancer.wakeAt ?? this.now;
            const begun = this.tell({ type: "wake" }).effects.filter((effect) => effect.type === "begin-check");
            this.effects = begun.flatMap(({ check, attempt }) =>
                this.balancer.handle(
                    {
                        type: "outcome",
                        check,
                        attempt,
                        outcome: outcome === "success" ? { type: outcome } : { type: outcome, reason: "refused" },
                    },
                    this.now,
                ),
            );
        }
        return this;
    }

    get commands(): readonly TableCommand[] {
        return this.effects.flatMap((effect) => (effect.type === "apply" ? effect.commands : []));
    }

    /** `add 10.0.0.2 1` and so on. */
    get orders(): readonly string[] {
        return this.commands.map((command) =>
            "destination" in command
                ? `${command.type.slice(0, -12)} ${command.destination.address.bytes.at(-1)} ${command.destination.weight}`
                : command.type,
        );
    }

    get lines(): readonly string[] {
        return this.effects.flatMap((effect) => (effect.type === "report" ? balanceLogLines(effect.report).map(({ text }) => text) : []));
    }

    get types(): readonly string[] {
        return this.effects.map(({ type }) => type);
    }
}

/** Two servers, each with a check, unless a test says otherwise. */
function checked(overrides: Partial<VirtualServerSettings> = {}): BalancerSettings {
    const realServers = [realServer("10.0.0.2", { checks: [checkSettings()] }), realServer("10.0.0.3")];
    return balancerSettings([virtualServer({ realServers, ...overrides })]);
}

describe("at the start", () => {
    it("reads the table, then adds what is wanted, in one batch", () => {
        const bench = new Bench().tell({ type: "configure", settings: checked() });
        expect(bench.types).toEqual(["read-table"]);
        bench.tell({ type: "table", table: EMPTY });
        expect(bench.types).toEqual(["apply", "report", "report"]);
        expect(bench.orders).toEqual(["add-service", "add 2 1", "add 3 1"]);
        expect(bench.lines).toEqual([
            "Gained quorum 1+0=1 <= 2 for VS [10.0.0.1]:tcp:80",
            "Activating healthchecker for service [10.0.0.2]:tcp:80 for VS [10.0.0.1]:tcp:80",
        ]);
    });

    it("empties the table, sets time-outs and starts daemons where that is asked for", () => {
        const daemon = { state: "master", interfaceName: "eth0", syncId: 1 } as const;
        const settings = { ...checked(), flushesAtStart: true, timeouts: { tcp: 9 }, daemons: [daemon] };
        expect(new Bench().tell({ type: "configure", settings }).types).toEqual([
            "flush-table",
            "set-timeouts",
            "start-daemon",
            "read-table",
        ]);
    });

    it("goes on where a predecessor left off: the dead stay away, and nothing is flushed", () => {
        const snapshots = [{ name: `${KEY} ${A}`, isUp: false, checks: [{ isUp: false, hasRun: true }] }];
        const bench = new Bench().tell({ type: "configure", settings: { ...checked(), flushesAtStart: true }, snapshots });
        expect(bench.types).toEqual(["read-table"]);
        expect(bench.tell({ type: "table", table: EMPTY }).orders).toEqual(["add-service", "add 3 1"]);
    });

    it("goes on with the quorum that its predecessor had within the margin, or had not", () => {
        const sorryServer: NonNullable<VirtualServerSettings["sorryServer"]> = {
            ...{ name: "[10.0.0.9]:tcp:80", address: ip("10.0.0.9"), port: 80 },
            ...{ forwarding: { method: "nat" }, inhibits: false },
        };
        const settings = checked({ quorum: 2, hysteresis: 1, sorryServer });
        const former = new Bench().start(settings);
        expect(former.balancer.takeChanged()).toEqual([]);
        expect(new Bench().start(settings, former.balancer.snapshots()).orders).toEqual(["add-service", "add 9 1"]);
        // As a version tells that does not tell of it.
        const silent = former.balancer.snapshots().map(({ hasQuorum: _, ...known }) => known);
        expect(new Bench().start(settings, silent).orders).toEqual(["add-service", "add 2 1", "add 3 1"]);
        const realServers = [realServer("10.0.0.2", { checks: [checkSettings()] }), realServer("10.0.0.3", { weight: 2 })];
        const heavy = checked({ quorum: 2, hysteresis: 1, sorryServer, realServers });
        const other = new Bench().start(heavy).answer("failure");
        expect(new Bench().start(heavy, other.balancer.takeChanged()).orders).toEqual(["add-service", "add 3 2"]);
        expect(new Bench().start(heavy, other.answer("success").balancer.takeChanged()).orders).toEqual([
            "add-service",
            "add 2 1",
            "add 3 2",
        ]);
    });

    it("has nobody in the pool before the first success where everything is alpha", () => {
        const realServers = [realServer("10.0.0.2", { checks: [checkSettings({ isAlpha: true })] })];
        const bench = new Bench().start(checked({ realServers }));
        expect(bench.orders).toEqual(["add-service"]);
        expect(bench.answer("failure").lines).toEqual([`TCP_CHECK on service ${A} failed. (refused)`]);
        expect(bench.answer("success").orders).toEqual(["add 2 1"]);
    });
});

describe("a server", () => {
    it("leaves with its first failure, and returns with a success", () => {
        const bench = new Bench().start(checked());
        expect(bench.answer("failure").orders).toEqual(["delete 2 1"]);
        expect(bench.lines).toEqual([`TCP_CHECK on service ${A} failed. (refused)`, `Removing service ${A} from VS [10.0.0.1]:tcp:80`]);
        expect(bench.answer("success").orders).toEqual(["add 2 1"]);
        expect(bench.lines).toEqual([`TCP connection to ${A} success.`, `Adding service ${A} to VS [10.0.0.1]:tcp:80`]);
    });

    it("may fail as often as it has retries", () => {
        const bench = new Bench().start(checked()).answer("success", "failure");
        expect([bench.orders, bench.lines]).toEqual([[], []]);
        expect(bench.answer("failure").lines[0]).toBe(`TCP_CHECK on service ${A} failed after 1 retries. (refused)`);
        expect(bench.orders).toEqual(["delete 2 1"]);
    });

    it("tells every failure where that is asked for", () => {
        const realServers = [realServer("10.0.0.2", { checks: [checkSettings({ logsAllFailures: true })] }), realServer("10.0.0.3")];
        expect(new Bench().start(checked({ realServers })).answer("success", "failure").lines).toEqual([
            `TCP_CHECK on service ${A} failed. (refused)`,
        ]);
    });

    it("with several checks is up when all of them say so", () => {
        const checks = [checkSettings(), checkSettings({ delayLoop: seconds(7) })];
        const bench = new Bench().start(checked({ realServers: [realServer("10.0.0.2", { checks }), realServer("10.0.0.3")] }));
        bench.answer("failure");
        expect(bench.orders).toEqual(["delete 2 1"]);
        const first = bench.answer("success").orders;
        expect([...first, ...bench.answer("success").orders]).toEqual(["add 2 1"]);
    });

    it("of which nothing was learnt stays as it is", () => {
        const bench = new Bench().start(checked());
        bench.now = bench.balancer.wakeAt ?? bench.now;
        bench.tell({ type: "wake" }).tell({ type: "outcome", check: 1, attempt: 1, outcome: { type: "impossible", reason: "EMFILE" } });
        expect(bench.lines).toEqual([`TCP_CHECK on service ${A} of VS [10.0.0.1]:tcp:80 cannot be made: EMFILE`]);
        expect(bench.orders).toEqual([]);
    });

    it("takes the weight on that an answer asks for, and gives it back with the next plain one", () => {
        const bench = new Bench().start(checked());
        const answer = (adjustment?: Adjustment) => {
            bench.now = bench.balancer.wakeAt ?? bench.now;
            const [begun] = bench.tell({ type: "wake" }).effects;
            const attempt = begun?.type === "begin-check" ? begun.attempt : 0;
            return bench.tell({ type: "outcome", check: 1, attempt, outcome: { type: "success", ...(adjustment && { adjustment }) } })
                .orders;
        };
        expect(answer({ type: "to", weight: 5 })).toEqual(["edit 2 5"]);
        expect(bench.lines).toContain(`Changing weight from 1 to 5 for active service ${A} of VS [10.0.0.1]:tcp:80`);
        expect(bench.balancer.takeChanged()).toMatchObject([{ checks: [{ adjustment: { type: "to", weight: 5 } }] }]);
        expect(answer({ type: "to", weight: 5 })).toEqual([]);
        bench.answer("failure");
        expect([bench.orders, answer()]).toEqual([[], ["edit 2 1"]]);
    });

    it("is remembered for a successor when it changes, and all are when that is asked for", () => {
        const bench = new Bench().start(checked());
        expect(bench.balancer.takeChanged()).toEqual([]);
        bench.answer("failure");
        const snapshot = { name: `${KEY} ${A}`, isUp: false, checks: [{ isUp: false, hasRun: true }] };
        expect(bench.balancer.takeChanged()).toEqual([snapshot]);
        expect(bench.balancer.takeChanged()).toEqual([]);
        expect(bench.balancer.snapshots()).toEqual([snapshot, { name: `${KEY} [10.0.0.3]:tcp:80`, isUp: true, checks: [] }]);
    });

    it("is shown with what its checks said last, and what was counted for it in all its services", () => {
        const entries = [ip("10.0.0.1"), ip("10.0.0.9")].map(
            (first) => ({ type: "addresses", first, count: 1, port: 80, protocol: "tcp" }) as const,
        );
        const settings = balancerSettings([
            virtualServer({ entries, realServers: [realServer("10.0.0.2", { checks: [checkSettings()] })] }),
        ]);
        const bench = new Bench().start(settings);
        bench.answer("failure");
        const counted = new Map(
            wantedServices(settings.virtualServers[0] as VirtualServerSettings).map(({ identity }) => [
                serviceKey(identity),
                {
                    total: { connections: 5 },
                    servers: new Map([[destinationKey({ address: ip("10.0.0.2"), port: 80 }), { connections: 2 }]]),
                },
            ]),
        );
        expect(bench.balancer.views(counted)).toMatchObject([
            {
                ...{ name: "[10.0.0.1]:tcp:80", hasQuorum: false, traffic: { connections: 10 } },
                servers: [{ name: A, isUp: false, weight: 1, traffic: { connections: 4 }, checks: [{ kind: "tcp", isUp: false }] }],
            },
        ]);
        const direct = balancerSettings([
            virtualServer({ entries, realServers: [realServer("10.0.0.2", { port: 8_080, forwarding: { method: "route" } })] }),
        ]);
        expect(new Bench().start(direct).balancer.views(counted)[0]?.servers[0]?.traffic).toEqual({ connections: 4 });
        const [check] = bench.balancer.views(new Map())[0]?.servers[0]?.checks ?? [];
        expect(check?.last?.outcome).toMatchObject({ type: "failure" });
    });

    it("comes before another goes in a reload, of all virtual servers", () => {
        const pools = (last: string) =>
            balancerSettings(
                ["1", "2"].map((key) =>
                    virtualServer({
                        key,
                        entries: [{ type: "addresses", first: ip(`10.0.1.${key}`), count: 1, port: 80, protocol: "tcp" }],
                        realServers: [realServer(`10.1.0.${last}`)],
                    }),
                ),
            );
        const bench = new Bench().start(pools("3"));
        bench.tell({ type: "configure", settings: pools("4") });
        expect(bench.orders.map((order) => order.split(" ")[0])).toEqual(["add", "add", "delete", "delete"]);
    });

    it("is void for a successor when a reload takes it away, alone or with its virtual server", () => {
        const bench = new Bench().start(checked());
        const [first, second] = bench.balancer.snapshots().map(({ name }) => name);
        const settings = checked();
        const virtualServers = settings.virtualServers.map((one) => ({ ...one, realServers: one.realServers.slice(1) }));
        bench.tell({ type: "configure", settings: { ...settings, virtualServers } });
        expect([bench.balancer.takeGone(), bench.balancer.takeChanged().map(({ name }) => name)]).toEqual([[first], [second]]);
        bench.tell({ type: "configure", settings: { ...settings, virtualServers: [] } });
        expect([bench.balancer.takeGone(), bench.balancer.takeChanged()]).toEqual([[second], []]);
        expect(bench.balancer.takeGone()).toEqual([]);
    });
});

describe("the sorry server", () => {
    const sorryServer = {
        name: "[10.0.0.9]:tcp:80",
        address: ip("10.0.0.9"),
        port: 80,
        forwarding: { method: "nat" },
        inhibits: true,
    } as const;

    it("takes over when the quorum is lost and gives back when it is gained", () => {
        const bench = new Bench().start(checked({ quorum: 2, sorryServer }));
        expect(bench.answer("failure").orders).toEqual(["edit 9 1", "delete 2 1", "delete 3 1"]);
        expect(bench.lines.slice(2)).toEqual([
            "Lost quorum 2-0=2 > 1 for VS [10.0.0.1]:tcp:80",
            "Enabling sorry server [10.0.0.9]:tcp:80 to VS [10.0.0.1]:tcp:80",
            "Removing alive servers from the pool for VS [10.0.0.1]:tcp:80",
        ]);
        expect(bench.answer("success").orders).toEqual(["add 2 1", "add 3 1", "edit 9 0"]);
        expect(bench.lines.slice(2)).toEqual([
            "Gained quorum 2+0=2 <= 2 for VS [10.0.0.1]:tcp:80",
            "Disabling sorry server [10.0.0.9]:tcp:80 from VS [10.0.0.1]:tcp:80",
            "Adding alive servers to the pool for VS [10.0.0.1]:tcp:80",
        ]);
    });
});

describe("new settings", () => {
    it("touch nothing that is as it was, and keep its state", () => {
        const bench = new Bench().start(checked()).answer("failure");
        expect(bench.tell({ type: "configure", settings: checked() }).effects).toEqual([]);
        const realServers = [realServer("10.0.0.2", { checks: [checkSettings()], weight: 5 }), realServer("10.0.0.4")];
        expect(bench.tell({ type: "configure", settings: checked({ realServers }) }).orders).toEqual(["add 4 1", "delete 3 1"]);
        expect(bench.answer("success").orders).toEqual(["add 2 5"]);
    });

    it("begin a changed check anew", () => {
        const bench = new Bench().start(checked()).answer("failure");
        const realServers = [realServer("10.0.0.2", { checks: [checkSettings({ retry: 7 })] }), realServer("10.0.0.3")];
        expect(bench.tell({ type: "configure", settings: checked({ realServers }) }).orders).toEqual(["add 2 1"]);
        expect(bench.lines).toEqual([
            `Adding service ${A} to VS [10.0.0.1]:tcp:80`,
            `Activating healthchecker for service ${A} for VS [10.0.0.1]:tcp:80`,
        ]);
    });

    it.each([
        ["another check", checked({ realServers: [realServer("10.0.0.2", { checks: [checkSettings({ retry: 7 })] })] })],
        ["no check", checked({ realServers: [realServer("10.0.0.2")] })],
        ["no server", checked({ realServers: [realServer("10.0.0.3")] })],
        ["no virtual server", balancerSettings([])],
    ])("with %s give up the try that is under way, for nobody would do so any more", (_, settings) => {
        const bench = new Bench().start(checked());
        bench.now = bench.balancer.wakeAt ?? bench.now;
        const [begun] = bench.tell({ type: "wake" }).effects.filter((effect) => effect.type === "begin-check");
        const abandoned = { type: "abandon-check", check: begun?.check, attempt: begun?.attempt };
        expect(bench.tell({ type: "configure", settings }).effects).toContainEqual(abandoned);
        expect(bench.tell({ type: "configure", settings: checked() }).effects).not.toContainEqual(abandoned);
    });

    it("bring services and take them away; what is served by another now stays", () => {
        const other = virtualServer({ key: "FWM 5 4", name: "FWM 5", entries: [{ type: "fwmark", family: 4, mark: 5 }] });
        const bench = new Bench().start(checked());
        expect(bench.tell({ type: "configure", settings: balancerSettings([other]) }).orders).toEqual([
            "add-service",
            "add 2 1",
            "add 3 1",
            "delete-service",
        ]);
        expect(bench.lines).toContain("Removing VS [10.0.0.1]:tcp:80");
        const renamed = virtualServer({ key: "[G]:0 tcp", name: "[G]:0", entries: [{ type: "fwmark", family: 4, mark: 5 }] });
        expect(bench.tell({ type: "configure", settings: balancerSettings([renamed]) }).orders).toEqual([]);
    });

    it("let a group grow and shrink", () => {
        const group = (count: number) =>
            checked({ entries: [{ type: "addresses", first: ip("10.0.0.255"), count, port: 80, protocol: "tcp" }] });
        const bench = new Bench().start(group(1)).tell({ type: "configure", settings: group(3) });
        expect(
            bench.commands.flatMap((command) =>
                "service" in command && command.service.identity.type === "address" ? [command.service.identity.address] : [],
            ),
        ).toEqual([ip("10.0.1.0"), ip("10.0.1.1")]);
        expect(bench.tell({ type: "configure", settings: group(2) }).orders).toEqual(["delete-service"]);
    });

    it("change time-outs and daemons only where they differ", () => {
        const daemon = { state: "master", interfaceName: "eth0", syncId: 1 } as const;
        const before = { ...checked(), timeouts: { tcp: 9 }, daemons: [daemon] };
        const bench = new Bench().start(before);
        expect(bench.tell({ type: "configure", settings: before }).types).toEqual([]);
        const settings = { ...before, timeouts: { tcp: 10 }, daemons: [{ ...daemon, syncId: 2 }] };
        expect(bench.tell({ type: "configure", settings }).types).toEqual(["set-timeouts", "stop-daemon", "start-daemon"]);
        const { timeouts, ...without } = settings;
        expect([timeouts, bench.tell({ type: "configure", settings: without }).effects]).toEqual([
            { tcp: 10 },
            [{ type: "set-timeouts", timeouts: {} }],
        ]);
    });
});

describe("a kernel that refuses", () => {
    it("is read and told again, once; then it is left for a while", () => {
        const bench = new Bench().start(checked());
        expect(bench.tell({ type: "apply-failed", reasons: ["x: ENOENT"] }).types).toEqual(["read-table"]);
        expect(bench.tell({ type: "table", table: EMPTY }).orders).toEqual(["add-service", "add 2 1", "add 3 1"]);
        expect(bench.tell({ type: "apply-failed", reasons: ["x: ENOENT"] }).lines).toEqual(["IPVS refuses x: ENOENT"]);
        bench.now = instant(bench.now + 10_000_000);
        expect(bench.tell({ type: "wake" }).types).toContain("read-table");
    });

    it("that obeyed in between is told again at once", () => {
        const bench = new Bench().start(checked()).tell({ type: "apply-failed", reasons: [] }).tell({ type: "applied" });
        expect(bench.tell({ type: "apply-failed", reasons: [] }).types).toEqual(["read-table"]);
    });

    it("where all is as it should be, as the table shows, is told again at once the next time", () => {
        const bench = new Bench().start(checked());
        const services = wantedServices(virtualServer());
        const destinations = new Map(
            bench.commands.flatMap((command) =>
                "destination" in command ? [[destinationKey(command.destination), command.destination] as const] : [],
            ),
        );
        const table = new Map(services.map((service) => [serviceKey(service.identity), { service, destinations }]));
        expect(bench.tell({ type: "apply-failed", reasons: [] }).tell({ type: "table", table }).types).toEqual([]);
        expect(bench.tell({ type: "apply-failed", reasons: [] }).types).toEqual(["read-table"]);
    });
});

describe("a server that suspends its checks", () => {
    it("checks only while its address stands here", () => {
        const bench = new Bench().start(checked({ suspendsWithoutAddress: true }));
        const begun = () => {
            bench.now = bench.balancer.wakeAt ?? bench.now;
            return bench.tell({ type: "wake" }).types.includes("begin-check");
        };
        expect(begun()).toBe(false);
        bench.tell({ type: "address", interfaceIndex: 3, address: ip("10.0.0.1"), isStanding: true });
        expect(begun()).toBe(true);
        expect(bench.tell({ type: "link-gone", interfaceIndex: 3 }).types).toEqual(["abandon-check"]);
        expect(begun()).toBe(false);
    });

    it("begins and ends to do so with a reload", () => {
        const begun = (bench: Bench) => {
            bench.now = bench.balancer.wakeAt ?? bench.now;
            return bench.tell({ type: "wake" }).types.includes("begin-check");
        };
        const [resting, restless] = [checked({ suspendsWithoutAddress: true }), checked()];
        expect(begun(new Bench().start(resting).tell({ type: "configure", settings: restless }))).toBe(true);
        const bench = new Bench().start(restless);
        expect(begun(bench)).toBe(true);
        expect(bench.tell({ type: "configure", settings: resting }).types).toEqual(["abandon-check"]);
        expect(begun(bench)).toBe(false);
    });
});

describe("the end", () => {
    it("takes our services away", () => {
        const bench = new Bench().start(checked()).tell({ type: "stop" });
        expect(bench.orders).toEqual(["delete-service"]);
        expect(bench.lines).toContain(`Shutting down service ${A} from VS [10.0.0.1]:tcp:80`);
        expect([bench.tell({ type: "wake" }).effects, bench.balancer.wakeAt]).toEqual([[], undefined]);
    });

    it("empties the table, or leaves it, where that is asked for", () => {
        expect(new Bench().start({ ...checked(), atStop: "flush" }).tell({ type: "stop" }).types).toContain("flush-table");
        expect(new Bench().start({ ...checked(), atStop: "keep" }).tell({ type: "stop" }).effects).toEqual([]);
    });
});

describe("a server with a slow start", () => {
    it("gets its weight by edits, second by second", () => {
        const slow = realServer("10.0.0.2", { weight: 4, slowStart: seconds(4), checks: [checkSettings()] });
        const bench = new Bench().start(checked({ realServers: [slow, realServer("10.0.0.3")] })).answer("failure", "success");
        expect(bench.orders).toEqual(["add 2 1"]);
        expect(bench.lines).toContain(`Slow start of service ${A} of VS [10.0.0.1]:tcp:80 begins, up to weight 4`);
        const steps = [1, 2, 3, 4].map(() => {
            bench.now = bench.balancer.wakeAt ?? bench.now;
            return bench.tell({ type: "wake" }).orders;
        });
        expect(steps).toEqual([[], ["edit 2 2"], ["edit 2 3"], ["edit 2 4"]]);
        expect(bench.lines).toEqual([`Slow start of service ${A} of VS [10.0.0.1]:tcp:80 is over at weight 4`]);
        expect(bench.balancer.wakeAt).not.toEqual(after(bench.now, seconds(1)));
    });
});

describe("a server that drains", () => {
    const KEY_OF_A = destinationKey({ address: ip("10.0.0.2"), port: 80 });
    const draining = () =>
        balancerSettings([virtualServer({ realServers: [realServer("10.0.0.2", { drain: {} }), realServer("10.0.0.3")] })]);

    it("has its clients counted every second, until there are none", () => {
        const bench = new Bench().start(balancerSettings([virtualServer()])).tell({ type: "configure", settings: draining() });
        expect([bench.orders, bench.lines]).toEqual([["edit 2 0"], [`Draining service ${A} of VS [10.0.0.1]:tcp:80`]]);
        const count = (connections: number) => {
            bench.now = bench.balancer.wakeAt ?? bench.now;
            expect(bench.tell({ type: "wake" }).effects).toMatchObject([
                { type: "count-connections", service: KEY, identities: [{ port: 80 }] },
            ]);
            return bench.tell({ type: "connections", service: KEY, counts: new Map([[KEY_OF_A, connections]]) });
        };
        expect(count(2).effects).toEqual([]);
        expect(count(0).orders).toEqual(["delete 2 0"]);
        expect(bench.lines).toEqual([`Drained service ${A} of VS [10.0.0.1]:tcp:80: no connections are left`]);
        bench.now = after(bench.now, seconds(1));
        expect([bench.tell({ type: "wake" }).effects, bench.balancer.wakeAt]).toEqual([[], undefined]);
    });

    it("keeps those of every service in which it stands, by whatever port", () => {
        const entries: VirtualServerSettings["entries"] = [
            { type: "addresses", first: ip("10.0.0.1"), count: 2, port: 443, protocol: "tcp" },
            { type: "fwmark", family: 4, mark: 5 },
        ];
        const group = (drain?: Record<string, never>) =>
            balancerSettings([
                virtualServer({
                    entries,
                    realServers: [
                        realServer("10.0.0.2", { forwarding: { method: "route" }, ...(drain && { drain }) }),
                        realServer("10.0.0.3"),
                    ],
                }),
            ]);
        const bench = new Bench().start(group()).tell({ type: "configure", settings: group({}) });
        const ordersWith = (port: number, connections: number) => {
            bench.now = bench.balancer.wakeAt ?? bench.now;
            const counts = new Map([[destinationKey({ address: ip("10.0.0.2"), port }), connections]]);
            return bench.tell({ type: "wake" }).tell({ type: "connections", service: KEY, counts }).orders;
        };
        expect([ordersWith(443, 2), ordersWith(0, 1)]).toEqual([[], []]);
        expect(ordersWith(443, 0)).toEqual(["delete 2 0", "delete 2 0", "delete 2 0"]);
    });
});

describe("a user's order to drain", () => {
    const ask = (bench: Bench, overrides: { readonly server?: string; readonly service?: string; readonly isUndone?: boolean } = {}) =>
        bench.tell({
            type: "drain-asked",
            question: 7,
            request: { service: "10.0.0.1:80", server: "10.0.0.2:80", isUndone: false, ...overrides },
        });
    const answer = (bench: Bench) => bench.effects.find((effect) => effect.type === "answer");
    const ABOUT = { service: "[10.0.0.1]:tcp:80", server: A };

    it("takes the weight, is remembered for a successor, told and answered, and undone again", () => {
        const bench = ask(new Bench().start(balancerSettings([virtualServer()])));
        expect([bench.orders, bench.lines]).toEqual([["edit 2 0"], [`Draining service ${A} of VS [10.0.0.1]:tcp:80`]]);
        expect(answer(bench)).toEqual({ type: "answer", question: 7, reply: { type: "draining", ...ABOUT, weight: 0 } });
        expect(bench.balancer.takeChanged()).toMatchObject([{ name: `${KEY} ${A}`, drainOrder: { since: bench.now, isDrained: false } }]);
        bench.tell({ type: "connections", service: KEY, counts: new Map() });
        expect([bench.orders, bench.balancer.takeChanged()]).toMatchObject([["delete 2 0"], [{ drainOrder: { isDrained: true } }]]);
        expect(answer(ask(bench))).toMatchObject({ reply: { type: "drained" } });
        ask(bench, { isUndone: true });
        expect(bench.lines).toEqual([`Draining of service ${A} of VS [10.0.0.1]:tcp:80 is undone: weight 1`]);
        expect([bench.orders, answer(bench)]).toMatchObject([["add 2 1"], { reply: { type: "restored", weight: 1 } }]);
        expect([bench.balancer.takeChanged()[0]?.drainOrder, answer(ask(bench, { isUndone: true }))]).toMatchObject([
            undefined,
            { reply: { type: "untouched" } },
        ]);
    });

    it("is in force for a successor, and while the table is being read", () => {
        const settings = balancerSettings([virtualServer()]);
        const first = ask(new Bench().start(settings));
        const second = new Bench().start(settings, first.balancer.snapshots());
        expect(second.orders).toEqual(["add-service", "add 2 0", "add 3 1"]);
        const early = ask(new Bench().tell({ type: "configure", settings }));
        expect(early.types).toEqual([]);
        expect(early.tell({ type: "table", table: EMPTY }).orders).toEqual(["add-service", "add 2 1", "add 3 1", "edit 2 0"]);
        expect(answer(early)).toMatchObject({ reply: { type: "draining" } });
    });

    it("for nobody changes nothing, and says who may be meant", () => {
        const bench = new Bench().start(balancerSettings([virtualServer()]));
        expect([ask(bench, { service: "10.0.0.1:81" }).effects, ask(bench, { server: "10.0.0.4:80" }).effects]).toEqual([
            [
                {
                    type: "answer",
                    question: 7,
                    reply: { type: "unknown", reason: "no virtual server is called 10.0.0.1:81; did you mean [10.0.0.1]:tcp:80?" },
                },
            ],
            [
                {
                    type: "answer",
                    question: 7,
                    reply: {
                        type: "unknown",
                        reason: `no real server of [10.0.0.1]:tcp:80 is called 10.0.0.4:80; did you mean ${A}?`,
                    },
                },
            ],
        ]);
    });
});

describe("checks that follow something", () => {
    const follows = (weight: number): FollowSettings => ({
        follows: { kind: "file", name: "f", weight, isReversed: false },
        isAlpha: false,
    });
    const value = (number: number): BalancerEvent => ({
        type: "tracker",
        news: { kind: "file", name: "f", status: { type: "value", value: number } },
    });
    const following = (weight: number, others: Partial<VirtualServerSettings> = {}) =>
        checked({ realServers: [realServer("10.0.0.2", { weight: 10, checks: [follows(weight)] }), realServer("10.0.0.3")], ...others });

    it("know before the start who is down and what he weighs", () => {
        expect(new Bench().tell(value(3)).start(following(2)).orders).toEqual(
            ["add-service", "add 10.0.0.2 16", "add 10.0.0.3 1"].map(short),
        );
        expect(new Bench().tell(value(3)).start(following(0)).orders).toEqual(["add-service", "add 10.0.0.3 1"].map(short));
    });

    it("act at once", () => {
        const bench = new Bench().start(following(2)).tell(value(3));
        expect(bench.orders).toEqual(["edit 2 16"]);
        expect(bench.tell(value(-4)).orders).toEqual(["edit 2 2"]);
        expect(bench.tell(value(-20)).orders).toEqual(["edit 2 0"]);
        expect(bench.tell({ type: "tracker", news: { kind: "file", name: "g", status: { type: "value", value: 1 } } }).effects).toEqual([]);
    });

    it("that are told while the table is read act as soon as there is one", () => {
        const bench = new Bench().tell({ type: "configure", settings: following(0) });
        expect(bench.tell(value(1)).effects).toEqual([]);
        bench.tell({ type: "table", table: EMPTY });
        expect(bench.orders.at(-1)).toBe("delete 2 10");
    });

    it("take and give the quorum", () => {
        const bench = new Bench().start(following(1, { quorum: 11 }));
        expect(bench.tell(value(-1)).lines).toContain("Lost quorum 11-0=11 > 10 for VS [10.0.0.1]:tcp:80");
        expect(bench.tell(value(0)).lines).toContain("Gained quorum 11+0=11 <= 11 for VS [10.0.0.1]:tcp:80");
    });

    it("stay told over a reload, also those that are new", () => {
        const bench = new Bench().start(checked()).tell(value(3));
        expect(bench.tell({ type: "configure", settings: following(2) }).orders).toEqual(["edit 2 16"]);
        expect(bench.tell({ type: "configure", settings: checked() }).orders).toEqual(["edit 2 1"]);
        expect(bench.tell(value(4)).effects).toEqual([]);
    });

    it("go by a session", () => {
        const session: FollowSettings = { follows: { kind: "bfd", name: "b" }, isAlpha: true };
        const bench = new Bench().start(checked({ realServers: [realServer("10.0.0.2", { checks: [session] })] }));
        const news = (type: "up" | "down"): BalancerEvent => ({ type: "tracker", news: { kind: "bfd", name: "b", status: { type } } });
        expect(bench.tell(news("up")).lines.slice(0, 2)).toEqual([
            `BFD check of [b] RS(${A}) is UP`,
            `Adding service ${A} to VS [10.0.0.1]:tcp:80`,
        ]);
        expect(bench.tell(news("down")).orders).toEqual(["delete 2 1"]);
    });
});

/** As `orders` writes it. */
function short(order: string): string {
    return order.replace(/10\.0\.0\.(\d+)/, "$1");
}
