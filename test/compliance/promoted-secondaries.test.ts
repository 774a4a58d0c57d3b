import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { PromotedSecondaries } from "../../src/io/system/promoted-secondaries.ts";
import { CAN_HAVE_NAMESPACE, enterOwnNamespace, ip, makeVethPair, NEEDS_ROOT } from "./own-namespace.ts";

const value = (name: string): string => readFileSync(`/proc/sys/net/ipv4/conf/${name}/promote_secondaries`, "utf8").trim();

/**
 * Given interfaces of our own,
 * when promote_secondaries is wanted on some of them,
 * then the kernel keeps the second address of a subnet, and at the end all is as it was.
 */
describe.skipIf(!CAN_HAVE_NAMESPACE)(`promote_secondaries${NEEDS_ROOT}`, () => {
    beforeAll(() => {
        enterOwnNamespace();
        makeVethPair("va", "vb");
    });

    it("is switched on, and back by a reload and at the end; what was on stays on", () => {
        const promoted = new PromotedSecondaries();
        expect(promoted.want(new Set(["va", "vb"]))).toEqual([]);
        expect([value("va"), value("vb")]).toEqual(["1", "1"]);
        promoted.want(new Set(["va"]));
        expect([value("va"), value("vb")]).toEqual(["1", "0"]);
        const another = new PromotedSecondaries();
        another.want(new Set(["va"]));
        another.restore();
        expect(value("va")).toBe("1");
        promoted.restore();
        expect(value("va")).toBe("0");
    });

    it("keeps the second address of a subnet when the first one goes", () => {
        const promoted = new PromotedSecondaries();
        promoted.want(new Set(["va"]));
        ip("addr add 10.1.0.1/24 dev va");
        ip("addr add 10.1.0.2/24 dev va");
        ip("addr del 10.1.0.1/24 dev va");
        expect(ip("-o addr show dev va")).toContain("10.1.0.2/24");
        promoted.restore();
    });

    it("comes to an interface that appears later", () => {
        const promoted = new PromotedSecondaries();
        expect(promoted.want(new Set(["vc"]))).toEqual([]);
        makeVethPair("vc", "vd");
        promoted.linkSeen("vc");
        promoted.linkSeen("vd");
        expect([value("vc"), value("vd")]).toEqual(["1", "0"]);
        promoted.restore();
        expect(value("vc")).toBe("0");
    });
});
