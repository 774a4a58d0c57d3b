import { describe, expect, it } from "vitest";
import { type IpAddress, parseIp } from "../base/ip.ts";
import {
    isReady,
    loopbackAddress,
    NEEDED_PARAMETERS,
    planAddition,
    planRemoval,
    type RealServerView,
    UNCHANGED,
    unmet,
} from "./real-server-plan.ts";

const ip = (text: string): IpAddress => parseIp(text) as IpAddress;
const [ONE, TWO, SIX] = [ip("10.0.0.100"), ip("10.0.0.101"), ip("fd00::100")];

function view(value: number, ...standing: readonly IpAddress[]): RealServerView {
    return { standing, parameters: new Map(NEEDED_PARAMETERS.map(({ path }) => [path, value])) };
}

describe("a real server of DR", () => {
    it("gets each address that does not stand, once, and the silence that it lacks", () => {
        expect(planAddition([ONE, TWO, ONE], view(0, TWO))).toEqual({ addresses: [ONE], parameters: NEEDED_PARAMETERS });
        expect(planAddition([ONE], view(1)).parameters.map(({ path }) => path)).toEqual([
            "ipv4/conf/all/arp_announce",
            "ipv4/conf/lo/arp_announce",
        ]);
    });

    it("keeps settings that are stricter, and needs none for IPv6 or where the kernel knows none", () => {
        expect(unmet(view(2))).toEqual([]);
        expect(planAddition([SIX], view(0))).toEqual({ addresses: [SIX], parameters: [] });
        expect(unmet({ standing: [], parameters: new Map() })).toEqual([]);
    });

    it("is ready when nothing is left to do", () => {
        expect(isReady([ONE, SIX], view(2, ONE, SIX))).toBe(true);
        expect(isReady([ONE, SIX], view(2, ONE))).toBe(false);
        expect(isReady([ONE], view(0, ONE))).toBe(false);
        expect(isReady([], view(2))).toBe(false);
    });

    it("gives back what was added, and the settings with the last of it", () => {
        const parameters = [{ path: "ipv4/conf/lo/arp_ignore", value: 1, before: 0 }];
        const state = { addresses: [ONE, SIX], parameters };
        expect(planRemoval([ONE, TWO], state)).toEqual({ addresses: [ONE], state: { addresses: [SIX], parameters } });
        expect(planRemoval(undefined, state)).toEqual({ addresses: [ONE, SIX], state: UNCHANGED });
        expect(planRemoval([TWO], UNCHANGED)).toEqual({ addresses: [], state: UNCHANGED });
    });

    it("has each address alone in its network, and does not speak from one of IPv6 unasked", () => {
        expect(loopbackAddress(ONE)).toMatchObject({ prefixLength: 32, interfaceName: "lo" });
        expect(loopbackAddress(ONE)).not.toHaveProperty("preferredLifetime");
        expect(loopbackAddress(SIX)).toMatchObject({ prefixLength: 128, preferredLifetime: 0 });
    });
});
