import type { FollowSettings } from "../../../service/follow-settings.ts";
import { trackerKey } from "../../../track/tracker-use.ts";
import type { Complaint } from "../../complaint.ts";
import type { CheckedServer } from "./checked-server.ts";

/** `FILE_CHECK`: those whose file is tracked. */
export function fileChecks({ written: { FILE_CHECK: checks }, name, trackers, report }: CheckedServer): readonly FollowSettings[] {
    return checks.flatMap(({ track_file: file, weight, positions, at }) => {
        const tracked = trackers.get(trackerKey({ kind: "file", name: file ?? "" }));
        if (file === undefined || tracked === undefined) {
            report(positions.track_file ?? at, unknown(`FILE_CHECK of ${name}`, "track_file", file));
            return [];
        }
        const isReversed = (weight?.reverse ?? tracked.reverse) === "reverse";
        return [{ follows: { kind: "file", name: file, weight: weight?.weight ?? tracked.weight, isReversed }, isAlpha: false }];
    });
}

/** `BFD_CHECK`: those whose session there is; of two for one session the first. */
export function bfdChecks({ written, virtualServer, name, trackers, report }: CheckedServer): readonly FollowSettings[] {
    const taken = new Set<string>();
    return written.BFD_CHECK.flatMap(({ name: session, alpha, positions, at }) => {
        const where = positions.name ?? at;
        if (session === undefined || !trackers.has(trackerKey({ kind: "bfd", name: session }))) {
            report(where, unknown(`BFD_CHECK of ${name}`, "bfd_instance", session));
            return [];
        }
        if (taken.has(session)) {
            report(where, {
                code: "followed-twice",
                errorClass: "general",
                message: `${name} follows BFD session ${session} already`,
                consequence: "the checker is left out",
            });
            return [];
        }
        taken.add(session);
        return [{ follows: { kind: "bfd", name: session }, isAlpha: alpha ?? written.alpha ?? virtualServer.alpha ?? false }];
    });
}

function unknown(what: string, noun: string, name: string | undefined): Complaint {
    return {
        code: "nothing-to-follow",
        errorClass: "general",
        message: name === undefined ? `${what} names no ${noun}` : `${what}: ${noun} ${name} is not defined`,
        consequence: "the checker is left out",
    };
}
