import { beforeAll, describe, expect, it } from "vitest";
import { hasTool } from "../harness/prerequisites.ts";
import { missingKernel, runInKernel } from "./boot.ts";
import type { InterfacesSeen } from "./inside/interfaces.ts";

const missing = missingKernel() ?? (hasTool("keepalived") ? undefined : "keepalived is not installed");
const BOOT_LIMIT = 300_000;

let seen: InterfacesSeen;

/**
 * Given a kernel with VRFs and ipvlans, and Keepalived at the other end of a cable,
 * when virtual routers live on such interfaces,
 * then they hear and are heard.
 */
describe.skipIf(missing !== undefined)(`a kernel with VRFs and ipvlans${missing === undefined ? "" : ` (${missing})`}`, () => {
    beforeAll(async () => {
        seen = await runInKernel<InterfacesSeen>("test/labs/kernel/inside/interfaces.ts");
    }, BOOT_LIMIT);

    it("vrf: a virtual router without interface takes over from a peer in its VRF, and hands over to it", () => {
        expect(seen.vrf).toMatchObject({ ours: true, peersAfterwards: true });
        expect(seen.vrf.log).toContain("received lower priority (100) advert from 10.6.0.2");
    });

    it("use_ipvlan: the address is on an ipvlan of its own, in the mode that is asked for, which is gone at the end", () => {
        expect(seen.ipvlan.shown).toMatch(/ipvlan +mode l2 private/);
        expect(seen.ipvlan.shown).toMatch(/10\.7\.0\.5\/(24|32).*\n[\s\S]*10\.7\.0\.9\/24/);
        expect(seen.ipvlan.linksAfterwards).not.toContain("vrrp.52");
    });
});
