import { advertisingInterface } from "../../core/vrrp/advertising-interface.ts";
import type { Link } from "../../core/vrrp/events.ts";
import { EVERYWHERE } from "../../core/vrrp/no-interface.ts";
import type { VirtualRouterSettings } from "../../core/vrrp/settings.ts";
import type { Attendance } from "./vrrp-port.ts";

/** RFC 8200 §5: IPv6 wants an MTU of that at least, and Linux has none on a link that has less. */
const LEAST_MTU_OF_IPV6 = 1_280;

/** Whether there may be IPv6 on a link. Where there was and is no more, it has left all multicast groups. */
export function carriesIpv6({ mtu }: Pick<Link, "mtu">): boolean {
    return mtu >= LEAST_MTU_OF_IPV6;
}

/** Where these virtual routers are to be heard; those whose interface does not exist now, or knows no IPv6, are left out. */
export function attendancesOf(routers: readonly VirtualRouterSettings[], links: Iterable<Link>): Attendance[] {
    const byName = new Map([EVERYWHERE, ...links].map((link) => [link.name, link]));
    return routers.flatMap((router) => {
        const interfaceName = advertisingInterface(router);
        const { vrid, family, destination, authentication, receiveBuffer } = router;
        const link = byName.get(interfaceName);
        const group = destination.type === "multicast" ? { group: destination.group } : {};
        const header = authentication.type === "header" ? { hasAuthenticationHeader: true as const } : {};
        if (link === undefined || (family === 6 && !carriesIpv6(link))) {
            return [];
        }
        const buffer = receiveBuffer === undefined ? {} : { receiveBuffer: receiveBuffer.bytes + receiveBuffer.mtus * link.mtu };
        return [{ vrid, family, interfaceName, interfaceIndex: link.index, ...group, ...header, ...buffer }];
    });
}
