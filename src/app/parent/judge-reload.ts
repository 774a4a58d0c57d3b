import { root } from "../../core/config/blocks/root.ts";
import { type Change, diff } from "../../core/config/diff.ts";
import { dump } from "../../core/config/dump.ts";
import { maskedSecrets } from "../../core/config/masked-secrets.ts";
import type { ConfigurationChange } from "../../core/supervise/control-messages.ts";
import type { DaemonConfiguration, LoadedConfiguration } from "../daemon-program.ts";

/** What reading the configuration again came to. */
export type ReloadVerdict =
    /** `changes` are found out when they are asked for: whoever reloads by a signal does not. */
    | { readonly type: "accepted"; readonly configuration: DaemonConfiguration; readonly changes: () => readonly ConfigurationChange[] }
    | { readonly type: "refused"; readonly reason: string };

/** Judges a configuration that is to take the place of the one that runs. */
export function judgeReload(running: DaemonConfiguration, { isBroken, outcome }: LoadedConfiguration): ReloadVerdict {
    if (!outcome.ok || isBroken) {
        return { type: "refused", reason: "Configuration has errors" };
    }
    if (isBlank(outcome.value)) {
        return { type: "refused", reason: "The configuration holds no statement, as a file that is just being written" };
    }
    const { source } = outcome.value;
    const impossible = diff(root, running.source, source, "refuses-reload").map((change) => describe(change).what);
    if (impossible.length > 0) {
        return { type: "refused", reason: `${impossible.join(", ")} cannot be changed while the daemon runs: restart it` };
    }
    return { type: "accepted", configuration: outcome.value, changes: () => diff(root, running.source, source).map(describe) };
}

/** Whoever wants nothing done stops the daemon: a text without a single statement is an accident. */
function isBlank({ roles, source }: DaemonConfiguration): boolean {
    return roles.length === 0 && dump(root, source).trim() === "";
}

function describe({ path, keyword, before, after, reload }: Change): ConfigurationChange {
    // What may be given several times has a line each.
    const shown = (text: string) =>
        text
            .split("\n")
            .map((line) => maskedSecrets(`${keyword} ${line}`).slice(keyword.length + 1))
            .join("\n");
    const isBlock = (before ?? after ?? "").startsWith(`${keyword} `) || before === keyword || after === keyword;
    return {
        what: [...path, ...(isBlock ? [before ?? after ?? keyword] : [keyword])].join(" "),
        ...(before !== undefined && { before: isBlock ? "there" : shown(before) }),
        ...(after !== undefined && { after: isBlock ? "there" : shown(after) }),
        effect: reload,
    };
}
