import type { RealServerSettings } from "../../../service/virtual-server.ts";
import type { ServerContext } from "./real-servers.ts";

/** How much weight must be alive, and the margin around that. */
export interface Quorum {
    readonly quorum: number;
    readonly hysteresis: number;
}

/** A quorum that can be reached, and a margin that is smaller. */
export function completeQuorum({ written, name, report }: ServerContext, realServers: readonly RealServerSettings[]): Quorum {
    // Of a name there may be any number of servers.
    const most = realServers.reduce(
        (sum, { weight, named }) => sum + (named !== undefined && weight > 0 ? Number.POSITIVE_INFINITY : weight),
        0,
    );
    const wanted = written.quorum ?? 1;
    const quorum = Math.min(wanted, most);
    if (quorum < wanted && written.quorum !== undefined) {
        report(written.positions.quorum ?? written.at, {
            code: "quorum-out-of-reach",
            errorClass: "general",
            message: `${name}: the quorum ${wanted} is more than all weights together`,
            consequence: `${quorum} is used`,
        });
    }
    const margin = written.hysteresis ?? 0;
    const hysteresis = Math.max(0, Math.min(margin, quorum - 1));
    if (hysteresis < margin) {
        report(written.positions.hysteresis ?? written.at, {
            code: "hysteresis-too-large",
            errorClass: "general",
            message: `${name}: the hysteresis ${margin} is not less than the quorum ${quorum}`,
            consequence: `${hysteresis} is used`,
        });
    }
    return { quorum, hysteresis };
}
