import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Where programs of administrators lie, too. */
export const SEARCH_PATH = `${process.env["PATH"]}:/usr/sbin:/sbin`;

/** Which of these tools this machine lacks; undefined when none. */
export function missingWebServer(...tools: readonly string[]): string | undefined {
    const missing = tools.filter((tool) => spawnSync(tool, ["-v"], { env: { ...process.env, PATH: SEARCH_PATH } }).error !== undefined);
    return missing.length === 0 ? undefined : `${missing.join(" and ")} not installed`;
}

/** Files of an authority, and of certificates by it for 20 days: for `www.example.test` and 127.0.0.1. */
export interface WebCertificates {
    readonly files: {
        readonly authority: string;
        readonly server: string;
        readonly serverKey: string;
        readonly client: string;
        readonly clientKey: string;
        /** The same key, opened by `sesame`. */
        readonly encryptedKey: string;
    };
    remove(): void;
}

/** Makes them, with openssl. */
export function makeCertificates(): WebCertificates {
    const folder = mkdtempSync(join(tmpdir(), "holdfast-certificates-"));
    const openssl = (...words: readonly string[]): void => {
        execFileSync("openssl", words, { cwd: folder, stdio: "pipe" });
    };
    const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
    openssl("req", "-x509", ...key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "30", "-subj", "/CN=authority");
    for (const [name, days] of [
        ["server", 20],
        ["client", 20],
    ] as const) {
        writeFileSync(join(folder, `${name}.ext`), "subjectAltName=DNS:www.example.test,IP:127.0.0.1\n");
        openssl("req", ...key, "-keyout", `${name}.key`, "-out", `${name}.csr`, "-subj", `/CN=${name}`);
        const signing = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", String(days), "-extfile", `${name}.ext`];
        openssl("x509", "-req", "-in", `${name}.csr`, "-out", `${name}.pem`, ...signing);
    }
    openssl("ec", "-aes128", "-passout", "pass:sesame", "-in", "client.key", "-out", "encrypted.key");
    const file = (name: string) => join(folder, name);
    return {
        files: {
            authority: file("ca.pem"),
            server: file("server.pem"),
            serverKey: file("server.key"),
            client: file("client.pem"),
            clientKey: file("client.key"),
            encryptedKey: file("encrypted.key"),
        },
        remove: () => rmSync(folder, { recursive: true, force: true }),
    };
}
