import type { VirtualServerSettings } from "../../../service/virtual-server.ts";

/** What of virtual servers is of interest to others than those who serve. */
export interface ServerTraits {
    /** Somebody is told of them. */
    readonly areTold: boolean;
    /** Programs check them. */
    readonly haveScriptChecks: boolean;
    /** The names of files that say how they are. */
    readonly followedFiles: readonly string[];
}

/** Looks at each virtual server once: most are the same objects at the next reload. */
export class TraitFinder {
    readonly #known = new WeakMap<VirtualServerSettings, ServerTraits>();

    /** Those of all of them. */
    of(servers: readonly VirtualServerSettings[]): ServerTraits {
        const all = servers.map((server) => this.#traitsOf(server));
        return {
            areTold: all.some(({ areTold }) => areTold),
            haveScriptChecks: all.some(({ haveScriptChecks }) => haveScriptChecks),
            followedFiles: [...new Set(all.flatMap(({ followedFiles }) => followedFiles))],
        };
    }

    #traitsOf(server: VirtualServerSettings): ServerTraits {
        const known = this.#known.get(server);
        if (known !== undefined) {
            return known;
        }
        const traits = { areTold: isTold(server), haveScriptChecks: hasScriptChecks(server), followedFiles: followedFiles(server) };
        this.#known.set(server, traits);
        return traits;
    }
}

function followedFiles({ realServers }: VirtualServerSettings): readonly string[] {
    const checks = realServers.flatMap((server) => server.checks);
    return checks.flatMap((check) => ("follows" in check && check.follows.kind === "file" ? [check.follows.name] : []));
}

function hasScriptChecks({ realServers }: VirtualServerSettings): boolean {
    return realServers.some(({ checks }) => checks.some((check) => "probe" in check && check.probe.kind === "script"));
}

/** Whether somebody is told of a virtual server or of one of its real servers by a script, by mail or by a webhook. */
function isTold({ quorumUp, quorumDown, mailsQuorum, webhooks, realServers }: VirtualServerSettings): boolean {
    return (
        mailsQuorum ||
        webhooks !== undefined ||
        quorumUp !== undefined ||
        quorumDown !== undefined ||
        realServers.some(
            (server) => server.mails || server.webhooks !== undefined || server.notifyUp !== undefined || server.notifyDown !== undefined,
        )
    );
}
