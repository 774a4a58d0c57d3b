import { type ChildProcess, execFile, spawn } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { Agent, createServer as createHttpServer, get } from "node:http";
import { createServer } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Destinations, kernelTable } from "./kernel-table.ts";
import { Daemon, run, until } from "./machine.ts";

/** A server that is to lose its clients while one of them still speaks with it. */
export interface DrainSeen {
    /** What the open connection answered before and after, and who answered new ones. */
    readonly held: readonly [string, string];
    readonly others: readonly string[];
    /** The servers' weights in the kernel while the connection was open, and when it was closed. */
    readonly meanwhile: Destinations;
    readonly afterwards: Destinations;
}

/** What became of a pool whose servers and weights change while it works. */
export interface ChangingPoolSeen {
    readonly drained: Readonly<Record<"byKeyword" | "byCommand", DrainSeen>>;
    readonly undone: Destinations;
    /** The weights that the kernel had one after the other; null while the server was away. */
    readonly script: readonly (number | null)[];
    readonly agent: readonly (number | null)[];
    readonly slowStart: readonly number[];
    /** The servers of a name, before and after its record changed. */
    readonly named: readonly [Destinations, Destinations];
}

/** All stands on `lo` of the first namespace: services, servers, agent and name server. */
const SERVICE = {
    keyword: "10.66.0.1",
    command: "10.66.0.2",
    script: "10.66.0.3",
    agent: "10.66.0.4",
    slow: "10.66.0.5",
    named: "10.66.0.6",
};
const SERVERS = ["10.66.1.1", "10.66.1.2"] as const;
const LATE = "10.66.1.3";
const AGENT_PORT = 7_000;
const HOST = "pool.example.test";
const [SCRIPT, STATUS, HOSTS] = ["/run/pool-script", "/run/pool-status", "/run/pool-hosts"];
const OFTEN = "delay_loop 1\n warmup 0\n retry 0\n delay_before_retry 1";

const real = (address: string, weight: number, ...lines: readonly string[]) =>
    `real_server ${address} 80 {\n weight ${weight}\n ${lines.join("\n ")}\n}`;

function service(address: string, reals: readonly string[]): string {
    return `virtual_server ${address} 80 {\n lb_algo rr\n lb_kind NAT\n protocol TCP\n ${reals.join("\n")}\n}`;
}

/** @param drained whose servers have the keyword `drain` */
function configuration(drained?: string): string {
    const [one] = SERVERS;
    const check = (kind: string, ...lines: readonly string[]) => `${kind} {\n ${[...lines, OFTEN].join("\n ")}\n}`;
    return [
        "global_defs {\n script_user root\n}",
        service(
            SERVICE.keyword,
            SERVERS.map((address) => real(address, 3, ...(address === drained ? ["drain"] : []))),
        ),
        service(
            SERVICE.command,
            SERVERS.map((address) => real(address, 3)),
        ),
        service(SERVICE.script, [real(one, 5, check("MISC_CHECK", `misc_path ${SCRIPT}`, "misc_timeout 60", "misc_dynamic"))]),
        service(SERVICE.agent, [real(one, 100, check("AGENT_CHECK", `connect_port ${AGENT_PORT}`))]),
        service(SERVICE.slow, [real(LATE, 100, "slow_start 6", "alpha", check("TCP_CHECK"))]),
        service(SERVICE.named, [`real_server ${HOST} 80 {\n weight 1\n resolve_interval 1\n}`]),
        "",
    ].join("\n");
}

/** One daemon and its servers: drained, weighed by a script and by an agent, risen slowly, called by a name that comes to mean somebody else. */
export class ChangingPool {
    readonly #program: string;
    readonly #daemon: Daemon;
    readonly #names: ChildProcess;
    #agentSays = "up";

    constructor(root: string) {
        const addresses = [...Object.values(SERVICE), ...SERVERS, LATE];
        run("ip -batch -", `${addresses.map((address) => `addr add ${address}/32 dev lo`).join("\n")}\n`);
        writeFileSync(SCRIPT, `#!/bin/sh\nread status <${STATUS}\nexit "$status"\n`);
        chmodSync(SCRIPT, 0o755);
        writeFileSync(STATUS, "0\n");
        writeFileSync(HOSTS, `${SERVERS[0]} ${HOST}\n`);
        this.#names = serveNames();
        for (const [index, address] of SERVERS.entries()) {
            serveHttp(address, String(index));
        }
        createServer((socket) => socket.end(`${this.#agentSays}\n`)).listen(AGENT_PORT, SERVERS[0]);
        this.#program = join(root, "bin/holdfast");
        this.#daemon = new Daemon({ root, kind: "holdfast", name: "pool" }, configuration());
    }

    async watch(): Promise<ChangingPoolSeen> {
        await this.#until(SERVICE.keyword, (servers) => Object.keys(servers).length === 2);
        const [[drained, undone], script, agent, slowStart, named] = await Promise.all([
            this.#drain(),
            this.#weighByScript(),
            this.#weighByAgent(),
            this.#rise(),
            this.#rename(),
        ]);
        await this.#daemon.stop();
        return { drained, undone, script, agent, slowStart, named };
    }

    async #drain(): Promise<readonly [ChangingPoolSeen["drained"], Destinations]> {
        const byCommand = await this.#watchDrain(SERVICE.command, (server) => this.#command(server));
        await this.#command(`${SERVERS[Number(byCommand.held[0])]}:80`, "--undo");
        const undone = await this.#until(SERVICE.command, (servers) => Object.keys(servers).length === 2);
        const byKeyword = await this.#watchDrain(SERVICE.keyword, (server) =>
            this.#daemon.reload(configuration(server.replace(/:80$/, ""))),
        );
        return [{ byKeyword, byCommand }, undone];
    }

    async #watchDrain(address: string, order: (server: string) => Promise<unknown>): Promise<DrainSeen> {
        const agent = new Agent({ keepAlive: true, maxSockets: 1 });
        const before = await ask(address, agent);
        const server = `${SERVERS[Number(before)]}:80`;
        await order(server);
        const meanwhile = await this.#until(address, (servers) => servers[server] === 0);
        const others = [await ask(address), await ask(address), await ask(address), await ask(address)];
        const after = await ask(address, agent);
        agent.destroy();
        const afterwards = await this.#until(address, (servers) => servers[server] === undefined);
        return { held: [before, after], others, meanwhile, afterwards };
    }

    async #command(server: string, ...words: readonly string[]): Promise<void> {
        await promisify(execFile)(this.#program, ["drain", "-p", "/run/pool.pid", `${SERVICE.command}:80`, server, ...words]);
    }

    /** Exit status 9 is weight 7, 1 is death, 0 the weight of the configuration. */
    #weighByScript(): Promise<readonly (number | null)[]> {
        const say = (status: number) => writeFileSync(STATUS, `${status}\n`);
        return this.#weigh(SERVICE.script, [
            [() => say(9), 7],
            [() => say(1), null],
            [() => say(0), 5],
        ]);
    }

    #weighByAgent(): Promise<readonly (number | null)[]> {
        const say = (line: string) => {
            this.#agentSays = line;
        };
        return this.#weigh(SERVICE.agent, [
            [() => say("50%"), 50],
            [() => say("drain"), 0],
            [() => say("maint # new disks"), null],
            [() => say("up"), 100],
        ]);
    }

    async #weigh(address: string, steps: readonly (readonly [say: () => void, wanted: number | null])[]) {
        const weights: (number | null)[] = [];
        for (const [say, wanted] of steps) {
            say();
            const servers = await this.#until(address, (found) => (found[`${SERVERS[0]}:80`] ?? null) === wanted);
            weights.push(servers[`${SERVERS[0]}:80`] ?? null);
        }
        return weights;
    }

    /** The weights of a server that comes up, each once, in their order. */
    async #rise(): Promise<readonly number[]> {
        serveHttp(LATE, "late");
        const weights: number[] = [];
        await this.#until(SERVICE.slow, ({ [`${LATE}:80`]: weight }) => {
            if (weight !== undefined && weight !== weights.at(-1)) {
                weights.push(weight);
            }
            return weight === 100;
        });
        return weights;
    }

    async #rename(): Promise<readonly [Destinations, Destinations]> {
        const before = await this.#until(SERVICE.named, (servers) => servers[`${SERVERS[0]}:80`] === 1);
        writeFileSync(HOSTS, `${SERVERS[1]} ${HOST}\n`);
        this.#names.kill("SIGHUP");
        const after = await this.#until(SERVICE.named, (servers) => servers[`${SERVERS[1]}:80`] === 1 && !servers[`${SERVERS[0]}:80`]);
        return [before, after];
    }

    #until(address: string, isSo: (servers: Destinations) => boolean): Promise<Destinations> {
        const look = () => kernelTable(process.pid)[`TCP ${address}:80`] ?? {};
        return until(
            () => `${address}: ${JSON.stringify(look())}\n${this.#daemon.log}`,
            () => {
                const servers = look();
                return isSo(servers) && servers;
            },
        );
    }
}

function serveHttp(address: string, name: string): void {
    createHttpServer({ keepAliveTimeout: 600_000 }, (_, response) => response.end(name)).listen(80, address);
}

/** A name server of which the machine knows. */
function serveNames(): ChildProcess {
    writeFileSync("/run/pool-resolv.conf", "nameserver 127.0.0.1\n");
    run("mount --bind /run/pool-resolv.conf /etc/resolv.conf");
    const words = ["--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--user=root", "--log-facility=-"];
    const own = [`--addn-hosts=${HOSTS}`, "--local=/example.test/", "--bind-interfaces", "--listen-address=127.0.0.1"];
    return spawn("dnsmasq", [...words, ...own, "--pid-file="], { stdio: "ignore" });
}

/** What a server answers; over a connection of its own unless another one is given. */
function ask(address: string, agent: Agent | false = false): Promise<string> {
    return new Promise((resolve, reject) => {
        get({ host: address, agent }, (response) => {
            let said = "";
            response.setEncoding("utf8").on("data", (text) => {
                said += text;
            });
            response.on("end", () => resolve(said));
        }).on("error", reject);
    });
}
