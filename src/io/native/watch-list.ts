import type { Source } from "../../host/world.ts";
import { type Errno, type NativeAddon, POLL, type Poller } from "./addon.ts";
import { check } from "./sys.ts";

/** So many that are ready are told of in one go. */
const MOST_AT_ONCE = 256;
const WORDS_EACH = 2;

/** Who waits for a descriptor. */
export interface Watcher {
    /** What is so now: bits of POLL (read, write, error). It is told again as long as it is. */
    ready(events: number): void;
}

/** A descriptor that is watched. */
export interface Watch {
    readonly fd: number;
    readonly token: number;
    readonly watcher: Watcher;
    /** Bits of POLL: read, write. */
    mask: number;
}

/**
 * Watches the many short-lived descriptors of a loop: one descriptor of its own stands for all of them, so that one that comes and goes takes one system
 * call, and a whole batch of them one turn of the loop.
 */
export class WatchList implements Source {
    readonly #system: NativeAddon;
    readonly #fd: number;
    readonly #poller: Poller;
    readonly #watches = new Map<number, Watch>();
    readonly #told = new Int32Array(MOST_AT_ONCE * WORDS_EACH);
    readonly #operations: { readonly add: number; readonly change: number; readonly remove: number };
    readonly #bits: { readonly read: number; readonly write: number; readonly error: number; readonly end: number };
    #lastToken = 0;

    /** @param onReady has it drained, soon @throws SystemError when the kernel refuses a descriptor */
    constructor(system: NativeAddon, onReady: (list: WatchList) => void) {
        const { constants } = system;
        this.#system = system;
        this.#operations = { add: constants.EPOLL_CTL_ADD, change: constants.EPOLL_CTL_MOD, remove: constants.EPOLL_CTL_DEL };
        this.#bits = { read: constants.EPOLLIN, write: constants.EPOLLOUT, error: constants.EPOLLERR, end: constants.EPOLLHUP };
        this.#fd = check(system, system.epollCreate(), "epoll_create1");
        const poller = system.pollerOpen(this.#fd, () => onReady(this));
        if (typeof poller === "number") {
            system.close(this.#fd);
            check(system, poller, "pollerOpen");
        }
        this.#poller = poller as Poller;
        check(system, system.pollerSet(this.#poller, POLL.read), "pollerSet");
    }

    /** How many are watched. */
    get size(): number {
        return this.#watches.size;
    }

    /** Watches a descriptor; or says `-errno`. */
    add(fd: number, mask: number, watcher: Watcher): Watch | Errno {
        // Never the number of one that was watched a moment ago, and of which something may yet be told.
        this.#lastToken = (this.#lastToken + 1) | 0;
        const watch: Watch = { fd, token: this.#lastToken, watcher, mask };
        const result = this.#control(this.#operations.add, watch);
        if (result < 0) {
            return result;
        }
        this.#watches.set(watch.token, watch);
        return watch;
    }

    /** Watches for something else from now on; for nothing at all, not even errors, with 0. */
    change(watch: Watch, mask: number): Errno {
        const { add, change, remove } = this.#operations;
        const operation = mask === 0 ? remove : watch.mask === 0 ? add : change;
        watch.mask = mask;
        return this.#control(operation, watch);
    }

    /** Its watcher is told no more. The descriptor is to be closed next, which ends the kernel's watching. */
    forget(watch: Watch): void {
        this.#watches.delete(watch.token);
    }

    drain(): boolean {
        const { read, write, error, end } = this.#bits;
        const count = this.#system.epollWait(this.#fd, this.#told);
        for (let index = 0; index < count; index++) {
            const events = this.#told[WORDS_EACH * index] ?? 0;
            const token = this.#told[WORDS_EACH * index + 1] ?? 0;
            this.#watches
                .get(token)
                ?.watcher.ready(
                    ((events & (read | end)) !== 0 ? POLL.read : 0) |
                        ((events & write) !== 0 ? POLL.write : 0) |
                        ((events & error) !== 0 ? POLL.error : 0),
                );
        }
        return count === MOST_AT_ONCE;
    }

    /** Nobody is told any more. */
    close(): void {
        this.#watches.clear();
        this.#system.pollerClose(this.#poller);
        this.#system.close(this.#fd);
    }

    #control(operation: number, { fd, mask, token }: Watch): Errno {
        const { read, write } = this.#bits;
        const events = ((mask & POLL.read) === 0 ? 0 : read) | ((mask & POLL.write) === 0 ? 0 : write);
        return this.#system.epollControl(this.#fd, operation, fd, events, token);
    }
}
