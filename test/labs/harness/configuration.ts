/** One vrrp_instance of a lab's configuration. */
export interface InstancePlan {
    readonly name?: string;
    readonly version: 2 | 3;
    readonly family: 4 | 6;
    readonly priority: number;
    /** Seconds. */
    readonly interval: number;
    readonly state?: "MASTER" | "BACKUP";
    readonly interface?: string;
    readonly vrid?: number;
    readonly addresses?: readonly string[];
    /** Further statements of the instance, one a line. */
    readonly lines?: readonly string[];
    /** Further statements of global_defs. */
    readonly globals?: readonly string[];
}

/** The virtual router that labs use unless they say otherwise. */
export const VRID = 51;

/** The address that clients use, by family. */
export const SERVICE_ADDRESS = { 4: "10.77.0.100", 6: "fd77::100" } as const;

/** A virtual router for IPv6 has a link-local address first (RFC 9568 §6.1). */
export const LINK_LOCAL_ADDRESS = "fe80::77:100";

/** With it the daemon has a bfd and a checkers process, too. */
export const EVERY_PROCESS = [
    "virtual_server 10.77.0.100 80 {",
    "    delay_loop 1",
    "    lvs_method NAT",
    "    real_server 10.77.0.1 80 {",
    "        TCP_CHECK {",
    "            connect_timeout 1",
    "        }",
    "    }",
    "}",
    "bfd_instance far {",
    "    neighbor_ip 10.77.0.2",
    "    source_ip 10.77.0.1",
    "}",
    "",
].join("\n");

/** A configuration file with these instances. */
export function configuration(...instances: readonly InstancePlan[]): string {
    const globals = ["router_id lab", ...instances.flatMap((instance) => instance.globals ?? [])].map((line) => `    ${line}`);
    return ["global_defs {", ...globals, "}", "", ...instances.map(instanceText)].join("\n");
}

/** The addresses of an instance when the plan names none. */
export function defaultAddresses(family: 4 | 6): readonly string[] {
    return family === 4 ? [`${SERVICE_ADDRESS[4]}/16`] : [`${LINK_LOCAL_ADDRESS}/64`, `${SERVICE_ADDRESS[6]}/64`];
}

function instanceText(plan: InstancePlan): string {
    const addresses = plan.addresses ?? defaultAddresses(plan.family);
    return [
        `vrrp_instance ${plan.name ?? "VI_1"} {`,
        `    state ${plan.state ?? "BACKUP"}`,
        `    interface ${plan.interface ?? "eth0"}`,
        `    virtual_router_id ${plan.vrid ?? VRID}`,
        `    priority ${plan.priority}`,
        `    version ${plan.version}`,
        `    advert_int ${plan.interval}`,
        ...(plan.lines ?? []).map((line) => `    ${line}`),
        "    virtual_ipaddress {",
        ...addresses.map((address) => `        ${address}`),
        "    }",
        "}",
        "",
    ].join("\n");
}
