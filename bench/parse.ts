import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { benchOptions } from "./harness/options.ts";
import { median, quantile } from "./harness/summary.ts";

/*
 * Checking a large configuration: `holdfast check` against `keepalived -t`, in turn, each a whole process from start to exit. Keepalived
 * drops a vrrp_instance whose interface is missing, so both run in a namespace that has the interfaces.
 */

const PER_INTERFACE = 250;

const { numbers: options } = benchOptions({ rounds: 7, services: 40_000, instances: 8_000 });
const program = join(process.cwd(), "bin/holdfast");
const namespace = `cfgbench${process.pid}`;
const folder = mkdtempSync(join(tmpdir(), "holdfast-parse-"));

if (!existsSync(program)) {
    console.error("bin/holdfast is not there: run `make build` first");
    process.exit(1);
}
try {
    makeNamespace(Math.ceil(options.instances / PER_INTERFACE));
    console.log("case                            holdfast ms (min–max)     keepalived ms (min–max)   ratio");
    compare(`${options.services} virtual servers`, virtualServers(options.services));
    compare(`${options.instances} vrrp_instances`, instances(options.instances));
} finally {
    spawnSync("ip", ["netns", "del", namespace]);
    rmSync(folder, { recursive: true });
}

function compare(name: string, text: string): void {
    const file = join(folder, "keepalived.conf");
    writeFileSync(file, text);
    const commands = { ours: [program, "check", file], theirs: ["keepalived", "-t", "-f", file] };
    const times = { ours: [] as number[], theirs: [] as number[] };
    for (let round = 0; round <= options.rounds; round++) {
        for (const who of ["ours", "theirs"] as const) {
            const time = duration(commands[who]);
            // The first of each warms the file cache.
            if (round > 0) {
                times[who].push(time);
            }
        }
    }
    const ratio = median(times.ours) / median(times.theirs);
    console.log(`${name.padEnd(32)}${cell(times.ours).padEnd(26)}${cell(times.theirs).padEnd(26)}${ratio.toFixed(2)}`);
}

function cell(times: readonly number[]): string {
    return `${median(times).toFixed(0)} (${quantile(times, 0).toFixed(0)}–${quantile(times, 1).toFixed(0)})`;
}

/** Wall time of a process that must find nothing wrong, in milliseconds. */
function duration(command: readonly string[]): number {
    const start = performance.now();
    const { status, stdout, stderr } = spawnSync("ip", ["netns", "exec", namespace, ...command], { encoding: "utf8", maxBuffer: 1 << 28 });
    const time = performance.now() - start;
    if (status !== 0) {
        throw new Error(`${command.join(" ")} ended with ${status}: ${(stdout + stderr).slice(0, 2000)}`);
    }
    return time;
}

function makeNamespace(pairs: number): void {
    run("ip", "netns", "add", namespace);
    const batch = Array.from({ length: pairs }, (_, index) =>
        [
            `link add v${index} type veth peer name w${index}`,
            `addr add 192.168.${index}.1/24 dev v${index}`,
            `link set v${index} up`,
            `link set w${index} up`,
        ].join("\n"),
    );
    const { status, stderr } = spawnSync("ip", ["-n", namespace, "-batch", "-"], { input: `${batch.join("\n")}\n`, encoding: "utf8" });
    if (status !== 0) {
        throw new Error(stderr);
    }
}

function run(...command: readonly string[]): void {
    const { status, stderr } = spawnSync(command[0] as string, command.slice(1), { encoding: "utf8" });
    if (status !== 0) {
        throw new Error(stderr);
    }
}

function virtualServers(count: number): string {
    return Array.from({ length: count }, (_, index) => {
        const realServers = [1, 2].map(
            (host) => `    real_server 192.168.${index % 250}.${host} 80 {
        weight 1
        TCP_CHECK {
            connect_timeout 3
        }
    }
`,
        );
        return `virtual_server 10.${index >> 16}.${(index >> 8) & 255}.${index & 255} 80 {
    delay_loop 6
    lb_algo rr
    lb_kind NAT
    protocol TCP
${realServers.join("")}}
`;
    }).join("");
}

function instances(count: number): string {
    return Array.from(
        { length: count },
        (_, index) => `vrrp_instance VI_${index} {
    state BACKUP
    interface v${Math.floor(index / PER_INTERFACE)}
    virtual_router_id ${(index % PER_INTERFACE) + 1}
    priority 100
    advert_int 1
    virtual_ipaddress {
        10.${index >> 8}.${index & 255}.1/24
    }
}
`,
    ).join("");
}
