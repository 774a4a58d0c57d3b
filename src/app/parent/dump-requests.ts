import type { Role, UserRequest } from "../../core/supervise/messages.ts";
import { ShownCounters } from "../../core/supervise/shown-counters.ts";
import type { VirtualRouterSnapshot } from "../../core/vrrp/snapshot.ts";

/** What a request for a dump needs of its surroundings. */
export interface DumpSurroundings {
    /** The vrrp process's last words. */
    readonly kept: () => readonly VirtualRouterSnapshot[];
    /** Asks every process that keeps state, and answers with those that there are. */
    readonly ask: (request: number, what: DumpRequest) => readonly Role[];
    readonly write: (what: DumpRequest, snapshots: readonly VirtualRouterSnapshot[]) => void;
}

/** A user's request that is answered by a file. */
export type DumpRequest = Exclude<UserRequest, "reload">;

interface OpenRequest {
    readonly what: DumpRequest;
    readonly timer: NodeJS.Timeout;
    /** Who has not answered yet. */
    readonly silent: Set<Role>;
}

/** How long a dump waits for the processes that know. In milliseconds. */
const PATIENCE = 1_000;

/** Answers each request for a dump with fresh figures; or, when a process is gone or silent, with its last words. */
export class DumpRequests {
    readonly #surroundings: DumpSurroundings;
    readonly #counters = new ShownCounters();
    readonly #open = new Map<number, OpenRequest>();
    #last = 0;

    constructor(surroundings: DumpSurroundings) {
        this.#surroundings = surroundings;
    }

    request(what: DumpRequest): void {
        this.#last++;
        const request = this.#last;
        const silent = new Set(this.#surroundings.ask(request, what));
        if (silent.size === 0) {
            this.#write(what);
            return;
        }
        const timer = setTimeout(() => this.#answer(request), PATIENCE);
        this.#open.set(request, { what, timer, silent });
    }

    /** A process has spoken; its news are in the kept state already. */
    heard(role: Role, request: number | undefined): void {
        const open = request === undefined ? undefined : this.#open.get(request);
        if (request !== undefined && open !== undefined) {
            open.silent.delete(role);
            if (open.silent.size === 0) {
                this.#answer(request);
            }
        }
    }

    #answer(request: number): void {
        const open = this.#open.get(request);
        if (open !== undefined) {
            this.#open.delete(request);
            clearTimeout(open.timer);
            this.#write(open.what);
        }
    }

    #write(what: DumpRequest): void {
        const { kept, write } = this.#surroundings;
        write(what, this.#counters.shown(kept()));
        if (what === "statistics-and-clear") {
            this.#counters.clear(kept());
        }
    }
}
