import { expect, it } from "vitest";
import { root } from "../../core/config/blocks/root.ts";
import { readForTest } from "../../core/config/test-reader.ts";
import type { DaemonConfiguration } from "../daemon-program.ts";
import { judgeReload } from "./judge-reload.ts";

function configured(keys: readonly string[]): DaemonConfiguration {
    const lines = keys.map((key) => `key ${key}`).join("\n");
    const source = readForTest(root, `vrrp_instance a {\nauth_hmac {\n${lines}\n}\n}`).value;
    return { source, roles: ["vrrp"] } as unknown as DaemonConfiguration;
}

// Given several keys of an instance. When a reload changes one. Then the plan shows none of them, whichever line it stands in.
it("shows no secret in what would change", () => {
    const after = configured(["1 aaaa", "2 cccc", "3 file:/etc/key"]);
    const verdict = judgeReload(configured(["1 aaaa", "2 bbbb"]), { isBroken: false, lines: [], outcome: { ok: true, value: after } });
    expect(verdict.type === "accepted" && verdict.changes()).toEqual([
        {
            what: "vrrp_instance a auth_hmac key",
            before: "1 ********\n2 ********",
            after: "1 ********\n2 ********\n3 file:/etc/key",
            effect: "applied",
        },
    ]);
});
