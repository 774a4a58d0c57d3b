import { canBeAltered } from "../../core/address/plan.ts";
import { addressKey, standingPrefixLength, type VirtualAddress } from "../../core/address/virtual-address.ts";
import { viewOf } from "../../core/base/bytes.ts";
import type { Duration } from "../../core/base/instant.ts";
import type { IpAddress } from "../../core/base/ip.ts";
import { writerOfNewAddresses } from "../../core/netlink/address-run.ts";
import { MAX_MESSAGE_LENGTH, MessageWriter } from "../../core/netlink/message-writer.ts";
import { type WriteAddress, writeDeleteAddress } from "../../core/netlink/rtnetlink.ts";
import type { Link, SpeakerEvent } from "../../core/vrrp/events.ts";
import type { AddressPort, BulkLane, BulkWork } from "../../host/world.ts";
import type { NativeAddon } from "../native/addon.ts";
import { AddressJobs, type AddressOrders, type AddressSlice } from "./address-jobs.ts";
import type { OwnRemovals } from "./own-removals.ts";
import type { ReceiveBuffer } from "./receive-buffer.ts";
import { type Answer, RequestSocket } from "./request-socket.ts";
import { LARGEST_SLICE, NO_HURRY } from "./slice-pace.ts";
import type { StandingPlace } from "./standing-news.ts";

/** What a deletion answers when there is nothing to delete any more. */
const GONE: ReadonlySet<string> = new Set(["", "EADDRNOTAVAIL", "ESRCH", "ENODEV", "ENXIO"]);

const NO_INTERFACE: Answer = { errno: 0, code: "ENODEV" };
const NO_ROOM: Answer = { errno: 0, code: "ENOBUFS" };

/** What the port tells of its work. */
export type AddressNews = SpeakerEvent & { readonly type: "addresses-claimed" | "claim-failed" };

/** What the port is made of. */
export interface KernelAddressesSettings {
    readonly system: NativeAddon;
    /** Room for the kernel's answers; absent leaves it to the socket. */
    readonly receiveBuffer?: ReceiveBuffer | undefined;
    readonly bulk: BulkLane;
    readonly ownRemovals: OwnRemovals;
    readonly linkNamed: (name: string) => Link | undefined;
    /** Whether an address stands in the kernel, as far as was heard: what does not is not taken down. */
    readonly stands: (interfaceIndex: number, address: IpAddress, prefixLength: number) => boolean;
    /** IPv4 addresses of ours stand; the kernel need not tell (`port`). Those of IPv6 may have to be proven unique first, and that it tells. */
    readonly onStanding: (places: readonly StandingPlace[]) => void;
    readonly onNews: (news: AddressNews) => void;
    /** The kernel did not let go of an address. */
    readonly onReleaseRefused: (router: string, address: VirtualAddress, code: string) => void;
}

/**
 * Addresses in the kernel, put up and taken down as bulk work: a few with each system call, and between two slices the loop turns.
 *
 * An address that stands already is adopted: its flags and lifetimes are put right, and nothing blinks.
 */
export class KernelAddresses implements AddressPort, BulkWork {
    readonly #settings: KernelAddressesSettings;
    readonly #socket: RequestSocket;
    readonly #jobs = new AddressJobs();
    readonly #writer = new MessageWriter(LARGEST_SLICE * MAX_MESSAGE_LENGTH);
    readonly #writeNewAddress = writerOfNewAddresses();
    readonly #held = new Map<string, VirtualAddress>();
    /** Still standing as they were before: they have to go before what is claimed in their place can come. */
    readonly #outdated = new Map<string, VirtualAddress>();

    /** @throws Error when the kernel refuses a socket */
    constructor(settings: KernelAddressesSettings) {
        this.#settings = settings;
        this.#socket = new RequestSocket(settings.system, settings.receiveBuffer);
        settings.ownRemovals.knowPort(this.#socket.port);
    }

    /** By which the kernel names our requests when it tells others what came of them. */
    get port(): number {
        return this.#socket.port;
    }

    claim(router: string, addresses: readonly VirtualAddress[]): void {
        const spared = new Map(this.#jobs.withdraw("release", addresses).map((address) => [addressKey(address), address]));
        for (const address of spared.size === 0 ? [] : addresses) {
            const before = spared.get(addressKey(address));
            if (before !== undefined && !canBeAltered(before, address)) {
                this.#outdated.set(addressKey(address), before);
            }
        }
        this.#order({ order: "claim", router, addresses, companions: [] });
    }

    release(router: string, addresses: readonly VirtualAddress[]): void {
        for (const address of this.#jobs.withdraw("claim", addresses)) {
            this.#outdated.delete(addressKey(address));
        }
        const standing = addresses.filter((address) => this.#held.delete(addressKey(address)) || this.#stands(address));
        // Backwards: the first address of a subnet may carry the others with it when it goes.
        this.#order({ order: "release", router, addresses: standing.toReversed(), companions: this.#companionsOf(standing) });
    }

    rename(names: ReadonlyMap<string, string>): void {
        this.#jobs.rename(names);
    }

    step(span: Duration): boolean {
        const slice = this.#jobs.take(span);
        if (slice !== undefined) {
            const { system } = this.#settings;
            const start = system.monotonicNs();
            this.#perform(slice);
            slice.pace.took(slice.addresses.length, system.monotonicNs() - start);
        }
        return !this.#jobs.isEmpty;
    }

    /** Does everything that is left, now: for a process that is about to end. */
    finish(): void {
        while (this.step(NO_HURRY)) {}
    }

    close(): void {
        this.#socket.close();
    }

    #order(orders: AddressOrders): void {
        this.#jobs.add(orders);
        if (!this.#jobs.isEmpty) {
            this.#settings.bulk.add(this);
        }
    }

    #stands(one: VirtualAddress): boolean {
        const link = this.#settings.linkNamed(one.interfaceName);
        return link !== undefined && this.#settings.stands(link.index, one.address, standingPrefixLength(one));
    }

    #perform({ orders, addresses, isLast }: AddressSlice): void {
        const { order, router, companions } = orders;
        switch (order) {
            case "claim":
                this.#claim(router, addresses, isLast);
                return;
            case "release":
                this.#release(router, addresses);
                if (isLast) {
                    this.#order({ order: "restore", router, addresses: companions, companions: [] });
                }
                return;
            case "restore":
                this.#putUp(
                    router,
                    addresses.filter((address) => this.#held.has(addressKey(address))),
                );
                return;
        }
    }

    #claim(router: string, addresses: readonly VirtualAddress[], isLast: boolean): void {
        this.#clearOutdated(router, addresses);
        const standing = this.#putUp(router, addresses);
        for (const address of standing) {
            this.#held.set(addressKey(address), address);
        }
        if (standing.length > 0 || isLast) {
            this.#settings.onNews({ type: "addresses-claimed", router, addresses: standing, isLast });
        }
    }

    #clearOutdated(router: string, addresses: readonly VirtualAddress[]): void {
        const keys = this.#outdated.size === 0 ? [] : addresses.map(addressKey);
        const outdated = keys.flatMap((key) => this.#outdated.get(key) ?? []);
        if (outdated.length > 0) {
            for (const key of keys) {
                this.#outdated.delete(key);
            }
            this.#release(router, outdated);
            this.#order({ order: "restore", router, addresses: this.#companionsOf(outdated), companions: [] });
        }
    }

    /** Those that stand afterwards; of the others it tells. */
    #putUp(router: string, addresses: readonly VirtualAddress[]): VirtualAddress[] {
        const answers = this.#send(addresses, this.#writeNewAddress);
        const standing: VirtualAddress[] = [];
        const places: StandingPlace[] = [];
        for (let index = 0; index < addresses.length; index++) {
            const address = addresses[index] as VirtualAddress;
            const code = answers[index]?.code ?? "";
            if (code !== "" && code !== "EEXIST") {
                this.#settings.onNews({ type: "claim-failed", router, address, code });
                continue;
            }
            standing.push(address);
            const link = address.address.family === 4 ? this.#settings.linkNamed(address.interfaceName) : undefined;
            if (link !== undefined) {
                places.push({ interfaceIndex: link.index, address: address.address, prefixLength: standingPrefixLength(address) });
            }
        }
        this.#settings.onStanding(places);
        return standing;
    }

    #release(router: string, addresses: readonly VirtualAddress[]): void {
        for (const one of addresses) {
            const link = this.#settings.linkNamed(one.interfaceName);
            if (link !== undefined) {
                this.#settings.ownRemovals.note({
                    interfaceIndex: link.index,
                    address: one.address,
                    prefixLength: standingPrefixLength(one),
                });
            }
        }
        for (const [index, { code }] of this.#send(addresses, writeDeleteAddress).entries()) {
            const address = addresses[index];
            if (address !== undefined && !GONE.has(code)) {
                this.#settings.onReleaseRefused(router, address, code);
            }
        }
    }

    /**
     * Addresses of ours that the kernel takes down together with these: without promote_secondaries the first IPv4 address of a subnet
     * carries the others of that subnet with it. They are put up again.
     */
    #companionsOf(released: readonly VirtualAddress[]): VirtualAddress[] {
        const carriers = released.filter((one) => one.address.family === 4 && standingPrefixLength(one) < 32);
        if (carriers.length === 0 || this.#held.size === 0) {
            return [];
        }
        const subnets = new Set(carriers.map(subnetOf));
        return [...this.#held.values()].filter((held) => held.address.family === 4 && subnets.has(subnetOf(held)));
    }

    /** One answer an address. Those whose interface is not there are not asked about. */
    #send(addresses: readonly VirtualAddress[], write: WriteAddress): Answer[] {
        const isAsked: boolean[] = [];
        let first = 0;
        let count = 0;
        this.#writer.clear();
        for (const address of addresses) {
            const link = this.#settings.linkNamed(address.interfaceName);
            isAsked.push(link !== undefined);
            if (link !== undefined) {
                const sequence = this.#socket.nextSequence();
                first = count === 0 ? sequence : first;
                write(this.#writer, address, link.index, sequence);
                count++;
            }
        }
        const given = count === 0 ? [] : this.#socket.send(this.#writer, first, count);
        if (count === addresses.length) {
            return given;
        }
        let next = 0;
        return isAsked.map((asked) => (asked ? (given[next++] ?? NO_ROOM) : NO_INTERFACE));
    }
}

function subnetOf(one: VirtualAddress): string {
    const prefixLength = standingPrefixLength(one);
    const network = viewOf((one.peer?.address ?? one.address).bytes).getUint32(0) & (prefixLength === 0 ? 0 : -1 << (32 - prefixLength));
    return `${one.interfaceName} ${network}/${prefixLength}`;
}
