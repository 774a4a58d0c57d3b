import { addressKey, type VirtualAddress } from "../../core/address/virtual-address.ts";
import { viewOf } from "../../core/base/bytes.ts";
import type { IpAddress } from "../../core/base/ip.ts";
import { MAX_MESSAGE_LENGTH, MessageWriter } from "../../core/netlink/message-writer.ts";
import { type AddressOrder, writeDeleteAddress, writeNewAddress } from "../../core/netlink/rtnetlink.ts";
import type { Link, SpeakerEvent } from "../../core/vrrp/events.ts";
import type { AddressPort, BulkLane, BulkWork } from "../../host/world.ts";
import type { NativeAddon } from "../native/addon.ts";
import { type AddressJob, AddressJobs } from "./address-jobs.ts";
import type { OwnRemovals } from "./own-removals.ts";
import { type Answer, RequestSocket } from "./request-socket.ts";

const FIRST_SLICE = 2;
const SLICE = 16;
/** What a deletion answers when there is nothing to delete any more. */
const GONE: ReadonlySet<string> = new Set(["", "EADDRNOTAVAIL", "ESRCH", "ENODEV", "ENXIO"]);

/** What the port tells of its work. */
export type AddressNews = SpeakerEvent & { readonly type: "addresses-claimed" | "claim-failed" };

/** What the port is made of. */
export interface KernelAddressesSettings {
    readonly system: NativeAddon;
    readonly bulk: BulkLane;
    readonly ownRemovals: OwnRemovals;
    readonly linkNamed: (name: string) => Link | undefined;
    /** Whether an address stands in the kernel, as far as was heard: what does not is not taken down. */
    readonly stands: (interfaceIndex: number, address: IpAddress, prefixLength: number) => boolean;
    readonly onNews: (news: AddressNews) => void;
    /** The kernel did not let go of an address. */
    readonly onReleaseRefused: (router: string, address: VirtualAddress, code: string) => void;
}

/**
 * Addresses in the kernel, put up and taken down as bulk work: a few with each system call, and between two slices the loop turns. The first
 * slice of a claim is the smallest, for the sooner the first address can be used.
 *
 * An address that stands already is adopted: its flags and lifetimes are put right, and nothing blinks.
 */
export class KernelAddresses implements AddressPort, BulkWork {
    readonly #settings: KernelAddressesSettings;
    readonly #socket: RequestSocket;
    readonly #jobs = new AddressJobs();
    readonly #writer = new MessageWriter(SLICE * MAX_MESSAGE_LENGTH);
    readonly #held = new Map<string, VirtualAddress>();

    /** @throws Error when the kernel refuses a socket */
    constructor(settings: KernelAddressesSettings) {
        this.#settings = settings;
        this.#socket = new RequestSocket(settings.system);
    }

    claim(router: string, addresses: readonly VirtualAddress[]): void {
        this.#jobs.withdraw("release", addresses);
        this.#jobs.add("claim", router, addresses);
        this.#settings.bulk.add(this);
    }

    release(router: string, addresses: readonly VirtualAddress[]): void {
        this.#jobs.withdraw("claim", addresses);
        const standing = addresses.filter((address) => this.#held.delete(addressKey(address)) || this.#stands(address));
        // Backwards: the first address of a subnet may carry the others with it when it goes.
        this.#jobs.add("release", router, standing.toReversed());
        this.#settings.bulk.add(this);
    }

    step(): boolean {
        const slice = this.#jobs.take(SLICE);
        if (slice === undefined) {
            return false;
        }
        const { job, addresses, isLast } = slice;
        if (job.order === "claim" && job.done === addresses.length && addresses.length > FIRST_SLICE) {
            this.#claim(job, addresses.slice(0, FIRST_SLICE), false);
            this.#claim(job, addresses.slice(FIRST_SLICE), isLast);
        } else if (job.order === "claim") {
            this.#claim(job, addresses, isLast);
        } else {
            this.#release(job.router, addresses);
        }
        return !this.#jobs.isEmpty;
    }

    /** Does everything that is left, now: for a process that is about to end. */
    finish(): void {
        while (this.step()) {}
    }

    close(): void {
        this.#socket.close();
    }

    #stands({ interfaceName, address, prefixLength }: VirtualAddress): boolean {
        const link = this.#settings.linkNamed(interfaceName);
        return link !== undefined && this.#settings.stands(link.index, address, prefixLength);
    }

    #claim(job: AddressJob, addresses: readonly VirtualAddress[], isLast: boolean): void {
        const { router } = job;
        const answers = this.#send(addresses, writeNewAddress);
        const standing: VirtualAddress[] = [];
        for (const [index, address] of addresses.entries()) {
            const code = answers[index]?.code ?? "";
            if (code === "" || code === "EEXIST") {
                standing.push(address);
                this.#held.set(addressKey(address), address);
            } else {
                this.#settings.onNews({ type: "claim-failed", router, address, code });
            }
        }
        if (standing.length > 0 || isLast) {
            this.#settings.onNews({ type: "addresses-claimed", router, addresses: standing, isLast });
        }
    }

    #release(router: string, addresses: readonly VirtualAddress[]): void {
        const companions = this.#companionsOf(addresses);
        for (const { address, prefixLength, interfaceName } of [...addresses, ...companions]) {
            const link = this.#settings.linkNamed(interfaceName);
            if (link !== undefined) {
                this.#settings.ownRemovals.note(link.index, address, prefixLength);
            }
        }
        for (const [index, { code }] of this.#send(addresses, writeDeleteAddress).entries()) {
            const address = addresses[index];
            if (address !== undefined && !GONE.has(code)) {
                this.#settings.onReleaseRefused(router, address, code);
            }
        }
        for (let start = 0; start < companions.length; start += SLICE) {
            this.#send(companions.slice(start, start + SLICE), writeNewAddress);
        }
    }

    /**
     * Addresses of ours that the kernel takes down together with these: without promote_secondaries the first IPv4 address of a subnet
     * carries the others of that subnet with it. They are put up again at once.
     */
    #companionsOf(released: readonly VirtualAddress[]): VirtualAddress[] {
        const carriers = released.filter(({ address, prefixLength }) => address.family === 4 && prefixLength < 32);
        if (carriers.length === 0 || this.#held.size === 0) {
            return [];
        }
        const subnets = new Set(carriers.map(subnetOf));
        return [...this.#held.values()].filter((held) => held.address.family === 4 && subnets.has(subnetOf(held)));
    }

    /** One answer an address. Those whose interface is not there are not asked about. */
    #send(addresses: readonly VirtualAddress[], write: (writer: MessageWriter, order: AddressOrder, sequence: number) => void): Answer[] {
        const answers: Answer[] = addresses.map(() => ({ errno: 0, code: "ENODEV" }));
        const asked: number[] = [];
        let first = 0;
        this.#writer.clear();
        for (const [place, address] of addresses.entries()) {
            const link = this.#settings.linkNamed(address.interfaceName);
            if (link !== undefined) {
                const sequence = this.#socket.nextSequence();
                first = asked.length === 0 ? sequence : first;
                write(this.#writer, { ...address, interfaceIndex: link.index }, sequence);
                asked.push(place);
            }
        }
        const given = asked.length === 0 ? [] : this.#socket.send(this.#writer, first, asked.length);
        for (const [index, place] of asked.entries()) {
            answers[place] = given[index] ?? { errno: 0, code: "ENOBUFS" };
        }
        return answers;
    }
}

function subnetOf({ address, prefixLength, interfaceName }: VirtualAddress): string {
    const network = viewOf(address.bytes).getUint32(0) & (prefixLength === 0 ? 0 : -1 << (32 - prefixLength));
    return `${interfaceName} ${network}/${prefixLength}`;
}
