import { describe, expect, it } from "vitest";
import { findCalled } from "./spoken-names.ts";

const WEB = "[10.0.0.1]:tcp:80";
const DNS = ["[10.0.0.1]:tcp:53", "[10.0.0.1]:udp:53"] as const;
const ALL = [WEB, ...DNS, "[2001:db8::1]:tcp:80", "[shop]:0", "FWM 5"].map((name) => ({ name }));

describe("a name as people write it", () => {
    it.each([
        [WEB, WEB],
        ["10.0.0.1:80", WEB],
        ["[10.0.0.1]:80", WEB],
        ["10.0.0.1:TCP:80", WEB],
        ["10.0.0.1:udp:53", DNS[1]],
        ["[2001:DB8:0::1]:80", "[2001:db8::1]:tcp:80"],
        ["2001:db8::1", "[2001:db8::1]:tcp:80"],
        ["shop", "[shop]:0"],
        ["fwm 5", "FWM 5"],
    ])("%s means %s", (word, name) => {
        expect(findCalled("virtual server", word, ALL)).toEqual({ ok: true, value: [{ name }] });
    });

    it.each([
        ["10.0.0.1:53", `10.0.0.1:53 is ${DNS[0]} or ${DNS[1]}: say which virtual server is meant`],
        ["10.0.0.1:81", `no virtual server is called 10.0.0.1:81; did you mean ${WEB}?`],
        ["10.0.0.1:sctp:53", `no virtual server is called 10.0.0.1:sctp:53; did you mean ${DNS[0]}?`],
        ["shpo", "no virtual server is called shpo; did you mean [shop]:0?"],
        ["x", `no virtual server is called x; there are ${WEB}, ${DNS[0]}, ${DNS[1]}, [2001:db8::1]:tcp:80, [shop]:0 and 1 more`],
    ])("%s means nobody, or too many", (word, error) => {
        expect(findCalled("virtual server", word, ALL)).toEqual({ ok: false, error });
    });

    it("means all that have it", () => {
        const twins = [{ name: "[shop]:0" }, { name: "[shop]:0" }];
        expect(findCalled("virtual server", "shop", twins)).toEqual({ ok: true, value: twins });
    });

    it("says when there is nobody, or one", () => {
        expect([findCalled("real server", "x", []), findCalled("real server", "x", [{ name: WEB }])]).toMatchObject([
            { error: "no real server is called x; there is none" },
            { error: `no real server is called x; there is ${WEB}` },
        ]);
    });
});
