import { describe, expect, it } from "vitest";
import { after, type Instant, instant, seconds } from "../base/instant.ts";
import { formatIp } from "../base/ip.ts";
import { nameLogLine } from "../report/name-log-lines.ts";
import { UNKNOWN_ADDRESS } from "../service/named-servers.ts";
import type { RealServerSettings, VirtualServerSettings } from "../service/virtual-server.ts";
import { NameBook } from "./name-book.ts";
import type { FamilyAnswer, NameBookEffect, NameBookEvent } from "./names.ts";
import { checkSettings, ip, realServer, virtualServer } from "./test-bench.ts";

const HOST = "web.example.com";

function named(overrides: Partial<RealServerSettings> = {}, family: 4 | 6 = 4): RealServerSettings {
    return { ...realServer("10.0.0.2"), name: `[${HOST}]:tcp:80`, address: UNKNOWN_ADDRESS[family], named: { host: HOST }, ...overrides };
}

class Bench {
    readonly book = new NameBook();
    now: Instant = instant(1_000_000_000);
    effects: readonly NameBookEffect[] = [];

    tell(event: NameBookEvent): this {
        this.effects = this.book.handle(event, this.now);
        return this;
    }

    configure(...realServers: readonly RealServerSettings[]): this {
        return this.tell({ type: "configure", virtualServers: [virtualServer({ realServers })] });
    }

    answer(addresses: readonly string[], ttl = 60): this {
        return this.resolved({ family: 4, addresses: addresses.map(ip), timeToLive: seconds(ttl) });
    }

    fail(failure = "there is no such name"): this {
        return this.resolved({ family: 4, failure });
    }

    resolved(...answers: readonly FamilyAnswer[]): this {
        return this.tell({ type: "resolved", host: HOST, answers });
    }

    /** To the next deadline. @returns the seconds until then */
    next(): number {
        const span = ((this.book.wakeAt ?? this.now) - this.now) / seconds(1);
        this.now = this.book.wakeAt ?? this.now;
        this.tell({ type: "wake" });
        return span;
    }

    get types(): readonly string[] {
        return this.effects.map(({ type }) => type);
    }

    get lines(): readonly string[] {
        return this.effects.flatMap((effect) => (effect.type === "report" ? nameLogLine(effect.report).text : []));
    }

    get served(): VirtualServerSettings | undefined {
        return this.effects.flatMap((effect) => (effect.type === "serve" ? effect.virtualServers : []))[0];
    }

    /** `10.0.0.1`, or `10.0.0.1 leaves`. */
    get servers(): readonly string[] | undefined {
        return this.served?.realServers.map(({ address, drain }) => `${formatIp(address)}${drain === undefined ? "" : " leaves"}`);
    }
}

describe("a name of real servers", () => {
    it("is asked for at once, and has no servers until it is answered", () => {
        const bench = new Bench().configure(named(), realServer("10.0.0.9"));
        expect([bench.types, bench.servers, bench.book.wakeAt]).toEqual([["serve", "resolve"], ["10.0.0.9"], undefined]);
        bench.answer(["10.0.0.3", "10.0.0.2"]);
        expect([bench.lines, bench.servers]).toEqual([
            [`Real servers of ${HOST}: 10.0.0.2, 10.0.0.3`],
            ["10.0.0.2", "10.0.0.3", "10.0.0.9"],
        ]);
        expect(bench.book.takeChanged()).toEqual([{ name: `host ${HOST}`, host: HOST, addresses: ["10.0.0.2", "10.0.0.3"], leaving: [] }]);
    });

    it("becomes servers as it was described, checks and all", () => {
        const check = checkSettings();
        const checks = [{ ...check, probe: { kind: "tcp", endpoint: { address: UNKNOWN_ADDRESS[4], port: 81, mark: 0 } } } as const];
        const bench = new Bench().configure(named({ weight: 7, checks })).answer(["10.0.0.5"]);
        expect(bench.served?.realServers).toEqual([
            realServer("10.0.0.5", {
                weight: 7,
                checks: [{ ...check, probe: { kind: "tcp", endpoint: { address: ip("10.0.0.5"), port: 81, mark: 0 } } }],
            }),
        ]);
    });

    it.each([
        [60, undefined, 60],
        [0, undefined, 5],
        [86_400, undefined, 300],
        [60, 2, 2],
    ])("with records of %d s and an interval of %s is asked for again after %d s", (ttl, interval, expected) => {
        const place = { host: HOST, ...(interval !== undefined && { interval: seconds(interval) }) };
        const bench = new Bench().configure(named({ named: place })).answer(["10.0.0.2"], ttl);
        expect([bench.next(), bench.types]).toEqual([expected, ["resolve"]]);
    });

    it("says nothing while nothing changes", () => {
        const bench = new Bench().configure(named()).answer(["10.0.0.2", "10.0.0.3"]);
        bench.next();
        expect(bench.answer(["10.0.0.3", "10.0.0.2"]).effects).toEqual([]);
    });

    it("drains addresses that vanish, for five minutes, and takes them back when they return", () => {
        const bench = new Bench().configure(named()).answer(["10.0.0.2", "10.0.0.3"]).answer(["10.0.0.3", "10.0.0.4"], 86_400);
        expect(bench.servers).toEqual(["10.0.0.3", "10.0.0.4", "10.0.0.2 leaves"]);
        expect(bench.served?.realServers[2]?.drain).toEqual({ timeout: seconds(300) });
        expect(bench.answer(["10.0.0.2", "10.0.0.4"], 86_400).servers).toEqual(["10.0.0.2", "10.0.0.4", "10.0.0.3 leaves"]);
        expect([bench.next(), bench.servers]).toEqual([300, ["10.0.0.2", "10.0.0.4"]]);
    });

    it("that cannot be resolved keeps what it had, and says so once", () => {
        const bench = new Bench().configure(named()).answer(["10.0.0.2"]);
        bench.next();
        expect(bench.fail().lines).toEqual([
            `Cannot resolve ${HOST}: there is no such name; it is asked for again, its real servers stay as they are`,
        ]);
        expect([bench.next(), bench.fail("no name server answers").effects, bench.next(), bench.answer([]).effects]).toEqual([
            10,
            [],
            10,
            [],
        ]);
        bench.next();
        expect([bench.answer(["10.0.0.2"]).lines, bench.types]).toEqual([[`Real servers of ${HOST}: 10.0.0.2`], ["report"]]);
    });

    it("that cannot be resolved at first is absent, and says so", () => {
        const bench = new Bench().configure(named()).answer([]);
        expect([bench.types, bench.lines]).toEqual([
            ["report"],
            [`Cannot resolve ${HOST}: it has no address; it is asked for again, it has no real servers until then`],
        ]);
    });

    it("keeps the family of which nothing is said", () => {
        const bench = new Bench().configure(named(), named({}, 6));
        expect(bench.effects.at(-1)).toEqual({ type: "resolve", host: HOST, families: [4, 6] });
        const four = { family: 4, addresses: [ip("10.0.0.2")], timeToLive: seconds(60) } as const;
        bench.resolved(four, { family: 6, addresses: [ip("fd00::2")], timeToLive: seconds(30) });
        expect([bench.servers, bench.next()]).toEqual([["10.0.0.2", "fd00::2"], 30]);
        expect(bench.resolved(four, { family: 6, failure: "the name server failed" }).types).toEqual(["report"]);
        bench.next();
        const none = { family: 6, addresses: [], timeToLive: seconds(0) } as const;
        expect(bench.resolved(four, none).servers).toEqual(["10.0.0.2", "fd00::2 leaves"]);
    });

    it("goes on where a predecessor was, and over a reload, and is forgotten when nobody wants it", () => {
        const first = new Bench().configure(named()).answer(["10.0.0.3"]).answer(["10.0.0.2"]);
        const snapshots = first.book.snapshots();
        const second = new Bench().tell({ type: "configure", virtualServers: [virtualServer({ realServers: [named()] })], snapshots });
        expect([second.servers, second.types]).toEqual([
            ["10.0.0.2", "10.0.0.3 leaves"],
            ["serve", "resolve"],
        ]);
        second.answer(["10.0.0.2"]).configure(named({ weight: 3 }));
        expect([second.servers?.[0], second.types, second.served?.realServers[0]?.weight]).toEqual(["10.0.0.2", ["serve"], 3]);
        second.configure(named({ named: { host: HOST, interval: seconds(2) } }));
        expect(second.types).toEqual(["serve", "resolve"]);
        second.configure(realServer("10.0.0.9"));
        expect([second.servers, second.book.wakeAt, second.answer(["10.0.0.7"]).effects]).toEqual([["10.0.0.9"], undefined, []]);
    });

    it("leads to no server that is there by its address already", () => {
        const bench = new Bench().configure(realServer("10.0.0.2", { weight: 9 }), named()).answer(["10.0.0.2"]);
        expect(bench.served?.realServers.map(({ weight }) => weight)).toEqual([9]);
    });

    it("is asked for the addresses of a family that a reload wants, too, while an answer for the other one is awaited", () => {
        const both: readonly FamilyAnswer[] = [
            { family: 4, addresses: [ip("10.0.0.2")], timeToLive: seconds(60) },
            { family: 6, addresses: [ip("fd00::2")], timeToLive: seconds(60) },
        ];
        const bench = new Bench().configure(named()).configure(named(), named({}, 6));
        expect(bench.effects.at(-1)).toEqual({ type: "resolve", host: HOST, families: [4, 6] });
        expect(bench.resolved(...both).servers).toEqual(["10.0.0.2", "fd00::2"]);
        expect(bench.answer(["10.0.0.2"]).effects).toEqual([]);
    });

    it("waits for its answer before it is asked for once more", () => {
        const bench = new Bench().configure(named());
        bench.now = after(bench.now, seconds(1_000));
        expect(bench.tell({ type: "wake" }).effects).toEqual([]);
    });
});
