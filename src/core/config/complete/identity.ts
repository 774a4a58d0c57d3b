import type { Instance, Scope } from "./scope.ts";

/** Which virtual router this is, and where it lives. */
export interface Identity {
    readonly name: string;
    readonly vrid: number;
    readonly interfaceName: string;
}

/** Number and interface; without them there is no virtual router. */
export function completeIdentity(instance: Instance, scope: Scope): Identity | undefined {
    const { name, virtual_router_id: vrid, interface: interfaceName } = instance;
    if (vrid === undefined) {
        reportMissing(instance, "virtual_router_id", scope);
    }
    if (interfaceName === undefined) {
        reportMissing(instance, "interface", scope);
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
    return { name, vrid, interfaceName };
}

function reportMissing(instance: Instance, keyword: string, scope: Scope): void {
    scope.report(instance.at, {
        code: "keyword-missing",
        errorClass: "general",
        message: `(${instance.name}) ${keyword} is missing`,
        consequence: "the virtual router is left out",
    });
}
