import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { formatMac, type Mac } from "../../src/core/base/mac.ts";
import type { Link } from "../../src/core/vrrp/events.ts";
import type { NativeAddon } from "../../src/io/native/addon.ts";

/** One end: a network namespace with `v0` in it. */
export interface VethEnd {
    readonly namespace: string;
    readonly mac: Mac;
    readonly ipv4: string;
    readonly ipv6: string;
}

/** Two network namespaces and a cable between them, for tests on a real kernel. */
export class VethPair {
    readonly a: VethEnd;
    readonly b: VethEnd;
    readonly #system: NativeAddon;
    readonly #folder = mkdtempSync(join(tmpdir(), "holdfast-veth-"));

    constructor(system: NativeAddon, name: string) {
        this.#system = system;
        const [a, b] = ["a", "b"].map((end, index) => ({
            namespace: `${name}-${process.pid}-${end}`,
            mac: Uint8Array.of(2, 0, 0, 0, 0, 10 + index),
            ipv4: `192.0.2.${index + 1}`,
            ipv6: `fe80::${index + 1}`,
        })) as [VethEnd, VethEnd];
        [this.a, this.b] = [a, b];
        for (const end of [a, b]) {
            ip("netns", "add", end.namespace);
        }
        this.plugIn();
    }

    /** Makes the cable, with fresh interfaces at both ends. */
    plugIn(): void {
        const { a, b } = this;
        ip("-n", a.namespace, "link", "add", "v0", "type", "veth", "peer", "name", "v0", "netns", b.namespace);
        for (const end of [a, b]) {
            ip("-n", end.namespace, "link", "set", "v0", "address", formatMac(end.mac), "addrgenmode", "none", "up");
            ip("-n", end.namespace, "addr", "add", `${end.ipv4}/24`, "dev", "v0");
            ip("-n", end.namespace, "addr", "add", `${end.ipv6}/64`, "dev", "v0", "nodad");
        }
        for (const end of [a, b]) {
            waitForCarrier(end);
        }
    }

    /** Takes the cable away, and the interfaces with it. */
    unplug(): void {
        ip("-n", this.a.namespace, "link", "del", "v0");
    }

    /** Runs something at one end; sockets that it opens stay there. It must not await anything. */
    at<Value>(end: VethEnd, run: () => Value): Value {
        const home = openSync("/proc/thread-self/ns/net", "r");
        const there = openSync(`/run/netns/${end.namespace}`, "r");
        this.#enter(there);
        try {
            return run();
        } finally {
            this.#enter(home);
            closeSync(home);
            closeSync(there);
        }
    }

    /** What a link port would know of `v0`. */
    link(end: VethEnd): Link {
        const index = this.at(end, () => this.#system.ifNameToIndex("v0"));
        const flags = { isUp: true, isRunning: true, isMulticast: true, isLoopback: false, isNoArp: false };
        return { index, name: "v0", mtu: 1500, mac: end.mac, ...flags };
    }

    /** Records what passes `v0` until the returned function is called, which gives tshark's fields of each frame. */
    async record(end: VethEnd): Promise<(fields: readonly string[], only?: string) => Promise<string[][]>> {
        const file = join(this.#folder, "frames.pcap");
        const dump = ["netns", "exec", end.namespace, "tcpdump", "-Z", "root", "-i", "v0", "--immediate-mode", "-U", "-w", file];
        const tcpdump = spawn("ip", dump, { stdio: ["ignore", "ignore", "pipe"] });
        await once(tcpdump.stderr, "data");
        return async (fields, only = "") => {
            await sleep(200);
            tcpdump.kill();
            await once(tcpdump, "exit");
            const decode = [
                "-r",
                file,
                "-o",
                "ip.check_checksum:TRUE",
                "-T",
                "fields",
                "-Y",
                only,
                ...fields.flatMap((field) => ["-e", field]),
            ];
            const lines = execFileSync("tshark", decode, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"], maxBuffer: 1 << 26 });
            return lines
                .split("\n")
                .filter((line) => line !== "")
                .map((line) => line.split("\t"));
        };
    }

    remove(): void {
        for (const end of [this.a, this.b]) {
            ip("netns", "del", end.namespace);
        }
        rmSync(this.#folder, { recursive: true });
    }

    #enter(namespace: number): void {
        const result = this.#system.setns(namespace, this.#system.constants.CLONE_NEWNET);
        if (result < 0) {
            throw new Error(`setns: ${result}`);
        }
    }
}

/** The kernel follows up on a carrier in its own time, on a busy machine up to a second later; what is sent before is lost without a word. */
function waitForCarrier({ namespace }: VethEnd): void {
    const end = Date.now() + 10_000;
    while (!ip("-n", namespace, "-o", "link", "show", "v0").includes(" state UP ")) {
        if (Date.now() > end) {
            throw new Error(`not within ten seconds: a carrier in ${namespace}`);
        }
    }
}

/** The `ip` command. */
export function ip(...args: readonly string[]): string {
    return execFileSync("ip", args, { encoding: "utf8" });
}

/** Waits until it is true, two seconds at most. */
export async function until(isTrue: () => boolean, what: string): Promise<void> {
    const end = Date.now() + 2_000;
    while (!isTrue()) {
        if (Date.now() > end) {
            throw new Error(`not within two seconds: ${what}`);
        }
        await sleep(2);
    }
}
