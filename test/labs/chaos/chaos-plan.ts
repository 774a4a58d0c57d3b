import { configuration } from "../harness/configuration.ts";

/** The addresses that move: of a virtual router on the interface itself, and of one with a virtual MAC address. */
export const ADDRESSES = ["10.77.0.100", "10.77.0.101"] as const;

/** What the first virtual router puts up besides its address, as `ip` names them. */
export const ROUTE = ["10.88.0.0/16", "via", "10.77.0.9", "dev", "eth0"] as const;
export const RULE = ["from", "10.88.0.0/16", "table", "188"] as const;

/** The link of the virtual MAC address. */
export const VMAC = "vrrp.52";

/** In milliseconds, of both virtual routers. */
export const INTERVAL = 100;

/** What changes about a machine's configuration. */
export interface ChaosPlan {
    readonly priority: number;
    /** How many addresses more than it needs. */
    readonly more: number;
}

/** Where a machine's files are. */
export interface ChaosPaths {
    /** Scripts, and what tells them to hang. */
    readonly scripts: string;
    readonly fifo: string;
    /** Pid files, notes, logs and dumps. */
    readonly disk: string;
}

/** The configuration of one of the two machines: something of everything that can be lost or left behind. */
export function chaosConfiguration(ends: { readonly own: string; readonly other: string }, paths: ChaosPaths, plan: ChaosPlan): string {
    const { scripts, fifo, disk } = paths;
    const more = Array.from({ length: plan.more }, (_, index) => `10.78.${index >> 8}.${index & 255}/32 dev eth0`);
    const both = { version: 3, family: 4, interval: INTERVAL / 1_000, priority: plan.priority } as const;
    const first = {
        ...{ ...both, name: "VI_1", vrid: 51, addresses: [`${ADDRESSES[0]}/16`] },
        lines: [
            `auth_hmac {\n key 1 hex:${"5a".repeat(32)}\n }`,
            `virtual_routes {\n ${ROUTE.join(" ")}\n }`,
            `virtual_rules {\n ${RULE.join(" ")}\n }`,
            `virtual_ipaddress_excluded {\n ${more.join("\n ")}\n }`,
            "track_script {\n tracked\n }",
            "track_bfd {\n path weight -5\n }",
            `notify ${scripts}/notify.sh`,
            // Clients believe whoever announced last: a master that yields lets the other one know that it has to.
            "higher_prio_send_advert",
        ],
    };
    const second = { ...both, name: "VI_2", vrid: 52, addresses: [`${ADDRESSES[1]}/16`], lines: [`use_vmac ${VMAC}`] };
    return [
        "global_defs {",
        // What the machine does besides is none of the faults.
        ...[
            "vrrp_rt_priority 50",
            "bfd_rt_priority 50",
            "process_name chaos_parent",
            "vrrp_process_name chaos_vrrp",
            "bfd_process_name chaos_bfd",
        ],
        ...[
            `vrrp_notify_fifo ${fifo}`,
            "script_user root",
            `state_dump_file ${disk}/`,
            `stats_dump_file ${disk}/`,
            `json_dump_file ${disk}/`,
        ],
        "}",
        `vrrp_script tracked {\n script ${scripts}/track.sh\n interval 1\n timeout 1\n weight -10\n fall 1\n rise 1\n}`,
        `bfd_instance path {\n neighbor_ip ${ends.other}\n source_ip ${ends.own}\n min_rx 50\n min_tx 50\n multiplier 5\n}`,
        configuration(first, second),
    ].join("\n");
}

/** Ends well, unless it is told to hang: then it ends when the telling is over, and no signal but the last one ends it earlier. */
export function hangingScript(sign: string): string {
    return `#!/bin/sh\ntrap '' TERM\nwhile test -e ${sign}; do sleep 0.2; done\n`;
}
