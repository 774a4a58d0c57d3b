import { promises as dns } from "node:dns";
import type { FamilyAnswer } from "../../core/balance/names.ts";
import { seconds } from "../../core/base/instant.ts";
import { type Family, parseIp } from "../../core/base/ip.ts";
import { errorCode } from "../system/private-file.ts";

/** A name server that is silent is asked so often, and waited for so long the first time, in milliseconds. */
const PATIENCE = { timeout: 2_000, tries: 2 };

/** Told once for each question. */
export type OnResolved = (host: string, answers: readonly FamilyAnswer[]) => void;

/** Asks the machine's name servers for addresses, without holding anything up. What stands in /etc/hosts is not looked at. */
export class NameResolver {
    readonly #onResolved: OnResolved;
    readonly #servers: readonly string[] | undefined;
    #open = new Set<dns.Resolver>();

    /** @param servers in place of those of /etc/resolv.conf */
    constructor(onResolved: OnResolved, servers?: readonly string[]) {
        this.#onResolved = onResolved;
        this.#servers = servers;
    }

    resolve(host: string, families: readonly Family[]): void {
        // A resolver reads /etc/resolv.conf when it is made: that may have changed.
        const resolver = new dns.Resolver(PATIENCE);
        if (this.#servers !== undefined) {
            resolver.setServers(this.#servers);
        }
        this.#open.add(resolver);
        Promise.all(families.map((family) => ask(resolver, host, family))).then((answers) => {
            if (this.#open.delete(resolver)) {
                this.#onResolved(host, answers);
            }
        });
    }

    /** Nobody wants to know any more. */
    close(): void {
        for (const resolver of this.#open) {
            resolver.cancel();
        }
        this.#open.clear();
    }
}

async function ask(resolver: dns.Resolver, host: string, family: Family): Promise<FamilyAnswer> {
    try {
        const records = await (family === 4 ? resolver.resolve4(host, { ttl: true }) : resolver.resolve6(host, { ttl: true }));
        const addresses = records.flatMap(({ address }) => parseIp(address) ?? []);
        return { family, addresses, timeToLive: seconds(Math.min(...records.map(({ ttl }) => ttl))) };
    } catch (error) {
        const code = errorCode(error);
        return code === "ENODATA" ? { family, addresses: [], timeToLive: seconds(0) } : { family, failure: REASONS[code] ?? code };
    }
}

const REASONS: Readonly<Record<string, string>> = {
    ENOTFOUND: "there is no such name",
    ETIMEOUT: "no name server answers",
    ECONNREFUSED: "no name server is there",
    ESERVFAIL: "the name server failed",
    EREFUSED: "the name server refuses",
};
