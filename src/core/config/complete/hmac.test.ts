import { describe, expect, it } from "vitest";
import { seconds } from "../../base/instant.ts";
import { root } from "../blocks/root.ts";
import { readForTest } from "../test-reader.ts";
import { completeConfiguration } from "./complete.ts";
import type { CompletedAuthentication } from "./completed-router.ts";

const HEX = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
const KEY = `key 1 hex:${HEX}`;
const BYTES = Uint8Array.from({ length: 32 }, (_, index) => index);

/** What these lines in `auth_hmac` of an instance become, and the codes and messages of all complaints. */
function complete(block: readonly string[], instance: readonly string[] = []) {
    const codes: string[] = [];
    const messages: string[] = [];
    const lines = [
        "virtual_router_id 51",
        "interface eth0",
        "virtual_ipaddress {",
        "10.0.0.9",
        "}",
        ...instance,
        "auth_hmac {",
        ...block,
        "}",
    ];
    const { routers } = completeConfiguration(
        readForTest(root, ["vrrp_instance VI {", ...lines, "}"].join("\n")).value,
        (_at, complaint) => {
            if (complaint.errorClass !== "note") {
                codes.push(complaint.code);
            }
            messages.push(`${complaint.message} ${complaint.consequence}`);
        },
    );
    const authentication = routers[0]?.authentication as CompletedAuthentication & { readonly type: "hmac" };
    return { authentication, codes, messages };
}

describe("auth_hmac", () => {
    it("signs with its first key and enforces, within three intervals but five seconds at least", () => {
        expect(complete([KEY, `key 2 ${"k".repeat(40)}`])).toMatchObject({
            authentication: {
                type: "hmac",
                keys: [
                    { id: 1, material: { type: "bytes", bytes: BYTES } },
                    { id: 2, material: { type: "bytes", bytes: new Uint8Array(40).fill(0x6b) } },
                ],
                ...{ activeKey: 1, checksTime: true, window: seconds(5), mode: "enforce" },
            },
            codes: [],
        });
    });

    it("takes what is written", () => {
        const block = [
            KEY,
            "key 7 file:/etc/keepalived/vrrp.key",
            "active_key 7",
            "time_window 12",
            "anti_replay monotonic",
            "mode permissive",
        ];
        expect(complete(block)).toMatchObject({
            authentication: {
                keys: [{ id: 1 }, { id: 7, material: { type: "file", path: "/etc/keepalived/vrrp.key" } }],
                ...{ activeKey: 7, checksTime: false, window: seconds(12), mode: "permissive" },
            },
            codes: [],
        });
    });

    it.each([
        ["advert_int 4", 12],
        ["advert_int 200", 300],
        ["advert_int 1", 5],
    ])("with %s has a window of %i s", (interval, window) => {
        expect(complete([KEY], [interval]).authentication.window).toBe(seconds(window));
    });

    it.each([
        [["key 1 short"], ["hmac-key", "hmac-without-key"]],
        [[KEY, "key 2 hex:xyz"], ["hmac-key"]],
        [[KEY, `key 1 ${"k".repeat(32)}`], ["hmac-key"]],
        [[KEY, "active_key 3"], ["hmac-active-key"]],
        [[], ["hmac-without-key"]],
    ])("complains of %j, and never gives a secret away", (block, codes) => {
        const outcome = complete(block);
        expect(outcome.codes).toEqual(codes);
        expect(outcome.messages.join("\n")).not.toMatch(/short|xyz|kkkk/);
    });

    it("leaves room for its trailer in a packet of 1500 bytes", () => {
        const addresses = Array.from({ length: 90 }, (_, index) => `fd00::${index + 1}`);
        const lines = ["virtual_router_id 51", "interface eth0", "virtual_ipaddress {", ...addresses, "}", "auth_hmac {", KEY, "}"];
        const text = ["vrrp_instance VI {", ...lines, "}"].join("\n");
        const { routers } = completeConfiguration(readForTest(root, text).value, () => undefined);
        expect(routers[0]?.addresses).toHaveLength(89);
        expect(routers[0]?.excludedAddresses).toHaveLength(1);
    });

    it("takes the place of a password", () => {
        const outcome = complete([KEY], ["authentication {", "auth_type PASS", "auth_pass secret", "}"]);
        expect(outcome).toMatchObject({ authentication: { type: "hmac" }, codes: ["authentication-ignored"] });
    });

    it("is enforced in strict mode, whatever is written", () => {
        const outcome = complete([KEY, "mode receive-only"], ["strict_mode"]);
        expect(outcome).toMatchObject({ authentication: { mode: "enforce" }, codes: ["strict-hmac-mode"] });
    });
});
