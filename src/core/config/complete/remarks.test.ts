import { describe, expect, it } from "vitest";
import { root } from "../blocks/root.ts";
import { readForTest } from "../test-reader.ts";
import { remark } from "./remarks.ts";

function remarks(text: string): string[] {
    const codes: string[] = [];
    remark(readForTest(root, text).value, (_, { code }) => codes.push(code));
    return codes;
}

describe("remarks on settings without effect", () => {
    it.each([
        [
            "nothing to remark",
            "vrrp_instance a {\ninterface eth0\nvirtual_ipaddress {\n10.0.0.1 label eth0:1\n}\ntrack_interface {\neth1\n}\n}",
            [],
        ],
        [
            "the own interface among the tracked ones",
            "vrrp_instance a {\ninterface eth0\ntrack_interface {\neth0\n}\n}",
            ["tracks-own-interface"],
        ],
        [
            "it is right when the own interface is not tracked",
            "vrrp_instance a {\ninterface eth0\ndont_track_primary\ntrack_interface {\neth0\n}\n}",
            [],
        ],
        ["a label on an IPv6 address", "vrrp_instance a {\nvirtual_ipaddress {\nfd00::1 label eth0:1\n}\n}", ["not-for-ipv6"]],
        ["native_ipv6 with IPv4", "vrrp_instance a {\nnative_ipv6\nvirtual_ipaddress {\n10.0.0.1\n}\n}", ["native-ipv6-with-ipv4"]],
        ["a list of recipients without any", "global_defs {\nnotification_email {\n}\n}", ["no-recipient"]],
    ])("%s", (_, text, expected) => {
        expect(remarks(text)).toEqual(expected);
    });
});
