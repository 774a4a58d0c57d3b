import type { Forwarding } from "../../../service/virtual-server.ts";
import type { forwarding } from "../../arguments/services.ts";
import type { Position } from "../../position.ts";
import type { ArgumentValue } from "../../schema.ts";
import type { Report } from "../scope.ts";

const METHODS = { NAT: "nat", DR: "route", TUN: "tunnel" } as const;
const NAT: Forwarding = { method: "nat" };

type WrittenForwarding = ArgumentValue<typeof forwarding>;

/** `lb_kind` and `lvs_method`; NAT where nothing, or nothing sound, is written. */
export function completeForwarding(
    written: WrittenForwarding | undefined,
    {
        otherwise = NAT,
        at,
        name,
        report,
    }: { readonly otherwise?: Forwarding; readonly at: Position; readonly name: string; readonly report: Report },
): Forwarding {
    if (written === undefined) {
        return otherwise;
    }
    const method = METHODS[written.method as keyof typeof METHODS];
    const complaint = complaintAbout(written);
    if (complaint !== undefined) {
        report(at, {
            code: "tunnel-form",
            errorClass: "general",
            message: `${name}: ${complaint}`,
            allowed: "TUN type gue port PORT [nocsum|csum|remcsum], TUN type gre [nocsum|csum], TUN [type ipip]",
            consequence: "packets go through a plain tunnel",
        });
        return { method };
    }
    if (method !== "tunnel" || written.type === undefined || written.type === "ipip") {
        return { method };
    }
    const checksum = written.remcsum ? "remote" : written.csum ? "full" : "none";
    return { method, tunnel: { type: written.type, port: written.port ?? 0, checksum } };
}

function complaintAbout(written: WrittenForwarding): string | undefined {
    const { method, type = "ipip", port } = written;
    if (method !== "TUN") {
        return written.type !== undefined || port !== undefined ? `${method} has no tunnel` : undefined;
    }
    if (type === "gue") {
        return port === undefined ? "a gue tunnel needs a port" : undefined;
    }
    return port === undefined ? undefined : `a tunnel of type ${type} has no port`;
}
