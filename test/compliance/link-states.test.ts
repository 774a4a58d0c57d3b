import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LinkStates } from "../../src/io/link/link-states.ts";
import type { NativeAddon } from "../../src/io/native/addon.ts";
import { CAN_HAVE_NAMESPACE, enterOwnNamespace, ip, makeVethPair, NEEDS_ROOT } from "./own-namespace.ts";

/**
 * Given an interface of our own,
 * when its driver, or the kernel, is asked whether it has a carrier,
 * then the answer is what it is at this moment.
 */
describe.skipIf(!CAN_HAVE_NAMESPACE)(`links that are polled${NEEDS_ROOT}`, () => {
    let system: NativeAddon;
    let states: LinkStates;
    const ask = () => (["driver", "flags"] as const).map((method) => states.hasCarrier(system.ifNameToIndex("va"), method));

    beforeAll(() => {
        system = enterOwnNamespace();
        states = new LinkStates(system);
        makeVethPair("va", "vb");
    });

    afterAll(() => states?.close());

    it("have a carrier while the other end is up", () => {
        expect(ask()).toEqual([true, true]);
        ip("link set vb down");
        expect(ask()).toEqual([false, false]);
        ip("link set vb up");
        expect(ask()).toEqual([true, true]);
    });

    it("are looked at by their flags where the driver cannot tell, and unknown when they are gone", () => {
        expect(states.hasCarrier(system.ifNameToIndex("lo"), "driver")).toBe(true);
        const index = system.ifNameToIndex("va");
        ip("link del va");
        expect(states.hasCarrier(index, "driver")).toBeUndefined();
    });
});
