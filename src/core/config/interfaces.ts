import type { Configuration, Report } from "./complete/scope.ts";
import type { Position } from "./position.ts";

/** Reports interfaces that are named but not there, each place of them. With `dynamic_interfaces` they may come later, and nothing is said. */
export function checkInterfaces(configuration: Configuration, exists: (name: string) => boolean, report: Report): void {
    if (configuration.global_defs?.positions.dynamic_interfaces !== undefined) {
        return;
    }
    const check = (name: string | undefined, at: Position, user: string): void => {
        if (name !== undefined && !exists(name)) {
            report(at, { code: "no-such-interface", errorClass: "warning", message: `there is no interface '${name}' for ${user}` });
        }
    };
    for (const instance of configuration.vrrp_instance) {
        const user = `vrrp_instance ${instance.name}`;
        check(instance.interface, instance.positions.interface ?? instance.at, user);
        check(instance.vrf, instance.positions.vrf ?? instance.at, user);
        for (const address of [...instance.virtual_ipaddress, ...instance.virtual_ipaddress_excluded]) {
            check(address.dev, address.at, `an address of ${user}`);
        }
        for (const route of instance.virtual_routes) {
            check(route.dev, route.at, `a route of ${user}`);
        }
        for (const tracked of instance.track_interface) {
            check(tracked.name, tracked.at, `track_interface of ${user}`);
        }
    }
    for (const list of ["linkbeat_interfaces", "interface_up_down_delays"] as const) {
        for (const [index, entry] of configuration[list].entries()) {
            check(entry.interface, configuration.positions[list]?.[index] ?? configuration.at, list);
        }
    }
    for (const address of configuration.static_ipaddress) {
        check(address.dev, address.at, "a static address");
    }
    for (const route of configuration.static_routes) {
        check(route.dev, route.at, "a static route");
    }
}
