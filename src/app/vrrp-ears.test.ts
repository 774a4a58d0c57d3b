import { expect, it } from "vitest";
import { link, routerSettings } from "../core/vrrp/test-bench.ts";
import { VrrpEars } from "./vrrp-ears.ts";

/** Ears on eth0 of a virtual router for IPv6: how many sockets they want, each time they say so. */
function ears() {
    let eth0 = link();
    const attended: number[] = [];
    const made = new VrrpEars({ attend: (attendances) => attended.push(attendances.length) }, () => [eth0]);
    const change = (mtu: number): void => {
        eth0 = link({ mtu });
        made.hear({ type: "link", link: eth0 });
    };
    made.listenFor([routerSettings({ family: 6 })]);
    return { made, attended, change };
}

it("an interface that changes is looked at once in a turn", () => {
    const { made, attended, change } = ears();
    change(9_000);
    change(1_500);
    made.flush();
    made.flush();
    expect(attended).toEqual([1, 1]);
});

// Given a socket on an interface. When its MTU is too small for IPv6, and large enough again in the same turn. Then the socket is another one.
it("an interface that has lost its groups is left, and joined again", () => {
    const { made, attended, change } = ears();
    change(1_000);
    change(1_500);
    made.flush();
    expect(attended).toEqual([1, 0, 1]);
});
