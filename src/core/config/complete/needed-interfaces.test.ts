import { describe, expect, it } from "vitest";
import { root } from "../blocks/root.ts";
import { readForTest } from "../test-reader.ts";
import { completeConfiguration } from "./complete.ts";

const block = (name: string, ...lines: readonly string[]) => [`${name} {`, ...lines, "}"];

/** The interfaces that a virtual router on eth0 tracks, with their weights. */
function trackedBy(...lines: readonly string[]): readonly (readonly [string, number])[] {
    const text = block("vrrp_instance A", "interface eth0", "virtual_router_id 1", ...lines).join("\n");
    const { routers } = completeConfiguration(readForTest(root, text).value, () => {});
    return (routers[0]?.trackers ?? []).map(({ name, weight }) => [name, weight]);
}

describe("the interfaces of virtual addresses", () => {
    it("are tracked as far as the addresses are, listed or not", () => {
        const listed = block("virtual_ipaddress", "192.0.2.1", "192.0.2.2 dev eth1", "192.0.2.3 dev eth2 no_track", "192.0.2.4 dev eth1");
        expect(trackedBy(...listed, ...block("virtual_ipaddress_excluded", "192.0.2.5 dev eth3"))).toEqual([
            ["eth1", 0],
            ["eth3", 0],
        ]);
    });

    it("are not the router's own, whether that is tracked anyway or not at all", () => {
        const addresses = block("virtual_ipaddress", "192.0.2.1", "192.0.2.2 dev eth0");
        expect(trackedBy(...addresses)).toEqual([]);
        expect(trackedBy("dont_track_primary", ...addresses)).toEqual([]);
    });

    it("are what links of our own are made upon", () => {
        const addresses = block("virtual_ipaddress", "192.0.2.1", "192.0.2.2 dev eth1 use_vmac");
        expect(trackedBy("use_vmac", ...addresses)).toEqual([["eth1", 0]]);
    });

    it("are tracked with the weight of an entry of their own", () => {
        const addresses = block("virtual_ipaddress", "192.0.2.1", "192.0.2.2 dev eth1");
        expect(trackedBy(...addresses, ...block("track_interface", "eth1 weight -20"))).toEqual([["eth1", -20]]);
    });
});
