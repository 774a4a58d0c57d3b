import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { Lab } from "../../../src/app/cli/lab/lab.ts";
import { runTool } from "../../../src/app/cli/lab/run-tool.ts";
import { until } from "../../../src/app/cli/lab/until.ts";
import { programOf } from "../harness/daemon-kind.ts";

/** How often each server answered; errors by their codes. */
export type Answers = Readonly<Record<string, number>>;

/** A server of the lab. */
export type ServerName = "one" | "two" | "sorry";

/** Addresses that clients ask for: behind the first segment servers are translated to, on the second one they answer themselves. */
export const VIRTUAL = {
    nat4: "10.77.0.100",
    nat4Second: "10.77.0.101",
    nat6: "fd77::100",
    direct4: "10.78.0.100",
    direct4Second: "10.78.0.101",
    direct6: "fd78::100",
} as const;

/** Addresses of servers, as the director sees them. */
export const REAL = {
    4: { one: "10.78.0.3", two: "10.78.0.4", sorry: "10.78.0.5" },
    6: { one: "fd78::3", two: "fd78::4", sorry: "fd78::5" },
} as const;

/** HTTP on port 80 and UDP on port 53, which answer with the server's name and say when they are ready. */
const SERVER = `const name = process.argv[1];
require("http").createServer({ keepAliveTimeout: 600000 }, (q, r) => r.end(name)).listen(80, "::", () => {
    const u = require("dgram").createSocket("udp6");
    u.on("message", (m, f) => u.send(name, f.port, f.address));
    u.bind(53, "::", () => console.log("ready"));
});`;

/** Requests, ten at a time, each over a connection of its own from an address of its own where one is given; says what came back. */
const CLIENT = `const { host, port, count, from, udp } = JSON.parse(process.argv[1]);
const seen = {}; let left = count, open = 0;
const done = (answer) => { seen[answer] = (seen[answer] ?? 0) + 1; open--; next(); };
const http = () => require("http").get({ host, port, agent: false, timeout: 20000, localAddress: from[left % from.length] }, (r) => {
    let body = ""; r.on("data", (d) => body += d); r.on("end", () => done(body)); }).on("error", (e) => done(e.code)).on("timeout", function () { this.destroy(); });
const datagram = () => { const u = require("dgram").createSocket(host.includes(":") ? "udp6" : "udp4");
    const give = (answer) => { clearTimeout(timer); u.close(); done(answer); };
    const timer = setTimeout(() => give("silence"), 20000);
    u.on("message", (m) => give(String(m))); u.on("error", (e) => give(e.code)); u.send("who", port, host); };
const next = () => { if (left > 0) { left--; open++; udp ? datagram() : http(); } else if (open === 0) console.log(JSON.stringify(seen)); };
for (let lane = Math.min(10, count); lane > 0; lane--) next();`;

/** What a client asks. */
export interface Question {
    readonly host: string;
    readonly port?: number;
    readonly count: number;
    /** The client's own addresses, in turn. */
    readonly from?: readonly string[];
    readonly udp?: true;
    /** Who asks. */
    readonly node?: "client" | "director";
}

/** A client, a director and three servers. */
export class BalanceNetwork {
    readonly lab: Lab;
    readonly #servers = new Map<ServerName, ChildProcess>();

    constructor() {
        this.lab = Lab.open({
            nodes: ["client", "director", "one", "two", "sorry"].map((name) => ({ name })),
            interfaces: ["eth0", "eth1"],
        });
        const { network } = this.lab;
        for (const address of [VIRTUAL.nat4, VIRTUAL.nat4Second, VIRTUAL.nat6]) {
            network.ip("director", "address", "add", address, "dev", "eth0");
        }
        for (const address of [VIRTUAL.direct4, VIRTUAL.direct4Second, VIRTUAL.direct6]) {
            // Not to be spoken from: the servers have it as well.
            network.ip("director", "address", "add", address, "dev", "eth1", "preferred_lft", "0");
        }
        this.run("director", "sysctl", "-qw", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1");
        for (const name of ["one", "two", "sorry"]) {
            network.ip(name, "link", "set", "eth0", "down");
            network.ip(name, "route", "add", "default", "via", "10.78.0.2");
            network.ip(name, "-6", "route", "add", "default", "via", "fd78::2");
        }
    }

    /** Runs a program on a machine and answers with what it printed. */
    run(node: string, ...command: readonly string[]): string {
        return runTool(["ip", "netns", "exec", this.lab.network.namespace(node), ...command]);
    }

    /** Lets servers take packets to the virtual addresses of the second segment without telling anybody. */
    prepareDirect(...names: readonly ServerName[]): void {
        const addresses = [VIRTUAL.direct4, VIRTUAL.direct4Second, VIRTUAL.direct6];
        for (const name of names) {
            const state = join(this.lab.directory, `realserver-${name}`);
            this.run(name, ...programOf("holdfast"), "realserver", "add", ...addresses, "--state", state);
        }
    }

    /** Has servers answer. */
    async serve(...names: readonly ServerName[]): Promise<void> {
        await Promise.all(
            names.map(async (name) => {
                const command = ["netns", "exec", this.lab.network.namespace(name), process.execPath, "-e", SERVER, name];
                const child = spawn("ip", command, { stdio: ["ignore", "pipe", "inherit"] });
                this.#servers.set(name, child);
                await once(child.stdout, "data");
            }),
        );
    }

    /** A server dies. */
    async kill(name: ServerName): Promise<void> {
        const child = this.#servers.get(name);
        if (child !== undefined) {
            const gone = once(child, "exit");
            child.kill("SIGKILL");
            await gone;
        }
    }

    /** Asks, and counts who answers. */
    ask({ node = "client", port = 80, from = [], ...question }: Question): Answers {
        const own = from.length === 0 ? [undefined] : from;
        return JSON.parse(this.run(node, process.execPath, "-e", CLIENT, JSON.stringify({ ...question, port, from: own })));
    }

    /** A connection that stays open: each call of the answer asks once more over it. */
    async open(host: string, port = 80): Promise<{ readonly ask: () => Promise<string>; readonly close: () => void }> {
        const program = `const h=require("http");const agent=new h.Agent({keepAlive:true,maxSockets:1});
            process.stdin.on("data",()=>h.get({host:"${host}",port:${port},agent,timeout:30000},(r)=>{let b="";const p=r.socket.localPort;
            r.on("data",(d)=>b+=d);r.on("end",()=>console.log(b+" "+p))}).on("error",(e)=>console.log(e.code)))`;
        const command = ["netns", "exec", this.lab.network.namespace("client"), process.execPath, "-e", program];
        const child = spawn("ip", command, { stdio: ["pipe", "pipe", "inherit"] });
        const ask = async (): Promise<string> => {
            const answer = Promise.race([once(child.stdout, "data"), once(child, "exit")]);
            child.stdin.write("again\n");
            return String((await answer)[0]).trim();
        };
        return { ask, close: () => child.kill("SIGKILL") };
    }

    /** Until clients are answered by just these. */
    async untilAnswered(question: Question, names: readonly string[], limit = 60_000): Promise<void> {
        const wanted = [...names].sort().join();
        let seen = "";
        await until(
            () => {
                seen = Object.keys(this.ask(question)).sort().join();
                return seen === wanted;
            },
            { what: `answers from ${wanted}`, limit },
        );
    }

    close(): void {
        for (const child of this.#servers.values()) {
            child.kill("SIGKILL");
        }
        this.lab.close();
    }
}
