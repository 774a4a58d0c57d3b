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
        ["SSL { password s3cret bogus", "SSL { password ******** bogus"],
        ["    @node1  password s3cret", "    @node1  password ********"],
        ["bfd_instance b { authentication simple 1 s3cret }", "bfd_instance b { authentication simple 1 ******** }"],
        ["script /bin/ask password twice", "script /bin/ask password twice"],
        ["key /etc/ssl/private.pem", "key /etc/ssl/private.pem"],
        ["virtual_router_id 51", "virtual_router_id 51"],
        ["notify_webhook https://me:s3cret@hooks.example/T0/s3cret?k=s3cret", "notify_webhook https://********@hooks.example/********"],
        ['notify_webhook "https://hooks.example"', 'notify_webhook "https://hooks.example"'],
        ["path https://hooks.example/T0/shown", "path https://hooks.example/T0/shown"],
    ])("%s", (line, shown) => {
        expect(maskedSecrets(line)).toBe(shown);
    });

    it.each(["a ", "{ ", "@", "@ ", "http://", "key 1 ", "auth_pa", " ", "notify_webhook http://a@"])(
        "takes no longer than its length allows: %j",
        (word) => {
            const start = performance.now();
            maskedSecrets(word.repeat(100_000));
            expect(performance.now() - start).toBeLessThan(10_000);
        },
    );
});
