import { expect, it } from "vitest";
import { type IpAddress, parseIp } from "../base/ip.ts";
import { StaticAddresses } from "./static-addresses.ts";
import type { VirtualAddress } from "./virtual-address.ts";

const ip = (text: string) => parseIp(text) as IpAddress;
const one = (text: string, more: Partial<VirtualAddress> = {}): VirtualAddress => ({
    ...{ address: ip(text), prefixLength: 24, interfaceName: "eth0", scope: 0, flags: 0, isTracked: true },
    ...more,
});

it("changes by difference", () => {
    const statics = new StaticAddresses();
    const [kept, gone, fresh] = [one("192.0.2.1"), one("192.0.2.2"), one("192.0.2.3")];
    expect(statics.change([kept, gone])).toEqual({ removed: [], added: [kept, gone] });
    expect(statics.change([kept, fresh])).toEqual({ removed: [gone], added: [fresh] });
});

it("what somebody took down is put up again, where it is tracked", () => {
    const statics = new StaticAddresses();
    const peer = { address: ip("198.51.100.2"), prefixLength: 30 };
    const [tracked, joined] = [one("192.0.2.1"), one("198.51.100.1", { peer })];
    statics.change([tracked, one("192.0.2.2", { isTracked: false }), joined]);
    expect(statics.lost("eth0", ip("192.0.2.1"), 24)).toEqual([tracked]);
    expect(statics.lost("eth0", ip("198.51.100.1"), 30)).toEqual([joined]);
    expect(statics.lost("eth1", ip("192.0.2.1"), 24)).toEqual([]);
    expect(statics.lost("eth0", ip("192.0.2.1"), 32)).toEqual([]);
    expect(statics.lost("eth0", ip("192.0.2.2"), 24)).toEqual([]);
});

it("an interface that comes back gets its addresses again, tracked or not", () => {
    const statics = new StaticAddresses();
    const all = [one("192.0.2.1"), one("192.0.2.2", { isTracked: false }), one("192.0.2.3", { interfaceName: "eth1" })];
    statics.change(all);
    expect(statics.on("eth0")).toEqual(all.slice(0, 2));
});
