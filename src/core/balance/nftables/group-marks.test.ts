import { describe, expect, it } from "vitest";
import { ip, virtualServer } from "../test-bench.ts";
import { GroupMarks, groupMarkOrders } from "./group-marks.ts";

const range = (first: string, count: number, port = 80) => ({ type: "addresses", first: ip(first), count, port, protocol: "tcp" }) as const;
const ONE = virtualServer();
const GROUP = virtualServer({ key: "[web]:0 tcp", entries: [range("10.0.0.1", 2), range("fd00::1", 1, 0)] });
const OTHER = virtualServer({ key: "[mail]:0 tcp", entries: [range("10.0.1.1", 3)] });

describe("marks of groups", () => {
    it("stand for all addresses of a virtual server that has several, a service for each family", () => {
        const { servers, endpoints } = new GroupMarks(1_000).mark([ONE, GROUP]);
        expect(servers[0]).toBe(ONE);
        expect(servers[1]?.entries).toEqual([
            { type: "fwmark", family: 4, mark: 1_000 },
            { type: "fwmark", family: 6, mark: 1_000 },
        ]);
        expect(endpoints).toEqual([
            { address: ip("10.0.0.1"), protocol: 6, port: 80, mark: 1_000 },
            { address: ip("10.0.0.2"), protocol: 6, port: 80, mark: 1_000 },
            { address: ip("fd00::1"), protocol: 6, port: 0, mark: 1_000 },
        ]);
    });

    it("stay with their virtual server, are free again after it, and keep clear of those that are written", () => {
        const marks = new GroupMarks(1_000);
        const written = virtualServer({ key: "FWM", entries: [{ type: "fwmark", family: 4, mark: 1_001 }] });
        const of = (...servers: Parameters<GroupMarks["mark"]>[0]) => marks.mark(servers).endpoints.map(({ mark }) => mark);
        expect(new Set(of(GROUP, written))).toEqual(new Set([1_000]));
        expect(new Set(of(OTHER, GROUP, written))).toEqual(new Set([1_002, 1_000]));
        expect(new Set(of(OTHER))).toEqual(new Set([1_002]));
        expect(new Set(of(OTHER, GROUP))).toEqual(new Set([1_002, 1_000]));
    });

    it("are given by a table that is changed in place", () => {
        const { endpoints } = new GroupMarks(7).mark([GROUP]);
        const orders = groupMarkOrders(endpoints, -5);
        const elements = orders.flatMap((order) =>
            order.type === "new-elements" ? [[order.place, order.set, order.elements.length]] : [],
        );
        expect(elements).toEqual([
            ["ip", "marks", 2],
            ["ip6", "marks-all-ports", 1],
        ]);
        expect(orders.filter(({ type }) => type === "delete-table")).toEqual([]);
        expect(orders.flatMap((order) => (order.type === "new-chain" ? [order.chain.hook?.priority] : []))).toEqual([-5, -5, -5, -5]);
    });
});
