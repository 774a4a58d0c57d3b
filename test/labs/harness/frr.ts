import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, chownSync, closeSync, existsSync, mkdtempSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Lab } from "../../../src/app/cli/lab/lab.ts";
import { runTool } from "../../../src/app/cli/lab/run-tool.ts";
import { until } from "../../../src/app/cli/lab/until.ts";
import { LINK_LOCAL_ADDRESS, SERVICE_ADDRESS, VRID } from "./configuration.ts";

/** FRR's virtual router on one of the lab's machines. */
export interface FrrPlan {
    readonly version: 2 | 3;
    readonly family: 4 | 6;
    readonly priority: number;
    /** Seconds. */
    readonly interval: number;
}

/** FRR's zebra and vrrpd as a peer. vrrpd wants a macvlan with the virtual MAC address, made beforehand, that holds the addresses. */
export class FrrRouter {
    readonly #children: readonly ChildProcess[];

    private constructor(children: readonly ChildProcess[]) {
        this.#children = children;
    }

    /** Makes the macvlan and starts both daemons; zebra first, because vrrpd gives up without it. */
    static async start(lab: Lab, node: string, plan: FrrPlan): Promise<FrrRouter> {
        const directory = frrDirectory(lab.directory, vrrpLines(plan));
        makeMacvlan(lab, node, plan.family);
        const zebra = startFrrDaemon(lab, node, directory, "zebra");
        await until(() => existsSync(join(directory, "zebra.vty")), { what: "zebra's socket", limit: 10_000 });
        return new FrrRouter([zebra, startFrrDaemon(lab, node, directory, "vrrpd")]);
    }

    /** Kills both daemons without a farewell. */
    async killDead(): Promise<void> {
        for (const child of this.#children) {
            child.kill("SIGKILL");
        }
        await until(() => this.#children.every((child) => child.exitCode !== null || child.signalCode !== null), {
            what: "the end of FRR's daemons",
            limit: 5_000,
        });
    }
}

/** A directory for FRR's daemons, with this configuration. */
export function frrDirectory(parent: string, lines: readonly string[]): string {
    const directory = mkdtempSync(join(parent, "frr-"));
    // FRR gives up its privileges: user frr has to reach the directory and to write into it.
    chmodSync(parent, 0o711);
    const [uid = 0, gid = 0] = ["-u", "-g"].map((flag) => Number(runTool(["id", flag, "frr"])));
    chownSync(directory, uid, gid);
    writeFileSync(join(directory, "frr.conf"), `${lines.join("\n")}\n`);
    chmodSync(join(directory, "frr.conf"), 0o644);
    return directory;
}

function vrrpLines(plan: FrrPlan): readonly string[] {
    const addresses =
        plan.family === 4
            ? [` vrrp ${VRID} ip ${SERVICE_ADDRESS[4]}`]
            : [` vrrp ${VRID} ipv6 ${LINK_LOCAL_ADDRESS}`, ` vrrp ${VRID} ipv6 ${SERVICE_ADDRESS[6]}`];
    return [
        "interface eth0",
        ` vrrp ${VRID} version ${plan.version}`,
        ` vrrp ${VRID} priority ${plan.priority}`,
        ` vrrp ${VRID} advertisement-interval ${plan.interval * 1000}`,
        ...addresses,
    ];
}

function makeMacvlan(lab: Lab, node: string, family: 4 | 6): void {
    const device = `vrrp${family}-${VRID}`;
    const mac = `00:00:5e:00:0${family === 4 ? 1 : 2}:${VRID.toString(16).padStart(2, "0")}`;
    const settings = ["net/ipv4/conf/all/arp_ignore=1", "net/ipv4/conf/all/arp_announce=2"];
    const writes = settings.map((setting) => `echo ${setting.split("=")[1]} > /proc/sys/${setting.split("=")[0]}`);
    runTool(["ip", "netns", "exec", lab.network.namespace(node), "sh", "-c", writes.join(" && ")]);
    lab.network.ip(node, "link", "add", device, "link", "eth0", "address", mac, "type", "macvlan", "mode", "bridge");
    lab.network.ip(node, "link", "set", device, "addrgenmode", family === 4 ? "none" : "eui64");
    const addresses = family === 4 ? [`${SERVICE_ADDRESS[4]}/16`] : [`${SERVICE_ADDRESS[6]}/64`, `${LINK_LOCAL_ADDRESS}/64`];
    for (const address of addresses) {
        lab.network.ip(node, "address", "add", address, "dev", device, ...(family === 6 ? ["nodad"] : []));
    }
    lab.network.ip(node, "link", "set", device, "up");
}

/** Starts one of FRR's daemons on a machine, with the files of its directory. */
export function startFrrDaemon(lab: Lab, node: string, directory: string, name: "zebra" | "vrrpd" | "bfdd"): ChildProcess {
    const log = openSync(join(directory, `${name}.out`), "a");
    const socket = ["-z", join(directory, "zserv.api"), "--vty_socket", directory];
    const files = [
        "-i",
        join(directory, `${name}.pid`),
        "-f",
        join(directory, "frr.conf"),
        "--log",
        `file:${join(directory, `${name}.log`)}`,
    ];
    const command = ["netns", "exec", lab.network.namespace(node), `/usr/lib/frr/${name}`, ...socket, "-P", "0", ...files];
    const child = spawn("ip", command, { stdio: ["ignore", log, log], detached: true });
    closeSync(log);
    return child;
}
