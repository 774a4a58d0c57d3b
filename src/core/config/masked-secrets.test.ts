import { describe, expect, it } from "vitest";
import { maskedSecrets } from "./masked-secrets.ts";

describe("a line without its secrets", () => {
    it.each([
        ["        auth_pass s3cret", "        auth_pass ********"],
        ['auth_pass "two words" # why', "auth_pass ******** # why"],
        ["authentication { auth_type PASS auth_pass s3cret }", "authentication { auth_type PASS auth_pass ******** }"],
        ["auth_paswd s3cret", "auth_paswd ********"],
        ["key 1 hex:000102", "key 1 ********"],
        ["auth_hmac { key 12 a-pass-phrase", "auth_hmac { key 12 ********"],
        ["key 1 file:/etc/keepalived/key", "key 1 file:/etc/keepalived/key"],
        ["    password s3cret", "    password ********"],
        ["key /etc/ssl/private.pem", "key /etc/ssl/private.pem"],
        ["virtual_router_id 51", "virtual_router_id 51"],
    ])("%s", (line, shown) => {
        expect(maskedSecrets(line)).toBe(shown);
    });
});
