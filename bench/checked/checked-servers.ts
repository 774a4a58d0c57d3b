import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { until } from "../../src/app/cli/lab/until.ts";

const PORT = 8_080;
const SERVERS_EACH = 10;
/** What the lab's kernels hold of one source port at a time must not be what is measured. */
const SYSCTLS = ["net.ipv4.ip_local_port_range=1024 65535"];

/** Which check is made of each server. */
export type CheckKind = "TCP" | "HTTP";

/** What came to the servers in a while. */
export interface Arrivals {
    readonly count: number;
    /** Between two that the same server saw, in milliseconds. */
    readonly spans: readonly number[];
}

/** A virtual server for each ten real ones, each of which has a check of its own. @param interval of the checks, in seconds */
export function checkedConfiguration(kind: CheckKind, servers: number, interval: number): string {
    const check =
        kind === "TCP"
            ? "TCP_CHECK {"
            : "HTTP_GET {\n            url {\n                path /\n                status_code 200\n            }";
    const services = Array.from({ length: Math.ceil(servers / SERVERS_EACH) }, (_, service) => {
        const first = service * SERVERS_EACH;
        const members = Array.from({ length: Math.min(SERVERS_EACH, servers - first) }, (_, member) => {
            const server = first + member;
            const address = `127.1.${server >> 8}.${server & 255}`;
            return `    real_server ${address} ${PORT} {\n        weight 1\n        ${check}\n            connect_timeout 3\n        }\n    }`;
        });
        const address = `10.99.${service >> 8}.${service & 255}`;
        return `virtual_server ${address} ${PORT} {\n    delay_loop ${interval}\n    lb_algo rr\n    lb_kind NAT\n    protocol TCP\n${members.join("\n")}\n}`;
    });
    return services.join("\n");
}

/** The program of many servers, made for this run. @throws Error without a C compiler */
export function compileServer(directory: string): string {
    return compile("server.c", join(directory, "server"));
}

/** What says yes to everything in place of IPVS, made for this run. @throws Error without a C compiler */
export function compileBalancer(directory: string): string {
    return compile("balancer.c", join(directory, "balancer.so"), "-shared", "-fPIC", "-ldl");
}

function compile(source: string, program: string, ...words: readonly string[]): string {
    execFileSync("cc", ["-O2", "-o", program, join(process.cwd(), "bench/checked", source), ...words], {
        stdio: ["ignore", "ignore", "inherit"],
    });
    return program;
}

/** Real servers in a network namespace, that write down when they are asked. */
export class CheckedServers {
    readonly #child: ChildProcess & { readonly stdin: Writable; readonly stdout: Readable };
    #output: string[] = [];

    constructor(namespace: string, { program, servers }: { readonly program: string; readonly servers: number }) {
        const inside = ["netns", "exec", namespace];
        execFileSync("ip", [...inside, "sysctl", "-q", "-w", ...SYSCTLS]);
        this.#child = spawn("ip", [...inside, program, String(PORT), String(servers)], { stdio: ["pipe", "pipe", "inherit"] });
        this.#child.stdout.on("data", (bytes: Buffer) => this.#output.push(bytes.toString("latin1")));
    }

    /** What came since this was asked last. */
    async arrivals(): Promise<Arrivals> {
        this.#output = [];
        this.#child.stdin.write("\n");
        await until(() => this.#output.at(-1)?.endsWith("\n\n"), { what: "the servers' answer", limit: 10_000 });
        const [count = 0, ...spans] = this.#output.join("").trimEnd().split("\n").map(Number);
        return { count, spans: spans.map((span) => span / 1_000) };
    }

    close(): void {
        this.#child.stdin.end();
    }
}
