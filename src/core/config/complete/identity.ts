import type { Instance, Scope } from "./scope.ts";

/** Which virtual router this is, and where it lives. */
export interface Identity {
    readonly name: string;
    readonly vrid: number;
    /** Where its advertisements travel; empty where routing decides. */
    readonly interfaceName: string;
}

/** Number and interface; without them there is no virtual router. By unicast from a known address it needs no interface. */
export function completeIdentity(instance: Instance, scope: Scope): Identity | undefined {
    const { name, virtual_router_id: vrid } = instance;
    const interfaceName = instance.interface ?? withoutInterface(instance);
    if (vrid === undefined) {
        reportMissing(instance, { lacks: "virtual_router_id", what: "virtual_router_id is missing" }, scope);
    }
    if (interfaceName === undefined) {
        const what = "interface is missing; only unicast from a unicast_src_ip can do without";
        reportMissing(instance, { lacks: "interface", what }, scope);
    }
    if (vrid === undefined || interfaceName === undefined) {
        return undefined;
    }
    if (interfaceName === "lo") {
        scope.report(instance.positions.interface ?? instance.at, {
            code: "loopback",
            errorClass: "general",
            message: `(${name}) advertisements cannot travel on the loopback interface`,
            consequence: "the virtual router is left out",
        });
        return undefined;
    }
    reportSpareVrf(instance, scope);
    return { name, vrid, interfaceName };
}

/** Sockets that belong to a VRF send by its table, and hear what comes in on any of its interfaces. */
function withoutInterface({ vrf, positions, unicast_src_ip, mcast_src_ip }: Instance): string | undefined {
    const isUnicast = positions.unicast_peer !== undefined && (unicast_src_ip ?? mcast_src_ip) !== undefined;
    return isUnicast ? (vrf ?? "") : undefined;
}

function reportSpareVrf(instance: Instance, scope: Scope): void {
    if (instance.vrf !== undefined && instance.interface !== undefined) {
        scope.report(instance.positions.vrf ?? instance.at, {
            code: "vrf-with-interface",
            errorClass: "general",
            message: `(${instance.name}) vrf is for virtual routers without an interface`,
            consequence: `the VRF of ${instance.interface}, if it has one, counts`,
        });
    }
}

function reportMissing(instance: Instance, { lacks, what }: { readonly lacks: string; readonly what: string }, scope: Scope): void {
    scope.report(instance.at, {
        code: "keyword-missing",
        errorClass: "general",
        message: `(${instance.name}) ${what}`,
        consequence: "the virtual router is left out",
        lacks,
    });
}
