/** The lab of two directors: addresses, and the configuration that both have but for their names and priorities. */

/** Behind address translation; the client's side. */
export const NAT = "10.8.0.100";
export const NAT_SIX = "fd08::100";
/** Answered by the servers themselves; on their own side, where the client has a leg too. */
export const DIRECT = "10.9.0.100";
export const DIRECT_SIX = "fd09::100";
export const TUNNEL = { ipip: "10.9.0.101", gre: "10.9.0.102", gue: "10.9.0.103" } as const;
export const PERSISTENT = "10.9.0.105";
export const NEEDS_TWO = "10.9.0.106";
/** An address, and two that are a range. */
export const GROUP = ["10.9.0.110", "10.9.0.111", "10.9.0.112"] as const;
/** Known by the marks that the directors' ingress sets. */
export const MARKED = { alone: "10.9.0.120", inGroup: "10.9.0.121" } as const;

export const SERVERS = { one: "10.9.0.11", two: "10.9.0.12", sorry: "10.9.0.13" } as const;

const GATEWAY = ["10.9.0.254/24", "fd09::254/64"] as const;
const OTHERS = [...Object.values(TUNNEL), PERSISTENT, NEEDS_TWO, ...GROUP, ...Object.values(MARKED)];

/** What stands on the servers' `lo`. */
export const HIDDEN: readonly string[] = [...[DIRECT, ...OTHERS].map((address) => `${address}/32`), `${DIRECT_SIX}/128`];

const CHECK = "TCP_CHECK {\n connect_timeout 2\n retry 1\n delay_before_retry 1\n warmup 1\n }";

interface Service {
    readonly head: string;
    readonly lines?: readonly string[];
    readonly algorithm?: string;
    readonly kind?: string;
    readonly port?: string;
    readonly six?: boolean;
    readonly weight?: number;
    readonly isChecked?: boolean;
}

function service({ head, lines = [], algorithm = "rr", kind = "DR", port = "80", six = false, weight = 1, isChecked = false }: Service) {
    const check = isChecked ? CHECK : "";
    const [one, two] = six ? ["fd09::11", "fd09::12"] : [SERVERS.one, SERVERS.two];
    return [
        `virtual_server ${head} {`,
        "delay_loop 1",
        `lb_algo ${algorithm}`,
        `lb_kind ${kind}`,
        ...(head.startsWith("fwmark") ? [] : [lines.includes("protocol UDP") ? "" : "protocol TCP"]),
        ...lines,
        `real_server ${one} ${port} {\nweight ${weight}\n${check}\n}`,
        `real_server ${two} ${port} {\n${check}\n}`,
        "}",
    ].join("\n");
}

/** @param firstWeight of the first server behind address translation */
export function directorConfiguration(name: string, { priority, firstWeight }: { priority: number; firstWeight: number }): string {
    const checked = { isChecked: true };
    const tunnels = Object.entries({ ipip: "TUN", gre: "TUN type gre", gue: "TUN type gue port 6080" });
    return [
        `global_defs {\nrouter_id ${name}\nlvs_sync_daemon eth1 VI id 7\n}`,
        `vrrp_instance VI {\nstate BACKUP\ninterface eth1\nvirtual_router_id 51\npriority ${priority}\nadvert_int 1`,
        `virtual_ipaddress {\n${NAT}/24 dev eth0\n${DIRECT}/32 dev eth1\n${GATEWAY[0]} dev eth1\n}`,
        "virtual_ipaddress_excluded {",
        ...OTHERS.map((address) => `${address}/32 dev eth1`),
        `${NAT_SIX}/64 dev eth0\n${DIRECT_SIX}/128 dev eth1\n${GATEWAY[1]} dev eth1\n}\n}`,
        `virtual_server_group GROUP {\n${GROUP[0]} 80\n${GROUP[1]}-112 80\nfwmark 10\n}`,
        service({
            head: `${NAT} 80`,
            algorithm: "wrr",
            kind: "NAT",
            weight: firstWeight,
            lines: [`sorry_server ${SERVERS.sorry} 80`],
            ...checked,
        }),
        service({ head: `${NAT_SIX} 80`, kind: "NAT", six: true }),
        service({ head: `${NAT} 53`, kind: "NAT", port: "53", lines: ["protocol UDP"] }),
        service({ head: `${DIRECT} 80`, ...checked }),
        service({ head: `${DIRECT_SIX} 80`, six: true }),
        ...tunnels.map(([type, kind]) => service({ head: `${TUNNEL[type as keyof typeof TUNNEL]} 80`, kind })),
        service({ head: `${PERSISTENT} 80`, lines: ["persistence_timeout 60"] }),
        service({ head: `${NEEDS_TWO} 80`, lines: ["quorum 2", `sorry_server ${SERVERS.sorry} 80`], ...checked }),
        service({ head: "group GROUP" }),
        service({ head: "fwmark 9", port: "" }),
    ].join("\n");
}
