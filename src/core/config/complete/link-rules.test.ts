import { describe, expect, it } from "vitest";
import { NO_TIME, seconds } from "../../base/instant.ts";
import type { LinkRule } from "../../link/link-rule.ts";
import { root } from "../blocks/root.ts";
import { lineOf } from "../position.ts";
import { readForTest } from "../test-reader.ts";
import { completeConfiguration } from "./complete.ts";

function complete(globals: string, instance = ""): { readonly rules: readonly LinkRule[]; readonly complaints: readonly string[] } {
    const complaints: string[] = [];
    const router = `vrrp_instance VI {\nvirtual_router_id 51\ninterface eth0\n${instance}\nvirtual_ipaddress {\n10.0.0.9\n}\n}`;
    const { linkRules } = completeConfiguration(readForTest(root, `${globals}\n${router}`).value, (at, { errorClass, code }) => {
        if (errorClass !== "note" && errorClass !== "deprecated") {
            complaints.push(`${code}@${lineOf(at)}`);
        }
    });
    return { rules: linkRules, complaints };
}

const at = (interfaceName: string, more: Partial<LinkRule>): LinkRule => ({ interfaceName, down: NO_TIME, up: NO_TIME, ...more });

describe("interface_up_down_delays", () => {
    it("are as written; without a second figure being up counts at once", () => {
        expect(complete("interface_up_down_delays {\neth0 0.5 1.5\neth7 200\n}")).toEqual({
            rules: [at("eth0", { down: seconds(0.5), up: seconds(1.5) }), at("eth7", { down: seconds(200) })],
            complaints: [],
        });
    });

    it("are cut to what a backup may wait for its master, and to nothing with down_timer_adverts 1", () => {
        const { rules, complaints } = complete("interface_up_down_delays {\neth0 2 10\n}", "down_timer_adverts 4");
        expect(rules).toEqual([at("eth0", { down: seconds(2), up: seconds(3 - 1 / 256) })]);
        expect(complaints).toEqual(["interface-delay@2"]);
        expect(complete("interface_up_down_delays {\neth0 2\n}", "down_timer_adverts 1").rules).toEqual([at("eth0", {})]);
    });

    it("hold for the virtual MAC upon the interface as well", () => {
        const { rules } = complete("interface_up_down_delays {\neth0 1\n}", "use_vmac");
        expect(rules).toEqual([at("eth0", { down: seconds(1) }), at("vrrp.51", { down: seconds(1) })]);
    });
});

describe("links that are polled", () => {
    it.each([
        [
            "linkbeat_interfaces {\neth0\neth1 MII\neth2 ETHTOOL\neth3 IOCTL\n}",
            "",
            ["eth0 driver", "eth1 driver", "eth2 driver", "eth3 flags"],
        ],
        ["linkbeat_use_polling", "track_interface {\neth5\n}", ["eth0 driver", "eth5 driver"]],
        ["linkbeat_use_polling\nlinkbeat_interfaces {\neth0 IOCTL\n}", "use_vmac", ["eth0 flags"]],
        ["", "linkbeat_use_polling\ntrack_interface {\neth5\n}", ["eth0 driver"]],
        ["", "", []],
    ])("%j with %j are %j", (globals, instance, polled) => {
        expect(complete(globals, instance).rules.map(({ interfaceName, poll }) => `${interfaceName} ${poll}`)).toEqual(polled);
    });
});
