import { readFileSync } from "node:fs";
import type { Server } from "node:http";
import { join } from "node:path";
import type { Answers, NamespaceSockets } from "../../balance/namespace-sockets.ts";
import { type Destinations, kernelTable } from "./kernel-table.ts";
import { Daemon, until } from "./machine.ts";
import type { Place } from "./network.ts";

/** What an operator sees who tries the set-up. */
export interface ExampleSeen {
    /** Eight clients' requests, two each: persistence lets each stay with its server. */
    readonly spread: Answers;
    readonly stayed: boolean;
    readonly oneDead: Answers;
    readonly leftAfter: number;
    readonly returnedAfter: number;
    readonly returned: Destinations;
    /** The master stopped: the backup serves; the master started again: it serves. */
    readonly throughBackup: Answers;
    readonly throughMaster: Answers;
    /** Of the master that was started again. */
    readonly log: string;
}

const VIP = "192.168.1.100";
const SERVICE = `TCP ${VIP}:80`;
const CLIENTS = Array.from({ length: 8 }, (_, index) => `192.168.1.${50 + index}`);
const MASTER = "Entering MASTER STATE";
const BACKUP = "Entering BACKUP STATE";
const ONE = "192.168.1.30:80";
const TWO = "192.168.1.40:80";

/** Two web servers and people with many addresses, on the bridge on which both directors have their `ens33`. */
export const OFFICE: readonly Place[] = [
    ...["30", "40"].map((last) => ({
        name: `web${last}`,
        links: [["eth0", "office", `192.168.1.${last}/24`]] as const,
        hidden: [`${VIP}/32`],
    })),
    { name: "people", links: [["eth0", "office", ...CLIENTS.map((address) => `${address}/24`)]] },
];

/** What the example is tried with. */
export interface ExampleLab {
    readonly root: string;
    /** Where their files are. */
    readonly folder: string;
    readonly sockets: NamespaceSockets;
    /** Two daemons that work already: they take the operators' files on. */
    readonly master: Daemon;
    readonly backup: Daemon;
}

/** The operators' files as they are: what they try themselves. */
export class OperatorsExample {
    readonly #lab: ExampleLab;
    readonly #web: { one: Server; readonly two: Server };
    #master: Daemon;

    constructor(lab: ExampleLab) {
        this.#lab = lab;
        this.#master = lab.master;
        this.#web = { one: lab.sockets.serveHttp("web30", "30"), two: lab.sockets.serveHttp("web40", "40") };
    }

    async watch(): Promise<ExampleSeen> {
        const { master, backup } = this.#lab;
        const before = timesSaid(master, MASTER);
        await Promise.all([master.reload(this.#file("master")), backup.reload(this.#file("backup"))]);
        await master.said(MASTER, before + 1);
        await untilServed(master, (servers) => ONE in servers && TWO in servers);
        // A first failure of all counts at once: the servers' patience begins with the first success.
        await master.said("TCP connection to [192.168.1.30]:tcp:80 success");
        const once = await this.#askAll();
        const again = await this.#askAll();
        const lost = await this.#loseOne();
        const passed = await this.#passOn();
        const log = this.#master.log;
        await Promise.all([this.#master.stop(), backup.stop()]);
        Object.values(this.#web).forEach(stop);
        const stayed = JSON.stringify(once) === JSON.stringify(again);
        return { spread: count([...once, ...again]), stayed, ...lost, ...passed, log };
    }

    #file(kind: "master" | "backup"): string {
        return readFileSync(join(this.#lab.folder, `lvs-dr-wrr-${kind}.conf`), "utf8");
    }

    async #loseOne(): Promise<Pick<ExampleSeen, "leftAfter" | "oneDead" | "returnedAfter" | "returned">> {
        const died = performance.now();
        stop(this.#web.one);
        await untilServed(this.#master, (servers) => !(ONE in servers));
        const leftAfter = (performance.now() - died) / 1_000;
        const oneDead = count(await this.#askAll());
        const back = performance.now();
        this.#web.one = this.#lab.sockets.serveHttp("web30", "30");
        await untilServed(this.#master, (servers) => ONE in servers);
        const returnedAfter = (performance.now() - back) / 1_000;
        return { leftAfter, oneDead, returnedAfter, returned: kernelTable(this.#master.pid)[SERVICE] ?? {} };
    }

    /** The master is stopped and started again. */
    async #passOn(): Promise<Pick<ExampleSeen, "throughBackup" | "throughMaster">> {
        const { root, backup, master } = this.#lab;
        const [asMaster, asBackup] = [timesSaid(backup, MASTER), timesSaid(backup, BACKUP)];
        await untilServed(backup, (servers) => ONE in servers && TWO in servers);
        await master.stop();
        await backup.said(MASTER, asMaster + 1);
        const throughBackup = await this.#askFew();
        this.#master = new Daemon({ root, kind: "holdfast", namespace: "d1", name: "started-again" }, this.#file("master"));
        await this.#master.said(MASTER);
        await backup.said(BACKUP, asBackup + 1);
        await untilServed(this.#master, (servers) => ONE in servers && TWO in servers);
        return { throughBackup, throughMaster: await this.#askFew() };
    }

    /** Each client once. */
    async #askAll(): Promise<readonly string[]> {
        const answers: string[] = [];
        for (const source of CLIENTS) {
            answers.push(await this.#lab.sockets.ask({ namespace: "people", address: VIP, source }));
        }
        return answers;
    }

    /** One client, four times. */
    async #askFew(): Promise<Answers> {
        return await this.#lab.sockets.askOften({ namespace: "people", address: VIP, source: CLIENTS[0] ?? "" }, 4);
    }
}

function timesSaid(daemon: Daemon, text: string): number {
    return daemon.log.split(text).length - 1;
}

async function untilServed(director: Daemon, isSo: (servers: Destinations) => boolean): Promise<void> {
    await until(
        () => `${JSON.stringify(kernelTable(director.pid))}\n${director.log.slice(-2_000)}`,
        () => isSo(kernelTable(director.pid)[SERVICE] ?? {}),
    );
}

function count(answers: readonly string[]): Answers {
    const counts: Record<string, number> = {};
    for (const answer of answers) {
        counts[answer] = (counts[answer] ?? 0) + 1;
    }
    return counts;
}

function stop(server: Server): void {
    server.close();
    server.closeAllConnections();
}
