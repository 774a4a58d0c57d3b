import { readFileSync } from "node:fs";
import type { Server } from "node:http";
import type { Answers, NamespaceSockets } from "../../balance/namespace-sockets.ts";
import { type Destinations, kernelTable } from "./kernel-table.ts";
import { configure, Daemon, run, runIn, until } from "./machine.ts";
import { buildNetwork, type Place, turnCables } from "./network.ts";
import type { OrderMonitor } from "./orders.ts";
import {
    DIRECT,
    DIRECT_SIX,
    directorConfiguration,
    GROUP,
    HIDDEN,
    MARKED,
    NAT,
    NAT_SIX,
    NEEDS_TWO,
    PERSISTENT,
    SERVERS,
    TUNNEL,
} from "./service-plan.ts";
import { type UpgradeSeen, upgradeDirector } from "./upgraded-director.ts";

/** Which server answered how often, by what is asked. */
export type Spread = Readonly<Record<string, Answers>>;

/** What happened to a client's requests. */
export interface DirectorsSeen {
    readonly weighted: Answers;
    readonly spread: Spread;
    /** Orders to the kernel on a reload with nothing changed, and with one weight changed. */
    readonly ordersUnchanged: number;
    readonly ordersOneWeight: number;
    /** What a connection answered that was opened before a reload, and used again after it. */
    readonly overReload: readonly string[];
    /** The connections that the kernel has counted, before and after the reload. */
    readonly counted: readonly [number, number];
    /** What the daemon writes of that service when it is asked for its state. */
    readonly state: string;
    readonly oneDead: { readonly weighted: Answers; readonly needsTwo: Answers };
    /** Seconds from the server's death until the kernel does not know it any more, and from its return until it does again. */
    readonly leftAfter: number;
    readonly returnedAfter: number;
    /** Whether the dead server came back for a moment, or the living one left, while the checkers process was replaced. */
    readonly blinked: boolean;
    /** While one server was down. */
    readonly upgrade: UpgradeSeen;
    readonly sorry: Answers;
    readonly returned: Answers;
    /** What connections answered that were opened through the first director, after the second one has taken over. */
    readonly overFailover: Readonly<Record<"nat" | "direct", readonly string[]>>;
    readonly afterFailover: Answers;
    readonly log: string;
}

const MARKS: readonly (readonly [string, number])[] = [
    [MARKED.alone, 9],
    [MARKED.inGroup, 10],
];
const CLIENT = "client";
const NAT_SERVICE = `TCP ${NAT}:80`;
const ONE = `${SERVERS.one}:80`;
const TWO = `${SERVERS.two}:80`;
const SORRY = `${SERVERS.sorry}:80`;

/**
 * Two directors between a client and three servers; the client has a leg on the servers' side for what they answer directly.
 *
 * @param office what stands on the directors' third side
 */
export function buildDirectors(office: readonly Place[]): void {
    const directors = (["d1", "d2"] as const).map((name, index) => ({
        name,
        links: [
            ["eth0", "outside", `10.8.0.${index + 1}/24`, `fd08::${index + 1}/64`],
            ["eth1", "inside", `10.9.0.${index + 1}/24`, `fd09::${index + 1}/64`],
            ["ens33", "office", `192.168.1.${index + 1}/24`],
        ] as const,
    }));
    const servers = Object.entries(SERVERS).map(([name, address]) => ({
        name,
        links: [["eth0", "inside", `${address}/24`, `fd09::${address.split(".")[3]}/64`]] as const,
        hidden: HIDDEN,
        routes: ["default via 10.9.0.254", "default via fd09::254"],
    }));
    const client = {
        name: CLIENT,
        links: [
            ["eth0", "outside", "10.8.0.50/24", "fd08::50/64"],
            ["eth1", "inside", "10.9.0.50/24", "fd09::50/64"],
        ] as const,
    };
    buildNetwork([...directors, ...servers, client, ...office]);
    for (const { name } of servers) {
        configure(name, ["link set tunl0 up", "link set gre0 up", "fou add port 6080 gue"]);
    }
    for (const { name } of directors) {
        run(`tc -n ${name} qdisc add dev eth1 clsact`);
        for (const [address, mark] of MARKS) {
            run(
                `tc -n ${name} filter add dev eth1 ingress protocol ip u32 match ip dst ${address}/32 action skbedit mark ${mark} pipe action pass`,
            );
        }
    }
}

/** What the lab of the directors stands on. */
export interface DirectorsLab {
    readonly root: string;
    readonly sockets: NamespaceSockets;
    /** Of the first director's kernel. */
    readonly orders: OrderMonitor;
}

/** Requests through two directors, while servers die and return, settings change, the checkers process is killed, and at last a director dies. */
export class Directors {
    readonly #lab: DirectorsLab;
    readonly first: Daemon;
    readonly second: Daemon;
    readonly #web: Record<keyof typeof SERVERS, Server>;

    constructor(lab: DirectorsLab) {
        const start = (name: string, priority: number) => {
            const place = { root: lab.root, kind: "holdfast", namespace: name, name } as const;
            return new Daemon(place, directorConfiguration(name, { priority, firstWeight: 3 }));
        };
        this.#lab = lab;
        this.first = start("d1", 150);
        this.second = start("d2", 100);
        const serve = (name: keyof typeof SERVERS) => lab.sockets.serveHttp(name, name);
        this.#web = { one: serve("one"), two: serve("two"), sorry: serve("sorry") };
        lab.sockets.serveUdp("one", "one", 53);
        lab.sockets.serveUdp("two", "two", 53);
    }

    /** Until the first one serves, and the second one would. */
    async started(): Promise<void> {
        await this.first.said("Entering MASTER STATE");
        await this.second.said("Entering BACKUP STATE");
    }

    async watch(): Promise<DirectorsSeen> {
        await this.#untilServed(({ [ONE]: one, [TWO]: two }) => one === 3 && two === 1, "both servers");
        const weighted = await this.#ask(NAT, 1_000);
        const spread = await this.#askEverything();
        const reloaded = await this.#reload();
        const lost = await this.#loseServers();
        const returned = await this.#regainServers();
        return { weighted, spread, ...reloaded, ...lost, ...returned, ...(await this.#failOver()), log: this.first.log };
    }

    #ask(address: string, count: number): Promise<Answers> {
        return this.#lab.sockets.askOften({ namespace: CLIENT, address }, count);
    }

    async #askEverything(): Promise<Spread> {
        const addresses = [
            NAT_SIX,
            DIRECT,
            DIRECT_SIX,
            ...Object.values(TUNNEL),
            ...Object.values(MARKED),
            ...GROUP,
            PERSISTENT,
            NEEDS_TWO,
        ];
        const spread: Record<string, Answers> = {};
        for (const address of addresses) {
            spread[address] = await this.#ask(address, 20);
        }
        const datagrams: Record<string, number> = {};
        for (let asked = 0; asked < 20; asked++) {
            const answer = await this.#lab.sockets.askUdp({ namespace: CLIENT, address: NAT });
            datagrams[answer] = (datagrams[answer] ?? 0) + 1;
        }
        return { ...spread, udp: datagrams };
    }

    async #reload(): Promise<Pick<DirectorsSeen, "ordersUnchanged" | "ordersOneWeight" | "overReload" | "counted" | "state">> {
        const { orders } = this.#lab;
        const connection = this.#lab.sockets.keepAsking({ namespace: CLIENT, address: NAT });
        const first = await connection.ask();
        const before = await settledCount();
        const configuration = (firstWeight: number) => directorConfiguration("d1", { priority: 150, firstWeight });
        orders.take();
        await this.first.reload(configuration(3));
        const ordersUnchanged = orders.take();
        await this.first.reload(configuration(5));
        await this.#untilServed(({ [ONE]: one }) => one === 5, "the new weight");
        const ordersOneWeight = orders.take();
        const overReload = [first, await connection.ask()];
        connection.close();
        const counted = [before, await settledCount()] as const;
        return { ordersUnchanged, ordersOneWeight, overReload, counted, state: await this.#state() };
    }

    async #state(): Promise<string> {
        this.first.signal("SIGUSR1");
        await this.first.said("Printing checker data for process(");
        const virtualServers = readFileSync("/tmp/keepalived_check.data", "utf8").split(" ------< Virtual server >------\n");
        return virtualServers.find((text) => text.startsWith(` VS = [${NAT}]:tcp:80\n`)) ?? "";
    }

    async #loseServers(): Promise<Pick<DirectorsSeen, "leftAfter" | "oneDead" | "blinked" | "upgrade" | "sorry">> {
        const died = performance.now();
        stop(this.#web.one);
        await this.#untilServed((servers) => !(ONE in servers), "the dead server leaves");
        const leftAfter = (performance.now() - died) / 1_000;
        await this.#untilServed((servers) => SORRY in servers, "no quorum of two", `TCP ${NEEDS_TWO}:80`);
        const oneDead = { weighted: await this.#ask(NAT, 10), needsTwo: await this.#ask(NEEDS_TWO, 10) };
        const blinked = await this.#replaceCheckers();
        const upgrade = await this.#upgrade();
        stop(this.#web.two);
        await this.#untilServed((servers) => SORRY in servers, "the sorry server takes over");
        return { leftAfter, oneDead, blinked, upgrade, sorry: await this.#ask(NAT, 10) };
    }

    async #upgrade(): Promise<UpgradeSeen> {
        const { root, orders, sockets } = this.#lab;
        const connection = sockets.keepAsking({ namespace: CLIENT, address: NAT });
        const look = () => JSON.stringify(kernelTable(this.first.pid));
        const seen = await upgradeDirector({ root, orders, connection, director: this.first, look });
        connection.close();
        return seen;
    }

    async #regainServers(): Promise<Pick<DirectorsSeen, "returned" | "returnedAfter">> {
        const back = performance.now();
        this.#web.one = this.#lab.sockets.serveHttp("one", "one");
        await this.#untilServed((servers) => ONE in servers && !(SORRY in servers), "the server returns");
        const returnedAfter = (performance.now() - back) / 1_000;
        const returned = await this.#ask(NAT, 10);
        this.#web.two = this.#lab.sockets.serveHttp("two", "two");
        for (const service of [NAT_SERVICE, `TCP ${DIRECT}:80`]) {
            for (const pid of [this.first.pid, this.second.pid]) {
                await this.#untilServed((servers) => ONE in servers && TWO in servers, "both are back", service, pid);
            }
        }
        return { returned, returnedAfter };
    }

    /** The first director's cables are pulled: what it knows of connections, the second one has to know. */
    async #failOver(): Promise<Pick<DirectorsSeen, "overFailover" | "afterFailover">> {
        const ask = {
            nat: this.#lab.sockets.keepAsking({ namespace: CLIENT, address: NAT }),
            direct: this.#lab.sockets.keepAsking({ namespace: CLIENT, address: DIRECT }),
        };
        const answers: Record<"nat" | "direct", string[]> = { nat: [], direct: [] };
        const askBoth = async () => {
            answers.nat.push(await ask.nat.ask());
            answers.direct.push(await ask.direct.ask());
        };
        await askBoth();
        await askBoth();
        await askBoth();
        const open = openConnections("d1").filter((connection) => connection.includes(`${NAT}:80`) || connection.includes(`${DIRECT}:80`));
        await until(
            () => `${open.join("\n")}\nin the second director, which has\n${openConnections("d2").join("\n")}`,
            () => open.every((connection) => openConnections("d2").includes(connection)),
        );
        turnCables("d1", ["eth0", "eth1"], "down");
        await this.second.said("Entering MASTER STATE");
        await askBoth();
        const afterFailover = await this.#ask(DIRECT, 10);
        turnCables("d1", ["eth0", "eth1"], "up");
        for (const connection of Object.values(ask)) {
            connection.close();
        }
        Object.values(this.#web).forEach(stop);
        return { overFailover: answers, afterFailover };
    }

    /** Kills the checkers process and watches the table until its successor works, and a little longer. */
    async #replaceCheckers(): Promise<boolean> {
        const former = this.first.checkersPid;
        process.kill(former, "SIGKILL");
        let blinked = false;
        let since: number | undefined;
        await until(
            () => "a successor",
            () => {
                const servers = kernelTable(this.first.pid)[NAT_SERVICE] ?? {};
                blinked ||= ONE in servers || !(TWO in servers);
                since ??= this.first.checkersPid === former ? undefined : performance.now();
                return since !== undefined && performance.now() - since > 4_000;
            },
        );
        return blinked;
    }

    async #untilServed(isSo: (servers: Destinations) => boolean, what: string, service = NAT_SERVICE, pid = this.first.pid): Promise<void> {
        await until(
            () => `${what} in ${JSON.stringify(kernelTable(pid))}\n${this.first.log.slice(-2_000)}`,
            () => isSo(kernelTable(pid)[service] ?? {}),
        );
    }
}

function stop(server: Server): void {
    server.close();
    server.closeAllConnections();
}

/** Client, service and server of each. */
function openConnections(director: string): readonly string[] {
    const lines = runIn(director, "ipvsadm -Lnc").split("\n");
    return lines.filter((line) => line.includes("ESTABLISHED")).map((line) => line.trim().split(/\s+/).slice(3).join(" "));
}

/** What the first director's kernel has counted when it counts no more: its estimator brings the numbers up to date every two seconds only. */
async function settledCount(): Promise<number> {
    let counted = countedConnections();
    let since = performance.now();
    await until(
        () => "a number of connections that stays",
        () => {
            const now = countedConnections();
            since = now === counted ? since : performance.now();
            counted = now;
            return performance.now() - since > 5_000;
        },
    );
    return counted;
}

/** The connections that the first director's kernel has counted for the service behind address translation. */
function countedConnections(): number {
    const line = runIn("d1", `ipvsadm -Ln --stats -t ${NAT}:80`)
        .split("\n")
        .find((one) => one.includes(`${NAT}:80`));
    return Number(line?.trim().split(/\s+/)[2] ?? -1);
}
