import { expect, it } from "vitest";
import { link, routerSettings } from "../../core/vrrp/test-bench.ts";
import { attendancesOf } from "./attendances.ts";

it("virtual routers add to the receive buffer: bytes, and as many as the MTU says", () => {
    const routers = [routerSettings({ receiveBuffer: { bytes: 100, mtus: 0 } }), routerSettings({ receiveBuffer: { bytes: 0, mtus: 3 } })];
    expect(attendancesOf(routers, [link({ mtu: 9_000 })]).map(({ receiveBuffer }) => receiveBuffer)).toEqual([100, 27_000]);
});

it("virtual routers attend by multicast or unicast on the interfaces that exist", () => {
    const routers = [
        routerSettings({ vrid: 1 }),
        routerSettings({ vrid: 2, destination: { type: "unicast", ttl: 255, peers: [] } }),
        routerSettings({ vrid: 3, family: 6, interfaceName: "eth1" }),
        routerSettings({ vrid: 4, interfaceName: "eth9" }),
    ];
    const [first, , third] = routers;
    expect(attendancesOf(routers, [link(), link({ name: "eth1", index: 7 })])).toEqual([
        {
            vrid: 1,
            family: 4,
            interfaceName: "eth0",
            interfaceIndex: 2,
            group: first?.destination.type === "multicast" && first.destination.group,
        },
        { vrid: 2, family: 4, interfaceName: "eth0", interfaceIndex: 2 },
        {
            vrid: 3,
            family: 6,
            interfaceName: "eth1",
            interfaceIndex: 7,
            group: third?.destination.type === "multicast" && third.destination.group,
        },
    ]);
});

it("virtual routers do not attend over IPv6 where the MTU is too small for it", () => {
    const routers = [routerSettings({ vrid: 1 }), routerSettings({ vrid: 2, family: 6 })];
    expect(attendancesOf(routers, [link({ mtu: 1_279 })]).map(({ vrid }) => vrid)).toEqual([1]);
    expect(attendancesOf(routers, [link({ mtu: 1_280 })]).map(({ vrid }) => vrid)).toEqual([1, 2]);
});
