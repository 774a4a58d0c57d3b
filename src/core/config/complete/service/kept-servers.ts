import { isSameData } from "../../../base/same-data.ts";
import type { VirtualServerSettings } from "../../../service/virtual-server.ts";
import type { Configuration } from "../scope.ts";
import type { WrittenVirtualServer } from "./checked-server.ts";
import { TraitFinder } from "./told-servers.ts";

/** What one came to. */
export interface KeptServer {
    readonly server: VirtualServerSettings;
    /** By which others are told that serve the same. */
    readonly keys: readonly string[];
}

/**
 * What virtual servers came to in the reading before. Only those are kept of which nothing had to be said and for which nobody had to look at
 * the machine: they come to the same as long as all else that is written is the same.
 */
export class KeptServers {
    readonly traits = new TraitFinder();
    #configuration: Configuration | undefined;
    /** By what is written, for as long as that is known. */
    #known = new WeakMap<object, KeptServer>();

    /** Whether it is known what that block of the top level came to. */
    has(written: object): boolean {
        return this.#known.has(written);
    }

    /** Whether all that this configuration says besides virtual servers was said before. */
    suits(configuration: Configuration): boolean {
        const before = this.#configuration as Fields | undefined;
        const after = configuration as unknown as Fields;
        return (
            before !== undefined && Object.keys({ ...before, ...after }).every((key) => OWN.has(key) || isSameData(before[key], after[key]))
        );
    }

    recall(written: WrittenVirtualServer): KeptServer | undefined {
        return this.#known.get(written);
    }

    keep(written: WrittenVirtualServer, kept: KeptServer): void {
        this.#known.set(written, kept);
    }

    /** Nothing is known any more. */
    forget(): void {
        this.#configuration = undefined;
        this.#known = new WeakMap();
    }

    /** All virtual servers of that configuration have been completed. */
    settle(configuration: Configuration): void {
        this.#configuration = configuration;
    }
}

type Fields = Readonly<Record<string, unknown>>;

/** What is the virtual servers' own, and where all stands. */
const OWN: ReadonlySet<string> = new Set(["virtual_server", "at", "positions"]);
