import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { kernelTable } from "./kernel-table.ts";
import { Daemon, run, runIn, until } from "./machine.ts";
import type { OrderMonitor } from "./orders.ts";

/** What ipvsadm shows in two namespaces after the same configuration: services in the order of their text, each with its servers in the kernel's order. */
export interface TablePair {
    readonly name: string;
    readonly keepalived: readonly string[];
    readonly holdfast: readonly string[];
}

/** What stands in a namespace after its daemon has ended. */
export interface LeftTable {
    readonly saved: readonly string[];
    readonly timeouts: string;
}

/** What both daemons make of the same configurations. */
export interface TablesSeen {
    /** Both have just started, with all configurations in one. */
    readonly started: TablePair;
    readonly timeouts: string;
    /** Keepalived has started with that one alone, the other daemon has taken it on instead of the one before. */
    readonly each: readonly TablePair[];
    readonly left: Readonly<Record<"keepalived" | "holdfast", LeftTable>>;
    readonly thousands: ThousandsSeen;
}

/** A reload of ten thousand real servers. */
export interface ThousandsSeen {
    readonly servers: number;
    readonly ordersUnchanged: number;
    readonly ordersOneWeight: number;
    readonly newWeight: number;
}

/** A service that nobody of us has made. */
const FOREIGN = "10.7.7.7:99";
const A_FEW: ReadonlySet<string> = new Set(["tunnel-types", "alpha", "group"]);
const SPACES = { holdfast: "t1", keepalived: "t2" } as const;
const SERVICES = 1_000;
const SERVERS_EACH = 10;

/** The namespaces of both daemons. */
export function buildTableSpaces(): void {
    for (const namespace of Object.values(SPACES)) {
        run(`ip netns add ${namespace}`);
        runIn(namespace, "ip link set lo up");
        runIn(namespace, `ipvsadm -A -t ${FOREIGN} -s rr`);
    }
}

/**
 * Every configuration of the folder, all at once, and a few of them one by one.
 *
 * @param orders of the first namespace's kernel
 * @param isThorough one by one all of them
 */
export async function compareTables(root: string, orders: OrderMonitor, isThorough: boolean): Promise<TablesSeen> {
    const configurations = readConfigurations(root);
    const initialTimeouts = runIn(SPACES.holdfast, "ipvsadm -L --timeout");
    const holdfast = start(root, "holdfast", configurations.map(({ text }) => text).join("\n"));
    const started = await pairAfter(root, { name: "all", text: configurations.map(({ text }) => text).join("\n") }, holdfast);
    const timeouts = runIn(SPACES.holdfast, "ipvsadm -L --timeout");
    const each: TablePair[] = [];
    for (const configuration of configurations.filter(({ name }) => isThorough || A_FEW.has(name))) {
        await holdfast.reload(configuration.text);
        each.push(await pairAfter(root, configuration, holdfast));
    }
    const thousands = await reloadThousands(holdfast, orders);
    await holdfast.stop();
    const left = { keepalived: leftIn("keepalived"), holdfast: leftIn("holdfast") };
    if (left.holdfast.timeouts !== initialTimeouts) {
        throw new Error(`time-outs are left behind: ${left.holdfast.timeouts}`);
    }
    return { started, timeouts, each, left, thousands };
}

interface NamedConfiguration {
    readonly name: string;
    readonly text: string;
}

function readConfigurations(root: string): readonly NamedConfiguration[] {
    const folder = join(root, "test/labs/kernel/configurations");
    return readdirSync(folder)
        .sort()
        .map((file) => ({ name: basename(file, ".conf"), text: readFileSync(join(folder, file), "utf8") }));
}

function start(root: string, kind: "holdfast" | "keepalived", text: string): Daemon {
    return new Daemon({ root, kind, namespace: SPACES[kind], name: `tables-${kind}` }, text);
}

/** Starts Keepalived, waits until both tables are the same and stay so, or shows how they differ. */
async function pairAfter(root: string, { name, text }: NamedConfiguration, holdfast: Daemon): Promise<TablePair> {
    const keepalived = start(root, "keepalived", text);
    const expected = text.split(/^virtual_server /m).length;
    const look = () => [keepalived, holdfast].map(({ pid }) => shapeOf(pid));
    let last = "";
    try {
        await until(
            () => `${name}: tables that are alike`,
            () => {
                const [one = "", other] = look();
                const isSettled = one === other && one === last && one.split("\n").length >= expected;
                last = one;
                return isSettled;
            },
        );
    } catch {
        // What differs shows below.
    }
    const pair = { name, keepalived: shown(SPACES.keepalived), holdfast: shown(SPACES.holdfast) };
    await keepalived.stop();
    return pair;
}

/** Services and destinations, as one text that is the same for tables that are alike. */
function shapeOf(pid: number): string {
    try {
        const services = Object.entries(kernelTable(pid)).map(([service, servers]) => `${service} ${JSON.stringify(servers)}`);
        return services.sort().join("\n");
    } catch {
        return "gone";
    }
}

function shown(namespace: string): readonly string[] {
    const listed = (options: string) => blocks(runIn(namespace, `ipvsadm ${options}`), /^(TCP|UDP|SCTP|FWM)/);
    // Of thresholds only the last one tells.
    return [...blocks(runIn(namespace, "ipvsadm -Sn"), /^-A/), ...listed("-Ln"), ...listed("-Ln --thresholds")];
}

/** The kernel lists services by hashes that differ between namespaces. */
function blocks(text: string, isHead: RegExp): readonly string[] {
    const found: string[] = [];
    for (const line of text.split("\n").filter((one) => one.trim() !== "")) {
        if (isHead.test(line) || found.length === 0) {
            found.push(line);
        } else {
            found.push(`${found.pop()}\n${line}`);
        }
    }
    return found.sort();
}

function leftIn(kind: keyof typeof SPACES): LeftTable {
    const saved = runIn(SPACES[kind], "ipvsadm -Sn").split("\n");
    return { saved: saved.filter((line) => line !== ""), timeouts: runIn(SPACES[kind], "ipvsadm -L --timeout") };
}

/** Ten thousand real servers, of which the first one has that weight. */
function thousandsOf(weight: number): string {
    const services = Array.from({ length: SERVICES }, (_, service) => {
        const where = `${service >> 8}.${service & 255}`;
        const servers = Array.from({ length: SERVERS_EACH }, (_, server) => {
            const its = service === 0 && server === 0 ? weight : 1;
            return `real_server 10.${100 + server}.${where} 80 {\nweight ${its}\n}`;
        });
        return `virtual_server 10.99.${where} 80 {\nlb_algo rr\nlb_kind NAT\nprotocol TCP\n${servers.join("\n")}\n}`;
    });
    return services.join("\n");
}

async function reloadThousands(holdfast: Daemon, orders: OrderMonitor): Promise<ThousandsSeen> {
    // Of so long a table /proc leaves lines out where it is read in pieces.
    const count = () => runIn(SPACES.holdfast, "ipvsadm -Sn").split("\n-a ").length - 1;
    const weight = () => Number(/10\.100\.0\.0:80 +Masq +(\d+)/.exec(runIn(SPACES.holdfast, "ipvsadm -Ln -t 10.99.0.0:80"))?.[1]);
    await holdfast.reload(thousandsOf(1));
    await until(
        () => `${SERVICES * SERVERS_EACH} servers, of which there are ${count()}`,
        () => count() === SERVICES * SERVERS_EACH,
    );
    orders.take();
    await holdfast.reload(thousandsOf(1));
    const ordersUnchanged = orders.take();
    await holdfast.reload(thousandsOf(2));
    await until(
        () => "the new weight",
        () => weight() === 2,
    );
    return { servers: count(), ordersUnchanged, ordersOneWeight: orders.take(), newWeight: weight() };
}
