import { limitsOf } from "../../../service/nftables-limits.ts";
import type { VirtualServerSettings } from "../../../service/virtual-server.ts";
import type { Globals } from "../globals.ts";
import type { Report } from "../scope.ts";
import type { WrittenVirtualServer } from "./checked-server.ts";

/** Whether the data plane that is asked for can do this; complains of all that it cannot. What `auto` comes to shows on the machine alone. */
export function suitsPlane(
    server: VirtualServerSettings,
    written: WrittenVirtualServer,
    { globals, report }: { readonly globals: Globals | undefined; readonly report: Report },
): boolean {
    const limits = globals?.data_plane === "nftables" ? limitsOf(server) : [];
    for (const { text } of limits) {
        report(written.positions.lb_algo ?? written.at, {
            code: "nftables-cannot",
            errorClass: "general",
            message: `${server.name} ${text}, which data_plane nftables cannot do`,
            allowed: "lb_algo rr, wrr, sh, mh, dh or fo; lb_kind NAT or DR; no thresholds, ops or persistence engine",
            consequence: "the virtual server is left out",
        });
    }
    return limits.length === 0;
}
