import { describe, expect, it } from "vitest";
import type { VirtualAddress } from "../address/virtual-address.ts";
import { seconds } from "../base/instant.ts";
import { virtualRouterMac } from "../base/mac.ts";
import type { VirtualLink } from "../link/virtual-link.ts";
import { routerSettings, SpeakerBench, virtualAddress } from "./test-bench.ts";

const form = { kind: "macvlan", mac: virtualRouterMac(4, 51) } as const;
const made = (name: string, baseName: string): VirtualLink => ({ name, baseName, form, hasIpv4: true, hasIpv6: false });
const on = (interfaceName: string, text: string): VirtualAddress => virtualAddress(text, { interfaceName });

/** A router that advertises on eth0, with addresses on a virtual MAC of each of eth0 and eth1, on eth0 itself and on eth2. */
function bench(isForAll: boolean): SpeakerBench {
    const { announcements } = routerSettings();
    const active = new SpeakerBench({
        priority: 255,
        virtualLink: { name: "vrrp.51", carriesAdvertisements: false },
        virtualLinks: [made("vrrp.51", "eth0"), made("vrrp1.51", "eth1")],
        addresses: [on("vrrp.51", "10.77.9.1"), on("vrrp.51", "10.77.9.2"), on("vrrp1.51", "10.77.9.3"), on("eth0", "10.77.9.4")],
        excludedAddresses: [on("eth2", "10.77.9.5")],
        announcements: { ...announcements, masterDelay: seconds(0), extra: { interval: seconds(0.7), isForAll } },
    });
    const link = { isUp: true, isRunning: true, isMulticast: true, isLoopback: false, isNoArp: false, mtu: 1500, mac: form.mac };
    active.tell({ type: "configure", routers: [active.settings] });
    active.tell({ type: "link", link: { ...link, index: 2, name: "eth0" } });
    active.tell({ type: "link", link: { ...link, index: 7, name: "vrrp.51", baseIndex: 2 } });
    active.tell({ type: "address-added", interfaceIndex: 2, address: on("eth0", "10.77.0.1").address, prefixLength: 16 });
    active.tell({ type: "start" });
    active.claimAll();
    return active;
}

/** The last octets of what is announced within the next three seconds, with the time of each. */
function heard(active: SpeakerBench): [number, number[]][] {
    const start = active.now;
    const seen: [number, number[]][] = [];
    while (active.now - start < 2_050_000) {
        for (const effect of active.wake()) {
            if (effect.type === "announce") {
                seen.push([active.now - start, effect.addresses.map(({ address }) => address.bytes[3] ?? 0)]);
            }
        }
    }
    return seen;
}

describe("garp_extra_if", () => {
    it("announces one address of each virtual MAC that carries no advertisements, from time to time", () => {
        expect(heard(bench(false))).toEqual([
            [700_000, [1, 3]],
            [1_400_000, [1, 3]],
            [2_100_000, [1, 3]],
        ]);
    });

    it("with all announces one of every other interface too, and none of the one that advertises", () => {
        expect(heard(bench(true))[0]).toEqual([700_000, [1, 3, 5]]);
    });

    it("says nothing when it is not configured, and stops when a reload takes it away", () => {
        const active = bench(false);
        const { extra, ...announcements } = active.settings.announcements;
        expect(extra).toBeDefined();
        active.settings = { ...active.settings, announcements };
        active.tell({ type: "configure", routers: [active.settings] });
        expect(heard(active)).toEqual([]);
    });
});
