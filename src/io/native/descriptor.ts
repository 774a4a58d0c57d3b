import type { NativeAddon, PollCallback, Poller } from "./addon.ts";
import { check } from "./sys.ts";

interface Resource {
    readonly fd: number;
    poller: Poller | undefined;
}

/** A descriptor was used after it had been closed or handed over. */
export class DescriptorClosedError extends Error {
    readonly code = "ERR_HOLDFAST_DESCRIPTOR_CLOSED";

    constructor() {
        super("the descriptor is closed");
    }
}

/** Keeps the books on the descriptors of a process: which are open, and how many were lost. */
export class DescriptorLedger {
    readonly #system: NativeAddon;
    readonly #registry: FinalizationRegistry<Resource>;
    #open = 0;
    #leaked = 0;

    constructor(system: NativeAddon) {
        this.#system = system;
        this.#registry = new FinalizationRegistry((resource) => {
            this.#leaked++;
            this.#end(resource);
        });
    }

    /** Descriptors that are open now. */
    get open(): number {
        return this.#open;
    }

    /** Descriptors that nobody closed before the last reference was gone; the ledger did. Each is a defect. */
    get leaked(): number {
        return this.#leaked;
    }

    /** Takes a new descriptor into the books. @param syscall where `result` comes from @throws SystemError when it is -errno */
    own(result: number, syscall: string): Descriptor {
        const resource: Resource = { fd: check(this.#system, result, syscall), poller: undefined };
        const descriptor = new Descriptor(this.#system, resource, (closes) => {
            this.#registry.unregister(descriptor);
            if (closes) {
                this.#end(resource);
            } else {
                this.#open--;
            }
        });
        this.#open++;
        this.#registry.register(descriptor, resource, descriptor);
        return descriptor;
    }

    #end(resource: Resource): void {
        if (resource.poller !== undefined) {
            this.#system.pollerClose(resource.poller);
        }
        this.#system.close(resource.fd);
        this.#open--;
    }
}

/** One open descriptor with its owner's name on it: closed once, never used afterwards. Made by {@link DescriptorLedger.own}. */
export class Descriptor {
    readonly #system: NativeAddon;
    readonly #forget: (closes: boolean) => void;
    #resource: Resource | undefined;

    constructor(system: NativeAddon, resource: Resource, forget: (closes: boolean) => void) {
        this.#system = system;
        this.#resource = resource;
        this.#forget = forget;
    }

    /** The number for system calls. @throws DescriptorClosedError */
    get fd(): number {
        return this.#held().fd;
    }

    get isOpen(): boolean {
        return this.#resource !== undefined;
    }

    /** Calls back while what `mask` names holds (bits of POLL). Only one callback: watch again with `setMask`. @throws SystemError */
    watch(mask: number, callback: PollCallback): void {
        const resource = this.#held();
        const poller = this.#system.pollerOpen(resource.fd, callback);
        if (typeof poller === "number") {
            check(this.#system, poller, "pollerOpen");
        } else {
            resource.poller = poller;
            this.setMask(mask);
        }
    }

    /** What to watch for from now on; 0 pauses. @throws SystemError */
    setMask(mask: number): void {
        const { poller } = this.#held();
        if (poller !== undefined) {
            check(this.#system, this.#system.pollerSet(poller, mask), "pollerSet");
        }
    }

    /** Whether watching keeps the process alive; it does at first. */
    keepAlive(on: boolean): void {
        const { poller } = this.#held();
        if (poller !== undefined) {
            this.#system.pollerRef(poller, on);
        }
    }

    /** Ends watching and hands the open descriptor over to somebody else, who closes it. @throws DescriptorClosedError */
    release(): number {
        const { fd, poller } = this.#held();
        if (poller !== undefined) {
            this.#system.pollerClose(poller);
        }
        this.#resource = undefined;
        this.#forget(false);
        return fd;
    }

    /** Ends watching, then closes. No callback comes afterwards; a second call does nothing. */
    close(): void {
        if (this.#resource !== undefined) {
            this.#resource = undefined;
            this.#forget(true);
        }
    }

    #held(): Resource {
        if (this.#resource === undefined) {
            throw new DescriptorClosedError();
        }
        return this.#resource;
    }
}
