import { writeFileSync } from "node:fs";
import { Daemon, run, until } from "./machine.ts";

/** What was seen of interfaces that most kernels have and this machine's own may not. */
export interface InterfacesSeen {
    readonly vrf: {
        /** Whether the address was on the VRF's interface while we were master, and on the peer's afterwards. */
        readonly ours: boolean;
        readonly peersAfterwards: boolean;
        readonly log: string;
        readonly peerLog: string;
    };
    readonly ipvlan: {
        /** `ip -d addr show` of the link while we were master, and the links there were afterwards. */
        readonly shown: string;
        readonly linksAfterwards: string;
        readonly log: string;
    };
}

const root = process.argv[2] ?? "";

/** Two cables to another namespace; the first one ends in a VRF. */
function buildNetwork(): void {
    const commands = [
        "/run/modprobe -a vrf ipvlan",
        "ip netns add peer",
        ...[0, 1].flatMap((cable) => [
            `ip link add e${cable} type veth peer name eth${cable} netns peer`,
            `ip link set e${cable} up`,
            `ip -n peer link set eth${cable} up`,
            `ip -n peer addr add 10.${6 + cable}.0.2/24 dev eth${cable}`,
        ]),
        "ip link add blue type vrf table 10",
        "ip link set blue up",
        "ip link set e0 master blue",
        "ip addr add 10.6.0.1/24 dev e0",
        "ip addr add 10.7.0.1/24 dev e1",
    ];
    for (const command of commands) {
        run(command);
    }
}

function instance(vrid: number, priority: number, lines: readonly string[]): string {
    return [`vrrp_instance V${vrid} {`, `virtual_router_id ${vrid}`, `priority ${priority}`, "advert_int 1", ...lines, "}", ""].join("\n");
}

/** In words of Keepalived's log. */
const MASTER = "Entering MASTER STATE";

async function watchVrf(): Promise<InterfacesSeen["vrf"]> {
    const addresses = (dev: string) => ["virtual_ipaddress {", `10.6.0.9/24 dev ${dev}`, "}"];
    const peer = new Daemon(
        { root, kind: "keepalived", name: "peer-51", flag: "-P", namespace: "peer" },
        instance(51, 100, ["interface eth0", "unicast_src_ip 10.6.0.2", "unicast_peer {", "10.6.0.1", "}", ...addresses("eth0")]),
    );
    await peer.said(MASTER);
    const own = new Daemon(
        { root, kind: "holdfast", name: "own-51", flag: "-P" },
        instance(51, 150, ["vrf blue", "unicast_src_ip 10.6.0.1", "unicast_peer {", "10.6.0.2", "}", ...addresses("e0")]),
    );
    await own.said(MASTER);
    await peer.said("Entering BACKUP STATE");
    await until("the address on e0", () => run("ip addr show dev e0").includes("10.6.0.9/24"));
    const ours = !run("ip -n peer addr show dev eth0").includes("10.6.0.9/24");
    await own.stop();
    const peersAfterwards = await until("the address on the peer", () => run("ip -n peer addr show dev eth0").includes("10.6.0.9/24"));
    await peer.stop();
    return { ours, peersAfterwards, log: own.log, peerLog: peer.log };
}

async function watchIpvlan(): Promise<InterfacesSeen["ipvlan"]> {
    const lines = ["interface e1", "use_ipvlan 10.7.0.5/24 private", "virtual_ipaddress {", "10.7.0.9/24", "}"];
    const own = new Daemon({ root, kind: "holdfast", name: "own-52", flag: "-P" }, instance(52, 255, lines));
    await own.said(MASTER);
    await until("the address on vrrp.52", () => run("ip addr show dev vrrp.52").includes("10.7.0.9/24"));
    const shown = run("ip -d addr show dev vrrp.52");
    await own.stop();
    return { shown, linksAfterwards: run("ip -br link"), log: own.log };
}

buildNetwork();
const seen: InterfacesSeen = { vrf: await watchVrf(), ipvlan: await watchIpvlan() };
writeFileSync("/run/results/result.json", JSON.stringify(seen));
