import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Daemon, run, table, until } from "./machine.ts";

/** How often each server answered. */
export type Answers = Readonly<Record<string, number>>;

/** What happened to a client's requests. */
export interface TrafficSeen {
    readonly weighted: Answers;
    readonly direct: Answers;
    readonly oneDead: Answers;
    /** Seconds from the server's death until the kernel does not know it any more, and from its return until it does again. */
    readonly leftAfter: number;
    readonly returnedAfter: number;
    readonly sorry: Answers;
    readonly returned: Answers;
    /** What a connection answered that was opened before a reload, and used again after it. */
    readonly openConnection: readonly string[];
    /** The connections that the kernel has counted, before and after the reload. */
    readonly countedConnections: readonly [number, number];
    /** Whether the dead server came back for a moment, or the living one left, while the checkers process was replaced. */
    readonly blinked: boolean;
    readonly log: string;
}

const NAT = "10.8.0.1";
const DIRECT = "10.9.0.100";
/** At least as long as a check takes to notice, with room for a slow machine. */
const LIMIT = 30_000;

/** A client, a director (this namespace itself) and three servers, each in a namespace of its own. */
function buildNetwork(): void {
    const commands = [
        "ip link add br0 type bridge",
        "ip link set br0 up",
        "ip addr add 10.9.0.1/24 dev br0",
        `ip addr add ${DIRECT}/32 dev br0`,
        "ip netns add client",
        "ip link add c0 type veth peer name eth0 netns client",
        "ip link set c0 up",
        `ip addr add ${NAT}/24 dev c0`,
        "ip -n client link set eth0 up",
        "ip -n client addr add 10.8.0.2/24 dev eth0",
        "ip link add c1 type veth peer name eth1 netns client",
        "ip link set c1 master br0 up",
        "ip -n client link set eth1 up",
        "ip -n client addr add 10.9.0.50/24 dev eth1",
        ...["one", "two", "sorry"].flatMap((name, index) => [
            `ip netns add ${name}`,
            `ip link add s${index} type veth peer name eth0 netns ${name}`,
            `ip link set s${index} master br0 up`,
            `ip netns exec ${name} sysctl -qw net.ipv4.conf.all.arp_ignore=1 net.ipv4.conf.all.arp_announce=2`,
            `ip -n ${name} link set lo up`,
            `ip -n ${name} link set eth0 up`,
            `ip -n ${name} addr add 10.9.0.1${index + 1}/24 dev eth0`,
            `ip -n ${name} addr add ${DIRECT}/32 dev lo`,
            `ip -n ${name} route add default via 10.9.0.1`,
        ]),
        "sysctl -qw net.ipv4.ip_forward=1",
    ];
    for (const command of commands) {
        run(command);
    }
}

class Server {
    readonly #child: ChildProcess;

    constructor(name: string) {
        const program = `require("http").createServer((q, r) => r.end("${name}")).listen(80)`;
        this.#child = spawn("ip", ["netns", "exec", name, process.execPath, "-e", program], { stdio: "ignore" });
    }

    static async start(name: string, address: string): Promise<Server> {
        const server = new Server(name);
        await until(`${name} serves`, () => ask(address, 1, "two")[name] === 1 || ask(address, 1, "one")[name] === 1, LIMIT);
        return server;
    }

    async kill(): Promise<void> {
        const gone = new Promise((resolve) => this.#child.once("exit", resolve));
        this.#child.kill("SIGKILL");
        await gone;
    }
}

/** So many requests, each over a connection of its own. */
function ask(address: string, count: number, namespace = "client"): Answers {
    const program = `const h=require("http");const o={};let n=${count};const next=()=>{if(n--===0){console.log(JSON.stringify(o));return}
        const done=(k)=>{o[k]=(o[k]??0)+1;next()};
        h.get({host:"${address}",agent:false,timeout:3000},(r)=>{let b="";r.on("data",(d)=>b+=d);r.on("end",()=>done(b))}).on("error",(e)=>done(e.code))};next()`;
    const { stdout } = spawnSync("ip", ["netns", "exec", namespace, process.execPath, "-e", program], { encoding: "utf8" });
    return JSON.parse(stdout);
}

function configuration(firstWeight: number): string {
    const check = "TCP_CHECK {\n connect_timeout 2\n retry 1\n delay_before_retry 1\n warmup 1\n }";
    const real = (address: string, weight: number) => `real_server ${address} 80 {\n weight ${weight}\n ${check}\n }`;
    const servers = (first: number) => `${real("10.9.0.11", first)}\n${real("10.9.0.12", 1)}`;
    const common = "delay_loop 1\nprotocol TCP";
    return [
        "global_defs {\n router_id lab\n }",
        `virtual_server ${NAT} 80 {\n${common}\nlb_algo wrr\nlb_kind NAT\nsorry_server 10.9.0.13 80\n${servers(firstWeight)}\n}`,
        `virtual_server ${DIRECT} 80 {\n${common}\nlb_algo rr\nlb_kind DR\n${servers(1)}\n}`,
    ].join("\n");
}

/** Requests through the kernel, while servers die and return, settings change and the checkers process is killed. */
export async function watchTraffic(root: string): Promise<TrafficSeen> {
    buildNetwork();
    const servers = {
        one: await Server.start("one", "10.9.0.11"),
        two: await Server.start("two", "10.9.0.12"),
        sorry: await Server.start("sorry", "10.9.0.13"),
    };
    const daemon = new Daemon(join(root, "bin/holdfast"), "traffic", configuration(3));
    await daemon.said("Startup complete");
    await until("both servers", () => knows("10.9.0.11") && knows("10.9.0.12"));
    const weighted = ask(NAT, 200);
    const direct = ask(DIRECT, 100);
    const kept = await keepOpen(daemon);
    const died = performance.now();
    await servers.one.kill();
    await until("the dead server leaves", () => !knows("10.9.0.11"), LIMIT);
    const leftAfter = (performance.now() - died) / 1_000;
    const oneDead = ask(NAT, 10);
    const blinked = await replaceCheckers();
    await servers.two.kill();
    await until("the sorry server takes over", () => knows("10.9.0.13"), LIMIT);
    const sorry = ask(NAT, 5);
    servers.one = await Server.start("one", "10.9.0.11");
    const back = performance.now();
    await until("the server returns", () => knows("10.9.0.11") && !knows("10.9.0.13"), LIMIT);
    const returnedAfter = (performance.now() - back) / 1_000;
    const returned = ask(NAT, 10);
    await daemon.stop();
    await Promise.all([servers.one.kill(), servers.sorry.kill()]);
    return { weighted, direct, oneDead, leftAfter, returnedAfter, sorry, returned, blinked, log: daemon.log, ...kept };
}

function knows(address: string): boolean {
    return table().includes(`${address}:80`);
}

function counted(): number {
    const line = run("ipvsadm -Ln --stats")
        .split("\n")
        .find((one) => one.includes(`${NAT}:80`));
    return Number(line?.trim().split(/\s+/)[2] ?? -1);
}

/** A connection over which a client speaks before and after a reload that changes a weight. */
async function keepOpen(daemon: Daemon): Promise<Pick<TrafficSeen, "openConnection" | "countedConnections">> {
    const program = `const h=require("http");const agent=new h.Agent({keepAlive:true,maxSockets:1});const get=()=>h.get({host:"${NAT}",agent},(r)=>{let b="";
        r.on("data",(d)=>b+=d);r.on("end",()=>console.log(b))}).on("error",(e)=>console.log(e.code));
        get();process.stdin.on("data",()=>{get();setTimeout(()=>process.exit(),3000)})`;
    const client = spawn("ip", ["netns", "exec", "client", process.execPath, "-e", program], { stdio: ["pipe", "pipe", "ignore"] });
    const answers: string[] = [];
    client.stdout.on("data", (data) => answers.push(...String(data).trim().split("\n")));
    await until("the first answer", () => answers.length === 1);
    const before = counted();
    writeFileSync("/run/traffic.conf", configuration(5));
    daemon.signal("SIGHUP");
    await until("the new weight", () => /10\.9\.0\.11:80 +Masq +5 /.test(table()));
    const after = counted();
    client.stdin.write("again\n");
    await until("the second answer", () => answers.length === 2);
    client.kill("SIGKILL");
    return { openConnection: answers, countedConnections: [before, after] };
}

/** Kills the checkers process and watches the table until its successor works, and a little longer. */
async function replaceCheckers(): Promise<boolean> {
    const pid = () => readFileSync("/run/traffic-checkers.pid", "utf8").trim();
    const former = pid();
    process.kill(Number(former), "SIGKILL");
    let blinked = false;
    let since: number | undefined;
    await until(
        "a successor",
        () => {
            blinked ||= knows("10.9.0.11") || !knows("10.9.0.12");
            since ??= pid() === former ? undefined : performance.now();
            return since !== undefined && performance.now() - since > 4_000;
        },
        LIMIT,
    );
    return blinked;
}
