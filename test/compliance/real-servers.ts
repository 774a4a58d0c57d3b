import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const SEARCHED = `${process.env["PATH"]}:/usr/sbin:/sbin`;

/** Whether a program is installed. */
export function isInstalled(program: string): boolean {
    try {
        execFileSync("sh", ["-c", `command -v ${program}`], { stdio: "ignore", env: { ...process.env, PATH: SEARCHED } });
        return true;
    } catch {
        return false;
    }
}

/** Servers of packages, each for one test file: they live in its network namespace and end with `stop`. */
export class RealServers {
    readonly #directory = mkdtempSync(join(tmpdir(), "holdfast-servers-"));
    readonly #processes: ChildProcess[] = [];

    /** A name server that knows `good.test` alone, and refuses all else. */
    startNameServer(port: number): void {
        const words = [
            "--keep-in-foreground",
            "--conf-file=/dev/null",
            "--pid-file=",
            "--no-resolv",
            "--no-hosts",
            "--user=root",
            "--log-facility=-",
        ];
        this.#start("dnsmasq", [
            ...words,
            "--bind-interfaces",
            "--listen-address=127.0.0.1,::1",
            `--port=${port}`,
            "--address=/good.test/192.0.2.1",
        ]);
    }

    /** OpenSMTPD. What it keeps at fixed places is laid over with empty ones that only it sees. */
    startMailServer(port: number): void {
        const file = join(this.#directory, "smtpd.conf");
        writeFileSync(
            file,
            `listen on 127.0.0.1 port ${port}\naction "drop" relay host smtp://127.0.0.1:9\nmatch from local for any action "drop"\n`,
        );
        const lay =
            "mount --make-rprivate / && mount -t tmpfs none /run && mount -t tmpfs none /var/spool && mkdir -m 711 /var/spool/smtpd";
        this.#start("unshare", ["--mount", "sh", "-c", `${lay} && exec smtpd -d -f ${file}`]);
    }

    /** etcd, which has the standard health service of gRPC, in Go's implementation. @param tls its certificate and key; absent is plain */
    startHealthService(port: number, tls?: { readonly certificate: string; readonly key: string }): ChildProcess {
        const url = (at: number) => `${tls === undefined || at !== port ? "http" : "https"}://127.0.0.1:${at}`;
        const secure = tls === undefined ? [] : [`--cert-file=${tls.certificate}`, `--key-file=${tls.key}`];
        return this.#start("etcd", [
            `--data-dir=${join(this.#directory, `etcd-${port}`)}`,
            `--listen-client-urls=${url(port)}`,
            `--advertise-client-urls=${url(port)}`,
            `--listen-peer-urls=${url(port + 1)}`,
            ...secure,
        ]);
    }

    stop(): void {
        for (const child of this.#processes.splice(0)) {
            child.kill("SIGTERM");
        }
        rmSync(this.#directory, { recursive: true, force: true });
    }

    #start(program: string, words: readonly string[]): ChildProcess {
        const child = spawn(program, words, { stdio: "ignore", env: { ...process.env, PATH: SEARCHED } });
        this.#processes.push(child);
        return child;
    }
}
