import { SCTP_PROTOCOL } from "../../balance/hand-made-sctp.ts";
import type { NamespaceSockets } from "../../balance/namespace-sockets.ts";
import { HTTP_PORTS, runTrafficSuite, SCTP_PORT, type TrafficStep, trafficConfiguration } from "../../balance/traffic-suite.ts";
import { Daemon, run, runIn } from "./machine.ts";
import { buildNetwork } from "./network.ts";

const [CLIENT, DIRECTOR] = ["tc", "td"] as const;
const SERVERS = { one: "10.68.0.11", two: "10.68.0.12" } as const;
const servers = [SERVERS.one, SERVERS.two] as const;
/** The client has a leg on the servers' side for what they answer directly. */
const PLACES = [
    { kind: "NAT", address: "10.67.0.100", servers, sources: clientsIn("10.67.0") },
    { kind: "DR", address: "10.68.0.100", servers, sources: clientsIn("10.68.0") },
] as const;
const [NAT, DIRECT] = PLACES;

/** A service that nobody of us has made, and what asks for it to go. */
const FOREIGN = "10.7.7.7:99";
const FLUSHING = "global_defs {\n lvs_flush\n lvs_flush_on_stop\n}\n";

function clientsIn(network: string): readonly string[] {
    return [1, 2, 3, 4].map((last) => `${network}.${last}`);
}

/** A client, a director and two servers of their own, through which the suite of all data planes speaks; this kernel has SCTP itself. */
export async function watchTraffic(root: string, sockets: NamespaceSockets): Promise<readonly TrafficStep[]> {
    run("/run/modprobe -a sctp");
    build(sockets);
    addForeign();
    const place = { root, kind: "holdfast", namespace: DIRECTOR, name: DIRECTOR, flag: "-C" } as const;
    const daemon = new Daemon(place, FLUSHING + trafficConfiguration(NAT));
    await daemon.said("Startup complete");
    const steps: TrafficStep[] = [{ name: "lvs_flush takes what others have made", wanted: false, seen: savedTable().includes(FOREIGN) }];
    const common = { sockets, namespace: CLIENT, configure: (configuration: string) => daemon.reload(FLUSHING + configuration) };
    for (const place of PLACES) {
        const [source = ""] = place.sources;
        const askBySctp = (address: string, port: number, count: number) =>
            sockets.askOften({ namespace: CLIENT, address, port, source, protocol: SCTP_PROTOCOL }, count);
        steps.push(...(await runTrafficSuite({ ...common, ...place, askBySctp })));
    }
    addForeign();
    await daemon.stop();
    return [...steps, { name: "lvs_flush_on_stop leaves nothing", wanted: "", seen: savedTable() }];
}

function addForeign(): void {
    runIn(DIRECTOR, `ipvsadm -A -t ${FOREIGN} -s rr`);
}

function savedTable(): string {
    return runIn(DIRECTOR, "ipvsadm -Sn");
}

function build(sockets: NamespaceSockets): void {
    const places = Object.entries(SERVERS).map(([name, address]) => ({
        name: `t-${name}`,
        links: [["eth0", "t-inside", `${address}/24`]] as const,
        hidden: [`${DIRECT.address}/32`],
        routes: ["default via 10.68.0.254"],
    }));
    const legs = (...addresses: readonly string[]) => addresses.map((address) => `${address}/24`);
    buildNetwork([
        {
            name: CLIENT,
            links: [
                ["eth0", "t-outside", ...legs(...NAT.sources)],
                ["eth1", "t-inside", ...legs(...DIRECT.sources)],
            ],
        },
        {
            name: DIRECTOR,
            links: [
                ["eth0", "t-outside", ...legs(NAT.address)],
                ["eth1", "t-inside", ...legs("10.68.0.254", DIRECT.address)],
            ],
        },
        ...places,
    ]);
    for (const name of Object.keys(SERVERS)) {
        for (const port of HTTP_PORTS) {
            sockets.serveHttp(`t-${name}`, name, { port });
        }
        sockets.serveHttp(`t-${name}`, name, { port: SCTP_PORT, protocol: SCTP_PROTOCOL });
    }
}
