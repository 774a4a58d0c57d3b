import type { KeptState } from "../../core/supervise/kept-state.ts";
import type { ChildMessage, UserRequest } from "../../core/supervise/messages.ts";
import type { VirtualRouterSnapshot } from "../../core/vrrp/snapshot.ts";

/** What a request for a dump needs of its surroundings. */
export interface DumpSurroundings {
    readonly kept: KeptState;
    /** Asks the vrrp process; false when there is none to be asked. */
    readonly ask: (request: number) => boolean;
    readonly write: (what: DumpRequest, snapshots: readonly VirtualRouterSnapshot[]) => void;
}

/** A user's request that is answered by a file. */
export type DumpRequest = Exclude<UserRequest, "reload">;

/** How long a dump waits for the process that knows. In milliseconds. */
const PATIENCE = 1_000;

/** Answers each request for a dump with fresh figures; or, when the vrrp process is gone or silent, with its last words. */
export class DumpRequests {
    readonly #surroundings: DumpSurroundings;
    readonly #open = new Map<number, { readonly what: DumpRequest; readonly timer: NodeJS.Timeout }>();
    #last = 0;

    constructor(surroundings: DumpSurroundings) {
        this.#surroundings = surroundings;
    }

    request(what: DumpRequest): void {
        this.#last++;
        const request = this.#last;
        if (!this.#surroundings.ask(request)) {
            this.#write(what);
            return;
        }
        const timer = setTimeout(() => this.#answer(request), PATIENCE);
        this.#open.set(request, { what, timer });
    }

    /** The vrrp process has spoken; its news are in the kept state already. */
    heard(message: ChildMessage & { readonly type: "snapshots" }): void {
        if (message.request !== undefined) {
            this.#answer(message.request);
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
        write(what, kept.shown());
        if (what === "statistics-and-clear") {
            kept.clear();
        }
    }
}
