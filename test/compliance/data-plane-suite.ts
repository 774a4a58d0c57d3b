import { writtenServer, writtenService } from "../../src/core/balance/nftables/written.ts";
import { serviceKey, type Table, type TableCommand } from "../../src/core/balance/table.ts";
import { sumOf, type TrafficTable } from "../../src/core/balance/traffic.ts";
import { milliseconds } from "../../src/core/base/instant.ts";
import { type IpAddress, parseIp } from "../../src/core/base/ip.ts";
import { type IpvsDestination, type IpvsService, SERVICE_FLAG, type ServiceIdentity } from "../../src/core/netlink/ipvs.ts";
import type { DataPlane, DataPlaneNews } from "../../src/host/data-plane.ts";
import type { BulkLane, BulkWork } from "../../src/host/world.ts";

/** One step of the suite: what should be in the table after it, and what is. */
export interface SuiteStep {
    readonly name: string;
    readonly wanted: readonly string[];
    readonly seen: readonly string[];
}

/** What a plane under test is given. */
export interface PlaneWorld {
    readonly bulk: BulkLane;
    readonly onNews: (news: DataPlaneNews) => void;
}

const at = (text: string): IpAddress => parseIp(text) as IpAddress;

/** A service of the suite. */
export function service(identity: ServiceIdentity, more: Partial<IpvsService> = {}): IpvsService {
    const family = identity.type === "fwmark" ? identity.family : identity.address.family;
    return { identity, scheduler: "rr", flags: 0, persistence: 0, granularity: family === 4 ? 32 : 128, ...more };
}

/** A server of the suite: port 80, translated to, of weight 1. */
export function server(address: string, more: Partial<IpvsDestination> = {}): IpvsDestination {
    return { address: at(address), port: 80, forwarding: "nat", weight: 1, upperThreshold: 0, lowerThreshold: 0, ...more };
}

/** A service's identity by address; 6 is TCP, 17 UDP, 132 SCTP. */
export function endpoint(address: string, port: number, protocol = 6): ServiceIdentity & { readonly type: "address" } {
    return { type: "address", protocol, address: at(address), port };
}

const WEB = endpoint("10.9.0.1", 80);
const WEB6 = endpoint("fd00::1", 80);
const DNS = endpoint("10.9.0.1", 53, 17);
const SCTP = endpoint("10.9.0.1", 99, 132);
const ALL_PORTS = endpoint("10.9.0.2", 0);
const MARK = { type: "fwmark", family: 4, mark: 7 } as const;
const PERSISTENT = { flags: SERVICE_FLAG.persistent, persistence: 300 } as const;

const put = (identity: ServiceIdentity, ...servers: readonly IpvsDestination[]): readonly TableCommand[] =>
    servers.map((destination) => ({ type: "add-destination", identity, destination }));
const add = (one: IpvsService): TableCommand => ({ type: "add-service", service: one });

/** Steps upon each other: what is ordered, and what stands after it. */
const STEPS: readonly (readonly [name: string, commands: readonly TableCommand[], wanted: readonly string[]])[] = [
    [
        "a service and its servers come",
        [add(service(WEB)), ...put(WEB, server("10.9.0.3"), server("10.9.0.4", { weight: 3 }))],
        ["service 6 10.9.0.1 80 rr 0 0 32", "server 10.9.0.3 80 nat 1 0 0", "server 10.9.0.4 80 nat 3 0 0"],
    ],
    [
        "a weight and a scheduler change",
        [
            { type: "edit-service", service: service(WEB, { scheduler: "wrr" }) },
            { type: "edit-destination", identity: WEB, destination: server("10.9.0.3", { weight: 0 }) },
        ],
        ["service 6 10.9.0.1 80 wrr 0 0 32", "server 10.9.0.3 80 nat 0 0 0", "server 10.9.0.4 80 nat 3 0 0"],
    ],
    [
        "one server goes, another comes that is handed packets on",
        [
            ...put(WEB, server("10.9.0.5", { forwarding: "route" })),
            { type: "delete-destination", identity: WEB, destination: server("10.9.0.3") },
        ],
        ["service 6 10.9.0.1 80 wrr 0 0 32", "server 10.9.0.4 80 nat 3 0 0", "server 10.9.0.5 80 route 1 0 0"],
    ],
    [
        "clients persist, by network",
        [{ type: "edit-service", service: service(WEB, { ...PERSISTENT, scheduler: "sh", granularity: 24 }) }],
        ["service 6 10.9.0.1 80 sh 1 300 24", "server 10.9.0.4 80 nat 3 0 0", "server 10.9.0.5 80 route 1 0 0"],
    ],
    ["a service goes with its servers", [{ type: "delete-service", identity: WEB }], []],
    [
        "services of every kind come",
        [
            ...[WEB6, DNS, SCTP, MARK].map((identity) => add(service(identity))),
            add(service(ALL_PORTS, PERSISTENT)),
            ...put(WEB6, server("fd00::3")),
            ...put(DNS, server("10.9.0.3", { port: 53 })),
            ...put(SCTP, server("10.9.0.3", { port: 99 })),
            ...put(MARK, server("10.9.0.3", { port: 0 })),
            ...put(ALL_PORTS, server("10.9.0.3", { port: 0 })),
        ],
        [
            "service 132 10.9.0.1 99 rr 0 0 32",
            "server 10.9.0.3 99 nat 1 0 0",
            "service 17 10.9.0.1 53 rr 0 0 32",
            "server 10.9.0.3 53 nat 1 0 0",
            "service 6 10.9.0.2 0 rr 1 300 32",
            "server 10.9.0.3 0 nat 1 0 0",
            "service 6 fd00::1 80 rr 0 0 128",
            "server fd00::3 80 nat 1 0 0",
            "service fwmark 4 7 rr 0 0 32",
            "server 10.9.0.3 0 nat 1 0 0",
        ],
    ],
];

/** How many servers each service of the last step has, and the sum of all that was counted there. */
const UNUSED = [WEB6, DNS, SCTP, MARK, ALL_PORTS].map((identity) => `${serviceKey(identity)}: 1 server, 0`).sort();

/** Does to a plane all that a load balancer does, and reads back what came of it, at last through the eyes of a successor. */
export function runSuite(open: (world: PlaneWorld) => DataPlane): readonly SuiteStep[] {
    const works = new Set<BulkWork>();
    let news: DataPlaneNews | undefined;
    const world: PlaneWorld = {
        bulk: { add: (work) => works.add(work) },
        onNews: (one) => {
            news = one;
        },
    };
    const read = (plane: DataPlane): readonly string[] => {
        plane.read();
        return news?.type === "table" ? linesOf(news.table) : ["no table"];
    };
    const steps: SuiteStep[] = [];
    const plane = open(world);
    for (const [name, commands, wanted] of STEPS) {
        plane.apply(commands);
        for (const work of works) {
            while (work.step(milliseconds(1)) !== false) {}
        }
        const told: DataPlaneNews | undefined = news;
        const refused = told?.type === "apply-failed" ? told.reasons : [];
        steps.push({ name, wanted, seen: [...refused, ...read(plane)] });
    }
    const last = steps.at(-1)?.wanted ?? [];
    steps.push({ name: "of what nobody has used nothing is counted", wanted: UNUSED, seen: countedOf(plane.readTraffic()) });
    plane.close();
    const successor = open(world);
    steps.push({ name: "a successor finds all of it", wanted: last, seen: read(successor) });
    successor.flush();
    steps.push({ name: "all of it goes at once", wanted: [], seen: read(successor) });
    successor.close();
    return steps;
}

function countedOf(traffic: TrafficTable): readonly string[] {
    const lines = Array.from(traffic, ([key, { total, servers }]) => {
        const all = Object.values(sumOf([total, ...servers.values()]));
        return `${key}: ${servers.size} server, ${all.length === 0 ? "nothing" : all.reduce((sum, one) => sum + one, 0)}`;
    });
    return lines.sort();
}

/** A line a service or server, sorted; without the flag that IPVS sets by itself. */
function linesOf(table: Table): readonly string[] {
    const blocks = [...table.values()].map(({ service: one, destinations }) => [
        writtenService({ ...one, flags: one.flags & ~SERVICE_FLAG.hashed }),
        ...Array.from(destinations.values(), (destination) => writtenServer(destination, 0).replace(" of 0", "")).sort(),
    ]);
    return blocks.sort(([one = ""], [other = ""]) => (one < other ? -1 : 1)).flat();
}
