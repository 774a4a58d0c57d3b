import { configure, run, runIn } from "./machine.ts";

/** A machine on a bridge of its own side of the directors, or on both. */
export interface Place {
    readonly name: string;
    /** Interface, bridge, addresses. */
    readonly links: readonly (readonly [name: string, bridge: string, ...addresses: string[]])[];
    /** Virtual addresses that stand on `lo`: the machine answers for them, and tells nobody. */
    readonly hidden?: readonly string[];
    readonly routes?: readonly string[];
}

/** Namespaces, their interfaces and addresses; every bridge that is named stands in this namespace. */
export function buildNetwork(places: readonly Place[]): void {
    const bridges = new Set(places.flatMap(({ links }) => links.map(([, bridge]) => bridge)));
    const ports = places.flatMap(({ name, links }) =>
        links.flatMap(([link, bridge]) => [
            `link add ${portOf(name, link)} type veth peer name ${link} netns ${name}`,
            `link set ${portOf(name, link)} master ${bridge} up`,
        ]),
    );
    for (const { name } of places) {
        run(`ip netns add ${name}`);
        const conf = "net.ipv4.conf.all";
        const families = ["all", "default"].flatMap((which) => [
            `net.ipv6.conf.${which}.accept_dad=0`,
            `net.ipv6.conf.${which}.dad_transmits=0`,
        ]);
        runIn(name, `sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1 ${families.join(" ")} ${conf}.rp_filter=0`);
        runIn(name, `sysctl -qw ${conf}.arp_ignore=1 ${conf}.arp_announce=2`);
    }
    run(
        "ip -batch -",
        `${[...[...bridges].flatMap((bridge) => [`link add ${bridge} type bridge`, `link set ${bridge} up`]), ...ports].join("\n")}\n`,
    );
    for (const { name, links, hidden = [], routes = [] } of places) {
        configure(name, [
            "link set lo up",
            ...links.flatMap(([link, , ...addresses]) => [
                `link set ${link} up`,
                ...addresses.map((address) => `addr add ${address} dev ${link}${address.includes(":") ? " nodad" : ""}`),
            ]),
            ...hidden.map((address) => `addr add ${address} dev lo`),
            ...routes.map((route) => `route add ${route}`),
        ]);
    }
}

/** Pulls that machine's cables, as far as all others can see, or plugs them in again. */
export function turnCables(name: string, links: readonly string[], state: "up" | "down"): void {
    run("ip -batch -", `${links.map((link) => `link set ${portOf(name, link)} ${state}`).join("\n")}\n`);
}

function portOf(name: string, link: string): string {
    return `${name}.${link}`;
}
