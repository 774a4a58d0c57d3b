import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Rehearsal } from "../../src/app/rehearsal.ts";
import { CAN_HAVE_NAMESPACE, enterOwnNamespace, ip, makeVethPair, NEEDS_ROOT } from "./own-namespace.ts";

/**
 * Given a kernel with interfaces,
 * when the takeover is rehearsed at start,
 * then nothing of it is left: no address, no descriptor.
 */
describe.skipIf(!CAN_HAVE_NAMESPACE)(`the rehearsal of a takeover${NEEDS_ROOT}`, () => {
    it("leaves no trace", () => {
        const system = enterOwnNamespace();
        makeVethPair("va", "vb");
        const addresses = () => ip("-o -4 addr show");
        const count = () => readdirSync("/proc/self/fd").length;
        const [before, descriptors] = [addresses(), count()];
        const rehearsal = new Rehearsal(system);
        rehearsal.play();
        rehearsal.close();
        expect(count()).toBe(descriptors);
        expect(addresses()).toBe(before);
    });
});
