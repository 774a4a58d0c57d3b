import { isSameData } from "../../../base/same-data.ts";
import type { VirtualServerSettings } from "../../../service/virtual-server.ts";
import type { Configuration } from "../scope.ts";
import type { WrittenVirtualServer } from "./checked-server.ts";
import { TraitFinder } from "./told-servers.ts";

/**
 * What virtual servers came to in the reading before. Only those are kept of which nothing had to be said and for which nobody had to look at
 * the machine: they come to the same as long as all else that is written is the same.
 */
export class KeptServers {
    readonly traits = new TraitFinder();
    #configuration: Configuration | undefined;
    #former: ReadonlyMap<object, VirtualServerSettings> = new Map();
    #servers = new Map<object, VirtualServerSettings>();

    /** Whether it is known what that block of the top level came to. */
    has(written: object): boolean {
        return this.#former.has(written);
    }

    /** Whether all that this configuration says besides virtual servers was said before. */
    suits(configuration: Configuration): boolean {
        const before = this.#configuration as Fields | undefined;
        const after = configuration as unknown as Fields;
        return (
            before !== undefined && Object.keys({ ...before, ...after }).every((key) => OWN.has(key) || isSameData(before[key], after[key]))
        );
    }

    recall(written: WrittenVirtualServer): VirtualServerSettings | undefined {
        return this.#former.get(written);
    }

    keep(written: WrittenVirtualServer, server: VirtualServerSettings): void {
        this.#servers.set(written, server);
    }

    /** Nothing is known any more. */
    forget(): void {
        this.#configuration = undefined;
        this.#former = new Map();
    }

    /** All virtual servers of that configuration have been completed. */
    settle(configuration: Configuration): void {
        this.#configuration = configuration;
        this.#former = this.#servers;
        this.#servers = new Map();
    }
}

type Fields = Readonly<Record<string, unknown>>;

/** What is the virtual servers' own, and where all stands. */
const OWN: ReadonlySet<string> = new Set(["virtual_server", "at", "positions"]);
