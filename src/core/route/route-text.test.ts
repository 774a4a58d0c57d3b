import { expect, it } from "vitest";
import { type IpAddress, parseIp } from "../base/ip.ts";
import { routeText, ruleText } from "./route-text.ts";
import { prefixForTest, routeForTest as route, ruleForTest as rule } from "./test-routing.ts";

it("routes and rules are called what `ip` calls them", () => {
    const gateway = parseIp("192.0.2.1") as IpAddress;
    expect(routeText(route("10.0.0.0/8", { hop: { gateway, interfaceName: "eth0", isOnLink: false }, table: 5 }))).toBe(
        "10.0.0.0/8 via 192.0.2.1 dev eth0 table 5",
    );
    expect(routeText(route("10.0.0.0/8", { vrf: "blue" }))).toBe("10.0.0.0/8 dev eth0 vrf blue");
    expect([routeText(route("0.0.0.0/0")), routeText(route("::/0"))]).toEqual(["default dev eth0", "inet6 default dev eth0"]);
    expect(ruleText(rule(7, { from: prefixForTest("10.0.0.0/8"), to: prefixForTest("fd00::/64") }))).toBe(
        "rule 7 from 10.0.0.0/8 to fd00::/64",
    );
});
