import { describe, expect, it } from "vitest";
import { root } from "../blocks/root.ts";
import { readForTest } from "../test-reader.ts";
import { completeConfiguration } from "./complete.ts";

function bufferOf(globals: readonly string[], lines: readonly string[] = []) {
    const instance = [
        "vrrp_instance VI {",
        "virtual_router_id 51",
        "interface eth0",
        "virtual_ipaddress {",
        "10.0.0.9",
        "10.0.0.10",
        "}",
        ...lines,
        "}",
    ];
    const text = ["global_defs {", ...globals, "}", ...instance].join("\n");
    const { routers } = completeConfiguration(readForTest(root, text).value, () => undefined);
    return routers[0]?.receiveBuffer;
}

const HMAC = ["auth_hmac {", `key 1 ${"k".repeat(32)}`, "}"];
const AH = ["authentication {", "auth_type AH", "auth_pass s3cret", "}"];

describe("the receive buffer", () => {
    it.each([
        [[], [], undefined],
        [["vrrp_rx_bufs_policy 5000"], [], { bytes: 5000, mtus: 0 }],
        [["vrrp_rx_bufs_policy MTU"], [], { bytes: 0, mtus: 3 }],
        [["vrrp_rx_bufs_policy MTU", "vrrp_rx_bufs_multiplier 7"], [], { bytes: 0, mtus: 7 }],
        [["vrrp_rx_bufs_policy ADVERT"], [], { bytes: 3 * (20 + 8 + 8 + 8), mtus: 0 }],
        [["vrrp_rx_bufs_policy ADVERT"], AH, { bytes: 3 * (20 + 24 + 8 + 8 + 8), mtus: 0 }],
        [["vrrp_rx_bufs_policy ADVERT"], ["version 3", ...HMAC], { bytes: 3 * (20 + 8 + 8 + 28), mtus: 0 }],
        [["vrrp_rx_bufs_policy MTU"], ["kernel_rx_buf_size 4096"], { bytes: 4096, mtus: 0 }],
    ])("with %j and %j is %j", (globals, lines, expected) => {
        expect(bufferOf(globals, lines)).toEqual(expected);
    });
});
