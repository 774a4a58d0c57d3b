import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { closeSync, existsSync, mkdtempSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Lab } from "../../../src/app/cli/lab/lab.ts";
import { until } from "../../../src/app/cli/lab/until.ts";
import type { DaemonKind } from "./daemon-kind.ts";
import { programOf } from "./daemon-kind.ts";
import { frrDirectory, startFrrDaemon } from "./frr.ts";

/** One session as a lab configures it on either end. */
export interface BfdPlan {
    readonly neighbor: string;
    readonly source: string;
    /** Milliseconds. */
    readonly interval: number;
    readonly multiplier: number;
    /** BIRD: milliseconds between its packets while the session is not up; as fast as ever if not said. */
    readonly idle?: number;
    /** How many routers may stand between, -1 for any number; absent for none. */
    readonly hops?: number;
    /** BIRD: how packets are authenticated. The key is `secret`, number 1. */
    readonly authentication?: keyof typeof AUTHENTICATIONS;
}

/** Types of authentication, as we and as BIRD call them. */
export const AUTHENTICATIONS = {
    simple: "simple",
    md5: "keyed md5",
    "meticulous-md5": "meticulous keyed md5",
    sha1: "keyed sha1",
    "meticulous-sha1": "meticulous keyed sha1",
} as const;

/** The other end of a session: any implementation. */
export interface BfdNeighbor {
    /** Whether it says that the session is up. */
    isUp(): boolean;
    /** Kills it without a farewell. */
    killDead(): Promise<void>;
}

/** Who can be the other end, and what has to be installed for it. */
export const NEIGHBORS = { keepalived: "keepalived", frr: "/usr/lib/frr/bfdd", bird: "bird" } as const;

/** The name of one of them. */
export type NeighborKind = keyof typeof NEIGHBORS;

/** A `bfd_instance` block. Hop limit 255 is RFC 5881's, which FRR and BIRD insist on. @param lines further statements */
export function bfdInstance(name: string, plan: BfdPlan, ...lines: readonly string[]): string {
    const statements = [
        `neighbor_ip ${plan.neighbor}`,
        `source_ip ${plan.source}`,
        `min_rx ${plan.interval}`,
        `min_tx ${plan.interval}`,
        `multiplier ${plan.multiplier}`,
        "ttl 255",
        ...(plan.hops === undefined ? [] : ["multihop", `max_hops ${plan.hops}`]),
        ...(plan.authentication === undefined ? [] : [`authentication ${plan.authentication} 1 secret`]),
        ...lines,
    ];
    return [`bfd_instance ${name} {`, ...statements.map((line) => `    ${line}`), "}", ""].join("\n");
}

/** Starts one on a machine of the lab. */
export async function startNeighbor(lab: Lab, node: string, kind: NeighborKind, plan: BfdPlan): Promise<BfdNeighbor> {
    switch (kind) {
        case "keepalived":
            return startKeepalived(lab, node, kind, plan);
        case "frr":
            return startFrr(lab, node, plan);
        case "bird":
            return startBird(lab, node, plan);
    }
}

function startKeepalived(lab: Lab, node: string, kind: DaemonKind, plan: BfdPlan): BfdNeighbor {
    const daemon = lab.start(node, { program: programOf(kind), configuration: bfdInstance("b1", plan), flags: [], isQuiet: true });
    return {
        isUp: () => daemon.log().lastIndexOf("Entering Up state") > daemon.log().lastIndexOf("Entering Down state"),
        killDead: () => daemon.killDead(),
    };
}

async function startFrr(lab: Lab, node: string, plan: BfdPlan): Promise<BfdNeighbor> {
    const timing = [`receive-interval ${plan.interval}`, `transmit-interval ${plan.interval}`, `detect-multiplier ${plan.multiplier}`];
    const where = plan.hops !== undefined ? `multihop local-address ${plan.source}` : `local-address ${plan.source} interface eth0`;
    const peer = ` peer ${plan.neighbor} ${where}`;
    const directory = frrDirectory(lab.directory, ["bfd", peer, ...timing.map((line) => `  ${line}`), "  no shutdown", " !", "!"]);
    const zebra = startFrrDaemon(lab, node, directory, "zebra");
    await until(() => existsSync(join(directory, "zebra.vty")), { what: "zebra's socket", limit: 10_000 });
    const bfdd = startFrrDaemon(lab, node, directory, "bfdd");
    return {
        isUp: () => ask("vtysh", ["--vty_socket", directory, "-d", "bfdd", "-c", "show bfd peers json"]).includes('"status":"up"'),
        killDead: () => killAll([zebra, bfdd]),
    };
}

async function startBird(lab: Lab, node: string, plan: BfdPlan): Promise<BfdNeighbor> {
    const directory = mkdtempSync(join(lab.directory, "bird-"));
    const [file, socket] = [join(directory, "bird.conf"), join(directory, "bird.ctl")];
    const lines = ["router id 10.77.0.2;", "protocol device {}", birdProtocol(plan), ""];
    writeFileSync(file, lines.join("\n"));
    const log = openSync(join(directory, "bird.out"), "a");
    const command = [
        "netns",
        "exec",
        lab.network.namespace(node),
        "bird",
        "-f",
        "-c",
        file,
        "-s",
        socket,
        "-P",
        join(directory, "bird.pid"),
    ];
    const bird = spawn("ip", command, { stdio: ["ignore", log, log], detached: true });
    closeSync(log);
    await until(() => existsSync(socket), { what: "bird's socket", limit: 10_000 });
    return {
        isUp: () => /\bUp\b/.test(ask("birdc", ["-s", socket, "show", "bfd", "sessions"])),
        killDead: () => killAll([bird]),
    };
}

function birdProtocol({ neighbor, source, interval, multiplier, hops, ...plan }: BfdPlan): string {
    const { idle = interval, authentication } = plan;
    const rates = `min rx interval ${interval} ms; min tx interval ${interval} ms; idle tx interval ${idle} ms; multiplier ${multiplier};`;
    const proof = authentication === undefined ? "" : `authentication ${AUTHENTICATIONS[authentication]}; password "secret" { id 1; };`;
    const [scope, path] =
        hops !== undefined ? ["multihop", `local ${source} multihop on`] : [`interface "eth0"`, `dev "eth0" local ${source}`];
    return `protocol bfd { ${scope} { ${rates} ${proof} }; neighbor ${neighbor} ${path}; }`;
}

function ask(program: string, words: readonly string[]): string {
    return spawnSync(program, words, { encoding: "utf8" }).stdout ?? "";
}

async function killAll(children: readonly ChildProcess[]): Promise<void> {
    for (const child of children) {
        child.kill("SIGKILL");
    }
    const areGone = () => children.every((child) => child.exitCode !== null || child.signalCode !== null);
    await until(areGone, { what: "the end of the neighbour", limit: 5_000 });
}
