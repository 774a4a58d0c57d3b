import { beforeEach, expect, it } from "vitest";
import { type Instant, instant, milliseconds } from "../../core/base/instant.ts";
import { ipFromBytes } from "../../core/base/ip.ts";
import type { BulkWork } from "../../host/world.ts";
import { StandingNews, type StandingPlace } from "./standing-news.ts";

let now: Instant;
let told: number[];
let works: BulkWork[];
let news: StandingNews;

beforeEach(() => {
    now = instant(0);
    told = [];
    works = [];
    news = new StandingNews({
        clock: { now: () => now },
        bulk: { add: (work) => works.push(work) },
        tell: (places) => told.push(...places.map(({ address }) => address.bytes[3] ?? 0)),
    });
});

function places(count: number): readonly StandingPlace[] {
    return Array.from({ length: count }, (_, index) => ({
        interfaceIndex: 2,
        address: ipFromBytes(Uint8Array.of(10, 0, 0, index)),
        prefixLength: 32,
    }));
}

it("tells of a few addresses at once", () => {
    news.add(places(3));
    news.add(places(2));
    expect(told).toEqual([0, 1, 2, 0, 1]);
    expect(works).toEqual([]);
});

it("tells nobody of nothing", () => {
    const silent = new StandingNews({
        clock: { now: () => now },
        bulk: { add: (work) => works.push(work) },
        tell: () => {
            throw new Error("told of nothing");
        },
    });
    silent.add([]);
    silent.tellAll();
    expect(silent.step()).toBe(false);
});

it("tells of many in steps, when none has come for a quarter of a second", () => {
    news.add(places(20));
    now = instant(milliseconds(200));
    news.add(places(3));
    expect(works[0]).toBe(news);
    expect(news.step()).toBe(milliseconds(450));
    expect(told).toEqual([]);
    now = instant(milliseconds(450));
    expect(news.step()).toBe(true);
    expect(told).toHaveLength(16);
    expect(news.step()).toBe(false);
    expect(told).toHaveLength(23);
    expect(news.step()).toBe(false);
});

it("tells of all at once when others are about to tell something", () => {
    news.add(places(200));
    news.tellAll();
    expect(told).toHaveLength(200);
    now = instant(milliseconds(250));
    expect(news.step()).toBe(false);
    expect(told).toHaveLength(200);
});
