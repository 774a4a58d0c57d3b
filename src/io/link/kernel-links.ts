import { after, type Instant, seconds } from "../../core/base/instant.ts";
import { formatIp } from "../../core/base/ip.ts";
import type { LinkOrder } from "../../core/link/link-orders.ts";
import {
    baseParameters,
    type ChangedParameter,
    type KernelParameter,
    NO_LOCAL_REPORTS,
    parametersOf,
    reversePathParameters,
} from "../../core/link/link-parameters.ts";
import type { LinkNews } from "../../core/link/standing-links.ts";
import type { LinkWishes, VirtualLinks } from "../../core/link/virtual-links.ts";
import { IPVLAN_FLAGS, writeDeleteLink, writeLinkChange, writeNewLink } from "../../core/netlink/link-orders.ts";
import { MAX_MESSAGE_LENGTH, MessageWriter } from "../../core/netlink/message-writer.ts";
import { writeDeleteAddress, writeNewAddress } from "../../core/netlink/rtnetlink.ts";
import type { BulkLane, BulkWork, Clock } from "../../host/world.ts";
import type { NativeAddon } from "../native/addon.ts";
import { type Answer, RequestSocket } from "../netlink/request-socket.ts";
import { KernelParameters, reversePathFilters, setParameter } from "./kernel-parameters.ts";

/** So many orders go to the kernel together: making a link takes it some tens of microseconds. */
const SLICE = 16;
const RETRY = seconds(5);
const MAX_ROUNDS = 8;

const SCOPE_GLOBAL = 0;
const SCOPE_LINK = 253;
const FLAG_NODAD = 0x02;

/** What answers a removal of something that is gone. */
const GONE: ReadonlySet<string> = new Set(["", "ENODEV", "EADDRNOTAVAIL"]);

/** What it is made of. */
export interface KernelLinksSettings {
    readonly system: NativeAddon;
    readonly clock: Clock;
    readonly bulk: BulkLane;
    readonly links: VirtualLinks;
    /** Said once until it changes. */
    readonly onRefused: (text: string) => void;
    /** Parameters of other interfaces were changed, or put back: a successor has to know of them. */
    readonly onParametersChanged: () => void;
}

/** Virtual links in the kernel, and what their bases need: made, kept as they are wanted, and taken away. */
export class KernelLinks implements BulkWork {
    readonly #make: KernelLinksSettings;
    readonly #links: VirtualLinks;
    readonly #socket: RequestSocket;
    readonly #writer = new MessageWriter(SLICE * MAX_MESSAGE_LENGTH);
    readonly #parameters = new KernelParameters();
    readonly #refusals = new Map<string, string>();
    #reversePath: readonly KernelParameter[] | undefined;
    #waiting: LinkOrder[] = [];
    #names: ReadonlySet<string> = new Set();
    #silencesReports = false;
    #parametersOutdated = false;
    #retryAt: Instant | undefined;

    /** @throws Error when the kernel refuses a socket */
    constructor(make: KernelLinksSettings) {
        this.#make = make;
        this.#links = make.links;
        this.#socket = new RequestSocket(make.system);
    }

    /** What was changed of other interfaces' parameters and not put back. */
    get changedParameters(): readonly ChangedParameter[] {
        return this.#parameters.changed;
    }

    /** Takes over what a predecessor changed of other interfaces' parameters. */
    adopt(changed: readonly ChangedParameter[]): void {
        this.#parameters.adopt(changed);
        const reversePath = changed.filter(({ path }) => path.endsWith("/rp_filter"));
        this.#reversePath = reversePath.length > 0 ? reversePath : undefined;
    }

    /** Takes new wishes on and makes what is missing, now, so that what is to stand on it can be put up. @param listen takes in what the kernel tells */
    want(wishes: LinkWishes, listen: () => void): void {
        listen();
        this.#links.want(wishes);
        this.#names = new Set(wishes.links.map(({ name }) => name));
        this.#silencesReports = wishes.silencesReports;
        this.#refusals.clear();
        this.#parametersOutdated = true;
        for (const { link, standing } of this.#links.conflicts()) {
            this.#make.onRefused(
                `cannot make ${link.form.kind} ${link.name} on ${link.baseName}: an interface of that name (${standing.kind ?? "hardware"}) is there already`,
            );
        }
        for (let round = 0; round < MAX_ROUNDS && this.#work(); round++) {
            listen();
        }
        this.#make.bulk.add(this);
    }

    /** A link or an address changed. */
    hear(news: LinkNews): void {
        if (this.#links.hear(news)) {
            this.#parametersOutdated ||= news.type === "link" || news.type === "link-gone";
            this.#make.bulk.add(this);
        }
    }

    step(): boolean | Instant {
        if (this.#retryAt !== undefined && this.#retryAt <= this.#make.clock.now()) {
            this.#retryAt = undefined;
            for (const name of this.#refusals.keys()) {
                this.#links.refused(name);
            }
        }
        this.#work();
        return this.#waiting.length > 0 || (this.#retryAt ?? false);
    }

    /** Takes away what nobody wants any more. */
    clear(): void {
        this.#carryOut(this.#links.leftovers(false));
    }

    /** Takes everything away and puts the parameters of bases back; or leaves it all behind, where addresses stay on it. */
    end(keepsLinks: boolean): void {
        if (!keepsLinks) {
            this.#carryOut(this.#links.leftovers(true));
            this.#parameters.want([]);
        }
        this.#socket.close();
    }

    /** One slice. @returns whether anything was done */
    #work(): boolean {
        this.#waiting.push(...this.#links.orders());
        const slice = this.#waiting.splice(0, SLICE);
        this.#carryOut(slice);
        this.#updateParameters();
        return slice.length > 0;
    }

    #carryOut(orders: readonly LinkOrder[]): void {
        const asked: LinkOrder[] = [];
        let first = 0;
        this.#writer.clear();
        for (const order of orders) {
            if (order.type === "prepare") {
                this.#prepare(order);
                continue;
            }
            const sequence = this.#socket.nextSequence();
            first = asked.length === 0 ? sequence : first;
            this.#write(order, sequence);
            asked.push(order);
        }
        const answers = asked.length === 0 ? [] : this.#socket.send(this.#writer, first, asked.length);
        for (const [index, order] of asked.entries()) {
            this.#settle(order, answers[index]);
        }
    }

    #prepare({ link }: LinkOrder & { readonly type: "prepare" }): void {
        for (const parameter of parametersOf(link)) {
            // An old kernel, or one without IPv6, does not know all of them.
            setParameter(parameter);
        }
    }

    #write(order: Exclude<LinkOrder, { readonly type: "prepare" }>, sequence: number): void {
        switch (order.type) {
            case "make":
                this.#writeNew(order, sequence);
                return;
            case "raise":
                writeLinkChange(this.#writer, order.index, { isUp: true }, sequence);
                return;
            case "change": {
                const { group, masterIndex, mac } = order;
                writeLinkChange(this.#writer, order.index, { group, masterIndex, ...(mac && { macvlan: { mac } }) }, sequence);
                return;
            }
            case "renew":
                writeLinkChange(this.#writer, order.index, { group: order.group }, sequence);
                return;
            case "remove":
                writeDeleteLink(this.#writer, order.index, sequence);
                return;
            case "add-address":
                writeNewAddress(this.#writer, sourceOrder(order), order.index, sequence);
                return;
            case "remove-address":
                writeDeleteAddress(this.#writer, sourceOrder(order), order.index, sequence);
                return;
        }
    }

    #writeNew({ link, baseIndex, group, masterIndex }: LinkOrder & { readonly type: "make" }, sequence: number): void {
        const form = link.form.kind === "macvlan" ? link.form : { kind: link.form.kind, flags: IPVLAN_FLAGS[link.form.mode] };
        const relations = { ...(group !== 0 && { group }), ...(masterIndex !== 0 && { masterIndex }) };
        writeNewLink(this.#writer, { name: link.name, baseIndex, form, ...relations }, sequence);
    }

    #settle(order: LinkOrder, answer: Answer | undefined): void {
        const code = answer?.code ?? "ENOBUFS";
        const name = nameOf(order);
        if (code === "" || (isRemoval(order) && GONE.has(code))) {
            this.#refusals.delete(name);
            return;
        }
        this.#retryAt ??= after(this.#make.clock.now(), RETRY);
        const text = `cannot ${wordsOf(order)}: ${code}${answer?.text === undefined ? "" : ` (${answer.text})`}`;
        if (this.#refusals.get(name) !== text) {
            this.#refusals.set(name, text);
            this.#make.onRefused(text);
        }
    }

    #updateParameters(): void {
        if (!this.#parametersOutdated) {
            return;
        }
        this.#parametersOutdated = false;
        const before = JSON.stringify(this.#parameters.changed);
        for (const { path } of this.#parameters.want(this.#wantedParameters())) {
            this.#make.onRefused(`cannot set net/${path}`);
        }
        if (JSON.stringify(this.#parameters.changed) !== before) {
            this.#make.onParametersChanged();
        }
    }

    /** Of all interfaces but virtual links, which have their own from the start. */
    #othersReversePaths(): ReadonlyMap<string, number> {
        return new Map([...reversePathFilters()].filter(([name]) => !this.#names.has(name)));
    }

    #wantedParameters(): readonly KernelParameter[] {
        const links = this.#links.standing.filter(({ form, hasIpv4 }) => form.kind === "macvlan" && hasIpv4);
        if (links.length === 0) {
            this.#reversePath = undefined;
            return [];
        }
        this.#reversePath ??= reversePathParameters(this.#othersReversePaths());
        const bases = [...new Set(links.map(({ baseName }) => baseName))];
        return [...bases.flatMap(baseParameters), ...this.#reversePath, ...(this.#silencesReports ? [NO_LOCAL_REPORTS] : [])];
    }
}

/** Without duplicate address detection, which would find the base; an IPv6 one that nobody else takes as a source. */
function sourceOrder({ address }: LinkOrder & { readonly type: "add-address" | "remove-address" }): Parameters<typeof writeNewAddress>[1] {
    return address.family === 6
        ? { address, prefixLength: 64, scope: SCOPE_LINK, flags: FLAG_NODAD, preferredLifetime: 0 }
        : { address, prefixLength: 32, scope: SCOPE_GLOBAL, flags: 0 };
}

function wordsOf(order: LinkOrder): string {
    const name = nameOf(order);
    switch (order.type) {
        case "make":
            return `make ${order.link.form.kind} ${name} on ${order.link.baseName}`;
        case "add-address":
            return `put ${formatIp(order.address)} on ${name}`;
        case "remove-address":
            return `remove ${formatIp(order.address)} from ${name}`;
        case "remove":
            return `remove ${name}`;
        case "raise":
            return `set ${name} up`;
        default:
            return `set ${name} right`;
    }
}

function nameOf(order: LinkOrder): string {
    return order.type === "remove" ? order.name : order.link.name;
}

function isRemoval({ type }: LinkOrder): boolean {
    return type === "remove" || type === "remove-address";
}
