import type { Answers, NamespaceSockets } from "./namespace-sockets.ts";

/** One step of the suite: what clients should see, and what they do. */
export interface TrafficStep {
    readonly name: string;
    readonly wanted: unknown;
    readonly seen: unknown;
}

/** Where the suite is run: a client, a director, and two servers behind it. */
export interface TrafficGround {
    /** How the director hands packets on; with DR the servers have the address, too. */
    readonly kind: "NAT" | "DR";
    readonly sockets: NamespaceSockets;
    /** Of the client. */
    readonly namespace: string;
    /** What clients ask for. */
    readonly address: string;
    /** The client's own addresses. */
    readonly sources: readonly string[];
    /** Of servers `one` and `two`, as the director sees them; they serve HTTP on all ports of the suite. */
    readonly servers: readonly [string, string];
    /** Has the director take a configuration on. */
    readonly configure: (configuration: string) => Promise<void>;
    /** Speaks SCTP with the address on this port, so many times: which servers answered. */
    readonly askBySctp: (address: string, port: number, count: number) => Promise<Answers>;
}

/** Ports on which servers have to answer with their name. */
export const HTTP_PORTS = [80, 81, 90] as const;
/** That on which they have to speak SCTP. */
export const SCTP_PORT = 99;

const [ONE_PORT, OTHER_PORT, WEIGHED_PORT] = HTTP_PORTS;
const BOTH = ["one", "two"];
const LIMIT = 60_000;

/** A service for every port, one whose servers weigh so much, and one for SCTP. */
export function trafficConfiguration(
    { kind, address, servers }: Pick<TrafficGround, "kind" | "address" | "servers">,
    weights = [1, 1],
): string {
    const service = (port: number, lines: readonly string[], weigh: readonly number[] = [1, 1]) => {
        const reals = servers.map((server, index) => `real_server ${server} ${port} {\n weight ${weigh[index]}\n }`);
        return `virtual_server ${address} ${port} {\n lb_kind ${kind}\n lb_algo rr\n ${[...lines, ...reals].join("\n ")}\n}`;
    };
    return [
        service(0, ["protocol TCP", "persistence_timeout 60"]),
        service(WEIGHED_PORT, ["protocol TCP"], weights),
        service(SCTP_PORT, ["protocol SCTP"]),
        "",
    ].join("\n");
}

/** Real traffic by rules that are the same whoever moves the packets, and how. */
export async function runTrafficSuite(ground: TrafficGround): Promise<readonly TrafficStep[]> {
    await ground.configure(trafficConfiguration(ground));
    const begun = step("both servers serve", await servedBy(ground, BOTH), BOTH);
    const steps = [begun, ...(await everyPort(ground)), ...(await weightOfNothing(ground)), await sctp(ground)];
    return steps.map(({ name, ...result }) => ({ name: `${ground.kind}: ${name}`, ...result }));
}

const step = (name: string, seen: unknown, wanted: unknown): TrafficStep => ({ name, wanted, seen });

async function everyPort({ sockets, namespace, address, sources }: TrafficGround): Promise<readonly TrafficStep[]> {
    const ask = (source: string, port: number) => sockets.ask({ namespace, address, port, source });
    const answers: (readonly string[])[] = [];
    for (const source of sources) {
        answers.push([await ask(source, ONE_PORT), await ask(source, OTHER_PORT), await ask(source, ONE_PORT)]);
    }
    const strayed = answers.filter((those) => new Set(those).size !== 1);
    return [
        step("each client has one server on every port", strayed, []),
        step("clients share the servers of every port", [...new Set(answers.map(([first]) => first))].sort(), BOTH),
    ];
}

async function weightOfNothing(ground: TrafficGround): Promise<readonly TrafficStep[]> {
    const { sockets, namespace, address, configure } = ground;
    const question = { namespace, address, port: WEIGHED_PORT };
    const connection = sockets.keepAsking(question);
    const held = await connection.ask();
    const other = held === "one" ? "two" : "one";
    await configure(trafficConfiguration(ground, held === "one" ? [0, 1] : [1, 0]));
    const avoided = await servedBy(ground, [other]);
    const heldOn = await connection.ask();
    await configure(trafficConfiguration(ground));
    const back = await servedBy(ground, BOTH);
    const heldToTheEnd = await connection.ask();
    connection.close();
    return [
        step("a server of weight 0 gets no new connections", avoided, [other]),
        step("connections to it go on", [heldOn, heldToTheEnd], [held, held]),
        step("it serves again when it has a weight", back, BOTH),
    ];
}

async function sctp({ askBySctp, address }: TrafficGround): Promise<TrafficStep> {
    return step("SCTP is served in turn", await askBySctp(address, SCTP_PORT, 4), { one: 2, two: 2 });
}

/** Who answers new connections to the weighed servers: those who are wanted, as soon as it is so. */
async function servedBy({ sockets, namespace, address }: TrafficGround, wanted: readonly string[]): Promise<readonly string[]> {
    const limit = performance.now() + LIMIT;
    for (;;) {
        const found = Object.keys(await sockets.askOften({ namespace, address, port: WEIGHED_PORT }, 4)).sort();
        if (found.join() === wanted.join() || performance.now() > limit) {
            return found;
        }
    }
}
