import type { Family, IpAddress } from "../../base/ip.ts";
import { formatMac, type Mac, parseMac, virtualRouterMac } from "../../base/mac.ts";
import { type IpvlanForm, type MacvlanForm, type VirtualLink, virtualLinkKey } from "../../link/virtual-link.ts";
import type { AddressEntry } from "../blocks/address-entry.ts";
import type { Traffic } from "./destination.ts";
import { LinkNames } from "./link-names.ts";
import type { Protocol } from "./protocol.ts";
import { familyOf } from "./protocol.ts";
import type { Configuration, Instance, Report, Scope } from "./scope.ts";

const MULTICAST_BIT = 0x01;

/** The links that one virtual router needs, and where each of its addresses belongs. */
export interface CompletedLinks {
    /** Its own: for its advertisements and addresses. */
    readonly own: VirtualLink | undefined;
    /** That one and those of single addresses. */
    readonly all: readonly VirtualLink[];
}

/** Virtual links of a whole configuration: one for each MAC address upon each interface, shared by those who want the same. */
export class VirtualLinkPlan {
    readonly #names: LinkNames;
    readonly #report: Report;
    readonly #links = new Map<string, VirtualLink>();

    constructor({ global_defs: globals, vrrp_instance: instances }: Configuration, report: Report) {
        const prefix = globals?.vmac_prefix ?? "vrrp";
        this.#report = report;
        this.#names = new LinkNames({ own: prefix, address: globals?.vmac_addr_prefix ?? prefix });
        for (const instance of instances) {
            this.#reserve(instance);
        }
    }

    /** Those of one virtual router; addresses are asked about afterwards. */
    of(instance: Instance, protocol: Protocol, interfaceName: string): RouterLinks {
        const own = this.#own(instance, protocol, interfaceName);
        const place = (entry: AddressEntry): VirtualLink | string => {
            const { family } = entry.address.address;
            const dev = entry.dev ?? interfaceName;
            const isOfOwn = dev === interfaceName && family === protocol.family;
            if (own !== undefined && isOfOwn) {
                return own;
            }
            return entry.use_vmac || (instance.use_vmac_addr && !isOfOwn) ? this.#forAddress(instance, protocol, { dev, family }) : dev;
        };
        return new RouterLinks(own, place);
    }

    #own(instance: Instance, protocol: Protocol, interfaceName: string): VirtualLink | undefined {
        const { use_vmac, use_ipvlan, virtual_router_id: vrid = 0 } = instance;
        const asked = use_vmac ?? use_ipvlan;
        if (asked === undefined) {
            return undefined;
        }
        if (instance.interface === undefined) {
            this.#complain(instance, "there is no interface for a virtual link to stand on", "it is left out");
            return undefined;
        }
        const form = use_vmac === undefined ? this.#ipvlan(instance, protocol) : this.#macvlan(instance, protocol);
        const written = asked.name ?? asked.interface;
        const origin = { kind: "own", vrid, family: protocol.family } as const;
        return this.#link({ baseName: interfaceName, form, family: protocol.family }, (key) => {
            const isFree = written !== undefined && this.#names.belongsTo(written, key);
            if (written !== undefined && !isFree) {
                this.#complain(instance, `interface name ${written} is used for another virtual link`, "another name is made up");
            }
            return {
                name: isFree ? written : this.#names.next(origin, key),
                ...(asked.group !== undefined && { group: asked.group }),
                ...(use_vmac?.netlink_notify_msg && { isNotified: true as const }),
            };
        });
    }

    #forAddress(instance: Instance, protocol: Protocol, { dev, family }: { readonly dev: string; readonly family: Family }): VirtualLink {
        const { virtual_router_id: vrid = 0 } = instance;
        const form = family === protocol.family ? this.#macvlan(instance, protocol) : macvlanOf(virtualRouterMac(family, vrid));
        return this.#link({ baseName: dev, form, family }, (key) => ({ name: this.#names.next({ kind: "address", vrid, family }, key) }));
    }

    #link(
        { baseName, form, family }: { readonly baseName: string; readonly form: MacvlanForm | IpvlanForm; readonly family: Family },
        identify: (key: string) => Pick<VirtualLink, "name" | "group" | "isNotified">,
    ): VirtualLink {
        const sharedKey = form.kind === "macvlan" ? virtualLinkKey({ name: "", baseName, form }) : undefined;
        const known = sharedKey === undefined ? undefined : this.#links.get(sharedKey);
        const reach = { hasIpv4: family === 4, hasIpv6: family === 6 };
        if (known !== undefined) {
            return { ...known, ...reach };
        }
        const link: VirtualLink = { ...identify(sharedKey ?? `ipvlan ${baseName}`), baseName, form, ...reach };
        this.#links.set(virtualLinkKey(link), link);
        return link;
    }

    #macvlan(instance: Instance, { family, strict }: Protocol): MacvlanForm {
        const { virtual_router_id: vrid = 0 } = instance;
        const standard = virtualRouterMac(family, vrid);
        const written = instance.use_vmac?.mac;
        const mac = written === undefined ? standard : writtenMac(written, vrid);
        if (mac !== undefined && (!strict || written === undefined) && !isMulticastMac(mac)) {
            return macvlanOf(mac);
        }
        const why = strict ? "strict mode knows no MAC address but the standard's" : `${written} is no address of one interface`;
        this.#complain(instance, why, `${formatMac(standard)} is used`);
        return macvlanOf(standard);
    }

    #ipvlan(instance: Instance, { family }: Protocol): IpvlanForm {
        const { address: written, mode } = instance.use_ipvlan ?? {};
        const address = written?.address;
        const isUsable = address?.family === family;
        if (address !== undefined && !isUsable) {
            this.#complain(instance, "the address of use_ipvlan is of the other address family", "it is left out");
        }
        const hasSource = isUsable || instance.mcast_src_ip !== undefined || instance.unicast_src_ip !== undefined;
        if (family === 4 && !hasSource) {
            this.#complain(instance, "use_ipvlan needs an address with IPv4", "advertisements are sent from the interface's own address");
        }
        return { kind: "ipvlan", mode: mode ?? "bridge", ...(isUsable && { address }) };
    }

    /** A name that is written belongs to whoever writes it first, wherever others that are made up come before it. */
    #reserve(instance: Instance): void {
        const { use_vmac, use_ipvlan, virtual_router_id: vrid = 0, interface: baseName } = instance;
        const name = use_vmac?.name ?? use_vmac?.interface ?? use_ipvlan?.name ?? use_ipvlan?.interface;
        if (baseName === undefined || name === undefined) {
            return;
        }
        const mac = use_vmac?.mac === undefined ? undefined : writtenMac(use_vmac.mac, vrid);
        const form = macvlanOf(mac ?? virtualRouterMac(familyOf(instance), vrid));
        this.#names.reserve(name, use_vmac === undefined ? `ipvlan ${baseName}` : virtualLinkKey({ name: "", baseName, form }));
    }

    #complain(instance: Instance, what: string, consequence: string): void {
        this.#report(instance.positions.use_vmac ?? instance.positions.use_ipvlan ?? instance.at, {
            code: "virtual-link",
            errorClass: "general",
            message: `(${instance.name}) ${what}`,
            consequence,
        });
    }
}

/** The links of one virtual router, as its addresses ask for them. */
export class RouterLinks implements CompletedLinks {
    readonly own: VirtualLink | undefined;
    readonly #place: (entry: AddressEntry) => VirtualLink | string;
    readonly #all = new Map<string, VirtualLink>();

    constructor(own: VirtualLink | undefined, place: (entry: AddressEntry) => VirtualLink | string) {
        this.own = own;
        this.#place = place;
        if (own !== undefined) {
            this.#all.set(own.name, own);
        }
    }

    get all(): readonly VirtualLink[] {
        return [...this.#all.values()];
    }

    /** The name of the interface that an address is to be put on. */
    place(entry: AddressEntry): string {
        const link = this.#place(entry);
        if (typeof link === "string") {
            return link;
        }
        const known = this.#all.get(link.name);
        const isKnown = known !== undefined && (!link.hasIpv4 || known.hasIpv4) && (!link.hasIpv6 || known.hasIpv6);
        if (!isKnown) {
            this.#all.set(link.name, {
                ...(known ?? link),
                hasIpv4: link.hasIpv4 || known?.hasIpv4 === true,
                hasIpv6: link.hasIpv6 || known?.hasIpv6 === true,
            });
        }
        return link.name;
    }
}

/** Unicast goes over the base in any case; `vmac_xmit_base` asks for it, which strict mode does not know. */
export function linkCarriesAdvertisements(instance: Instance, { strict }: Protocol, { destination }: Traffic, { report }: Scope): boolean {
    const wantsBase = instance.vmac_xmit_base;
    if (wantsBase && strict) {
        report(instance.positions.vmac_xmit_base ?? instance.at, {
            code: "strict-vmac-xmit-base",
            errorClass: "general",
            message: `(${instance.name}) strict mode sends from the virtual MAC only`,
            consequence: "vmac_xmit_base is left out",
        });
    }
    if (!wantsBase && instance.use_vmac !== undefined && instance.interface !== undefined && destination.type === "unicast") {
        report(instance.positions.use_vmac ?? instance.at, {
            code: "unicast-vmac",
            errorClass: "general",
            message: `(${instance.name}) unicast cannot be sent from a virtual MAC`,
            consequence: "vmac_xmit_base is assumed",
        });
    }
    return destination.type !== "unicast" && !(wantsBase && !strict);
}

/** What an ipvlan's advertisements are sent from. */
export function sourceOfLink({ own }: CompletedLinks): IpAddress | undefined {
    return own?.form.kind === "ipvlan" ? own.form.address : undefined;
}

function macvlanOf(mac: Mac): MacvlanForm {
    return { kind: "macvlan", mac };
}

/** Five octets are completed by the VRID. */
function writtenMac(written: string, vrid: number): Mac | undefined {
    return parseMac(written.split(":").length === 5 ? `${written}:${vrid.toString(16)}` : written);
}

function isMulticastMac(mac: Mac): boolean {
    return ((mac[0] ?? 0) & MULTICAST_BIT) !== 0;
}
