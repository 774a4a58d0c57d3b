import { commonState } from "../../vrrp/group-state.ts";
import type { SyncGroupSettings } from "../../vrrp/settings.ts";
import { stateWord } from "../words.ts";
import type { RouterView } from "./router-view.ts";

/** The sync groups as text: ` VRRP Sync Group = NAME, STATE`, then the members. */
export function syncGroupLines(groups: readonly SyncGroupSettings[], views: readonly RouterView[]): readonly string[] {
    const states = new Map(views.map(({ settings, snapshot }) => [settings.name, snapshot?.state ?? "initialize"]));
    const lines = groups.flatMap(({ name, members }) => [
        ` VRRP Sync Group = ${name}, ${stateWord(commonState(members.map((member) => states.get(member) ?? "initialize")))}`,
        "   VRRP member instances :",
        ...members.map((member) => `     ${member}`),
    ]);
    return lines.length === 0 ? [] : ["------< VRRP Sync groups >------", ...lines];
}

/** What a virtual router tracks and which group it is in, a heading for each kind. */
export function trackingLines({ settings }: RouterView): readonly string[] {
    const { trackers = [] } = settings;
    return HEADINGS.flatMap(({ kind, heading }) => {
        const lines = trackers
            .filter((use) => use.kind === kind)
            .map(({ name, weight, isReversed }) => `  ${name} weight ${weight}${isReversed ? " reverse" : ""}`);
        return lines.length === 0 ? [] : [heading, ...lines];
    });
}

const HEADINGS = [
    { kind: "interface", heading: "Tracked interfaces :" },
    { kind: "script", heading: "Tracked scripts :" },
    { kind: "file", heading: "Tracked files :" },
    { kind: "process", heading: "Tracked processes :" },
    { kind: "bfd", heading: "Tracked BFDs :" },
    { kind: "static", heading: "Static track groups :" },
] as const;
