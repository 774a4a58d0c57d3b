import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import type { ScriptUser } from "../../core/notify/script-command.ts";

/** One line of the user database. */
interface Account {
    readonly name: string;
    readonly uid: number;
    readonly gid: number;
}

/** Users and groups of this machine: its files first, and only where those know nothing whatever else the system asks (LDAP and the like). */
export class Accounts {
    readonly #folder: string;
    #groups: readonly (readonly string[])[] | undefined;

    constructor(folder = "/etc") {
        this.#folder = folder;
    }

    /** A user by name or number. */
    user(nameOrId: string): Account | undefined {
        const fields = this.#find("passwd", nameOrId);
        const [name = "", , uid, gid] = fields ?? [];
        return fields === undefined ? undefined : { name, uid: Number(uid), gid: Number(gid) };
    }

    /** A group's number, by name or number. */
    group(nameOrId: string): number | undefined {
        const fields = this.#find("group", nameOrId);
        return fields === undefined ? (isNumber(nameOrId) ? Number(nameOrId) : undefined) : Number(fields[2]);
    }

    /** All groups that list the user, and its own. */
    groupsOf({ name, gid }: Account): readonly number[] {
        this.#groups ??= lines(`${this.#folder}/group`);
        const listed = this.#groups.filter((fields) => fields[3]?.split(",").includes(name)).map((fields) => Number(fields[2]));
        return [...new Set([gid, ...listed])];
    }

    /**
     * As whom a script runs.
     *
     * @param group a name, which others may follow after colons: supplementary groups
     * @returns what is not known instead, in words
     */
    scriptUser(user: string, group: string | undefined, takesAllGroups: boolean): ScriptUser | string {
        const account = this.user(user);
        if (account === undefined) {
            return `there is no user ${user}`;
        }
        if (group === undefined) {
            return { uid: account.uid, gid: account.gid, groups: takesAllGroups ? this.groupsOf(account) : [] };
        }
        const names = group.split(":").filter((name) => name !== "");
        const ids = names.map((name) => this.group(name));
        const unknown = names.find((_, index) => ids[index] === undefined);
        const [gid = account.gid, ...groups] = ids.flatMap((id) => id ?? []);
        return unknown === undefined ? { uid: account.uid, gid, groups } : `there is no group ${unknown}`;
    }

    #find(database: "passwd" | "group", nameOrId: string): readonly string[] | undefined {
        const isMatch = (fields: readonly string[]) => fields[0] === nameOrId || (isNumber(nameOrId) && fields[2] === nameOrId);
        return lines(`${this.#folder}/${database}`).find(isMatch) ?? (this.#folder === "/etc" ? ask(database, nameOrId) : undefined);
    }
}

function isNumber(text: string): boolean {
    return /^\d+$/.test(text);
}

function lines(path: string): readonly (readonly string[])[] {
    try {
        return readFileSync(path, "utf8")
            .split("\n")
            .filter((line) => line.includes(":"))
            .map((line) => line.split(":"));
    } catch {
        // A system without the file has its users elsewhere.
        return [];
    }
}

/** How long a name service may take; the daemon's parent waits for it while it reads the configuration. */
const PATIENCE_MILLISECONDS = 2_000;

function ask(database: "passwd" | "group", nameOrId: string): readonly string[] | undefined {
    const answer = spawnSync("getent", ["--", database, nameOrId], { encoding: "utf8", timeout: PATIENCE_MILLISECONDS });
    const [line = ""] = (answer.stdout ?? "").split("\n");
    return answer.status === 0 && line.includes(":") ? line.split(":") : undefined;
}
