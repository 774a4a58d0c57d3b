import type { Role } from "../../core/supervise/messages.ts";
import type { NativeAddon } from "../../io/native/addon.ts";
import { check } from "../../io/native/sys.ts";

/**
 * A line between the bfd and the vrrp process, past the parent: news of a dead path must not wait until a busy machine lets the parent run. The
 * parent keeps both ends, so that a replaced process gets the line of its predecessor, and with it what was said meanwhile.
 */
export class DirectLines {
    readonly #ends: ReadonlyMap<Role, number>;

    /** @param inherited made by another program in this process @throws SystemError when no descriptors are left */
    constructor(system: NativeAddon, inherited?: readonly { readonly role: Role; readonly fd: number }[]) {
        if (inherited !== undefined) {
            this.#ends = new Map(inherited.map(({ role, fd }) => [role, fd]));
            return;
        }
        const ends = new Int32Array(2);
        check(system, system.socketpair(system.constants.AF_UNIX, system.constants.SOCK_SEQPACKET, 0, ends), "socketpair");
        const [bfd = -1, vrrp = -1] = ends;
        this.#ends = new Map<Role, number>([
            ["bfd", bfd],
            ["vrrp", vrrp],
        ]);
    }

    /** All ends. */
    get ends(): readonly { readonly role: Role; readonly fd: number }[] {
        return Array.from(this.#ends, ([role, fd]) => ({ role, fd }));
    }

    /** The end that a process of this role is to have; -1 for none. */
    endOf(role: Role): number {
        return this.#ends.get(role) ?? -1;
    }
}
