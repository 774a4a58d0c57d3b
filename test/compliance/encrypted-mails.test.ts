import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { RunnerProcess } from "../../src/app/runner/runner-process.ts";
import { seconds } from "../../src/core/base/instant.ts";
import type { MailSettings } from "../../src/core/supervise/runner-settings.ts";
import { startHeardRunner } from "./heard-runner.ts";
import { until } from "./own-namespace.ts";

const NOTICE = { type: "mail", subject: "[lb1] VRRP Instance VI_1 - Entering MASTER state", body: "=> told <=" } as const;

/** A mail as the relay got it. */
interface Taken {
    readonly user: string | undefined;
    readonly isEncrypted: boolean;
    readonly text: string;
}

/** Given a relay with a certificate and an account, when alerts are mailed, then the password and the mail go to that relay and nobody else. */
describe("alert mails to a relay that wants to know who we are", () => {
    let folder: string;
    let runner: RunnerProcess;
    let relay: SMTPServer;
    let taken: Taken[];
    const log: string[] = [];
    const done: number[] = [];

    beforeAll(() => {
        folder = mkdtempSync(join(tmpdir(), "encrypted-mails-"));
        makeCertificate("relay");
        writeFileSync(join(folder, "password"), "s3cret\n", { mode: 0o600 });
    });

    /** A key and a certificate that proves itself, in files of that name and here. */
    function makeCertificate(name: string): readonly [Buffer, Buffer] {
        const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"];
        const files = ["-keyout", `${name}.key`, "-out", `${name}.pem`];
        const made = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", ...files, ...subject];
        execFileSync("openssl", made, { cwd: folder, stdio: "ignore" });
        return [readFileSync(join(folder, `${name}.key`)), readFileSync(join(folder, `${name}.pem`))];
    }

    afterAll(() => {
        rmSync(folder, { recursive: true });
    });

    beforeEach(() => {
        taken = [];
        runner = startHeardRunner({ log, done });
    });

    afterEach(async () => {
        await new Promise<void>((resolve) => runner.stop(resolve));
        await new Promise<void>((resolve) => relay.close(resolve));
    });

    async function open(options: SMTPServerOptions = {}): Promise<number> {
        relay = new SMTPServer({
            key: readFileSync(join(folder, "relay.key")),
            cert: readFileSync(join(folder, "relay.pem")),
            logger: false,
            disableReverseLookup: true,
            onAuth: ({ username, password }, _session, callback) => {
                const isKnown = username === "lb1" && password === "s3cret";
                callback(isKnown ? null : new Error("Invalid username or password"), { user: username });
            },
            onData: (stream, session, callback) => {
                const pieces: Buffer[] = [];
                stream.on("data", (piece: Buffer) => pieces.push(piece));
                stream.on("end", () => {
                    taken.push({ user: session.user, isEncrypted: session.secure, text: Buffer.concat(pieces).toString() });
                    callback();
                });
            },
            ...options,
        });
        relay.on("error", () => undefined);
        await new Promise<void>((resolve) => relay.listen(0, "127.0.0.1", resolve));
        return (relay.server.address() as AddressInfo).port;
    }

    async function send(port: number, settings: Partial<MailSettings>): Promise<void> {
        const mail: MailSettings = {
            host: "127.0.0.1",
            port,
            heloName: "lb1.example",
            from: "keepalived@lb1.example",
            recipients: ["ops@example.net"],
            connectTimeout: seconds(5),
            encryption: "starttls",
            authorities: join(folder, "relay.pem"),
            ...settings,
        };
        runner.configure({ scripts: [], pipes: [], scheduling: {}, mail }, []);
        runner.tell(1, NOTICE);
        await until(() => done.length + log.length > 0, 20_000);
    }

    const login = (passwordFile: string) => ({ login: { user: "lb1", passwordFile } });

    it.each<["starttls" | "tls", SMTPServerOptions]>([
        ["starttls", {}],
        ["tls", { secure: true }],
    ])("%s: log in once the certificate is proven", async (encryption, options) => {
        await send(await open(options), { encryption, ...login(join(folder, "password")) });
        expect(log).toEqual([]);
        expect(taken).toEqual([{ user: "lb1", isEncrypted: true, text: expect.stringContaining(`Subject: ${NOTICE.subject}`) as string }]);
    });

    it("say nothing, the password least of all, to a relay that does not offer STARTTLS", async () => {
        await send(await open({ disabledCommands: ["STARTTLS"], allowInsecureAuth: true }), login(join(folder, "password")));
        expect(taken).toEqual([]);
        expect(log[0]).toMatch(/^Alert mail .* not sent: .*STARTTLS/);
    });

    it("say nothing to a relay with a certificate of somebody else", async () => {
        const [key, cert] = makeCertificate("other");
        await send(await open({ key, cert }), {});
        expect(taken).toEqual([]);
        expect(log[0]).toMatch(/self-signed certificate/);
    });

    it("are given up when the password is wrong", async () => {
        writeFileSync(join(folder, "wrong"), "guess\n", { mode: 0o600 });
        await send(await open(), login(join(folder, "wrong")));
        expect(log[0]).toMatch(/^Alert mail ".*" is not sent: .*Invalid username or password/);
        expect(log.join()).not.toContain("guess");
    });

    // Given a password that has been changed at the relay, and in its file since the last mail. When the next one is sent. Then it goes with the new password.
    it("go with the password that the file holds when they are sent", async () => {
        const file = join(folder, "rotated");
        writeFileSync(file, "former\n", { mode: 0o600 });
        const port = await open();
        await send(port, login(file));
        writeFileSync(file, "s3cret\n");
        log.length = 0;
        done.length = 0;
        await send(port, login(file));
        expect(log).toEqual([]);
        expect(taken).toHaveLength(1);
    });

    it("wait while the file with the password cannot be read", async () => {
        await send(await open(), login(join(folder, "none")));
        expect(log[0]).toContain("cannot read the password");
        expect(done).toEqual([]);
    });
});
