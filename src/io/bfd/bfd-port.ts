import type { Instant } from "../../core/base/instant.ts";
import type { Family } from "../../core/base/ip.ts";
import type { BfdEndpoint, BfdPacing } from "../../core/bfd/effects.ts";
import type { ReceivedDatagram } from "../../core/bfd/events.ts";
import type { Clock, Source } from "../../host/world.ts";
import { type NativeAddon, POLL, type Poller } from "../native/addon.ts";
import { LINUX } from "../packet/linux-numbers.ts";
import { BfdPacer } from "./bfd-pacer.ts";
import { type BfdSocketRefused, destinationOf, type ListenerPurpose, openListener, openSender } from "./bfd-sockets.ts";
import { DatagramReader } from "./datagram-reader.ts";

const RETRY_MILLISECONDS = 1_000;

/** What the port is made of. */
export interface BfdPortSettings {
    readonly system: NativeAddon;
    readonly clock: Clock;
    readonly onPacket: (packet: ReceivedDatagram) => void;
    /** Somebody else has the source port of this session. */
    readonly onPortTaken: (session: number) => void;
    /** The packets of this session cannot be repeated. */
    readonly onPacingRefused: (session: number) => void;
    /** Something has arrived: the loop's `turn`. */
    readonly onReady: (source: Source) => void;
    /** Something does not work, in words; told once until it works again. */
    readonly onTrouble: (text: string) => void;
}

interface Sender {
    readonly fd: number;
    readonly destination: Uint8Array;
}

interface Listener {
    readonly fd: number;
    readonly poller: Poller;
    readonly purpose: ListenerPurpose;
}

/**
 * Control packets on UDP sockets: one on which each family and kind of path arrives, one from which each session sends. What cannot be
 * opened is tried anew each second. What is to be repeated is sent from the same sockets by a thread.
 */
export class BfdPort implements Source {
    readonly #settings: BfdPortSettings;
    readonly #reader: DatagramReader;
    readonly #pacer: BfdPacer;
    readonly #listeners = new Map<string, Listener>();
    readonly #senders = new Map<number, Sender>();
    /** Sessions from whose sockets the kernel did not send. */
    readonly #doubted = new Set<number>();
    /** Names of those on which something arrived; undefined for one that no session names. */
    readonly #interfaces = new Map<number, string | undefined>();
    readonly #troubles = new Map<string, string>();
    #endpoints: ReadonlyMap<number, BfdEndpoint> = new Map();
    #retry: NodeJS.Timeout | undefined;
    #isAttending = false;

    constructor(settings: BfdPortSettings) {
        this.#settings = settings;
        this.#reader = new DatagramReader(settings.system, settings.clock);
        this.#pacer = new BfdPacer(settings.system);
    }

    /** Opens the sockets that these endpoints need, and closes all others; a socket whose endpoint is the same stays. */
    attend(endpoints: readonly BfdEndpoint[]): void {
        const wanted = new Map(endpoints.map((endpoint) => [endpoint.session, endpoint]));
        for (const [session, endpoint] of this.#endpoints) {
            const next = wanted.get(session);
            if (next === undefined || next.sourcePort !== endpoint.sourcePort || next.ttl !== endpoint.ttl) {
                this.#closeSender(session);
            }
            if (next === undefined) {
                this.#pacer.forget(session);
            }
        }
        this.#endpoints = wanted;
        const purposes = new Map(endpoints.map((endpoint) => [purposeKey(purposeOf(endpoint)), purposeOf(endpoint)]));
        for (const [key, listener] of this.#listeners) {
            if (!purposes.has(key)) {
                this.#closeListener(key, listener);
            }
        }
        this.#openMissing();
    }

    /** Sends one packet at once. What the kernel refuses is lost, as on a wire. */
    send(session: number, payload: Uint8Array): void {
        const sender = this.#senders.get(session);
        if (sender === undefined) {
            return;
        }
        const result = this.#settings.system.sendto(sender.fd, payload, 0, payload.length, 0, sender.destination);
        if (result >= 0) {
            this.#troubles.delete(`send ${session}`);
        } else {
            this.#noteLost(session, -result);
        }
    }

    /** Repeats a packet by itself from now on, as long as `vouch` allows. */
    pace(session: number, pacing: BfdPacing): void {
        this.#checkPacing(session, this.#pacer.pace(session, pacing));
    }

    unpace(session: number): void {
        this.#pacer.unpace(session);
    }

    /** Repeats until then and no longer. */
    vouch(until: Instant): void {
        for (const { session, errno } of this.#pacer.vouch(until)) {
            this.#noteLost(session, errno);
        }
    }

    /** How many packets of this session were repeated so far. */
    repeatedBy(session: number): number {
        return this.#pacer.sentBy(session);
    }

    drain(): boolean {
        let hasMore = false;
        for (const { fd, purpose } of this.#listeners.values()) {
            const { datagrams, mayHaveMore } = this.#reader.read(fd, purpose.family);
            for (const { interfaceIndex, ...datagram } of datagrams) {
                const interfaceName = this.#nameOf(interfaceIndex);
                this.#settings.onPacket({ ...datagram, interfaceName, isMultihop: purpose.isMultihop });
            }
            hasMore ||= mayHaveMore;
        }
        return hasMore;
    }

    /** Closes all sockets; nothing leaves any more. What was repeated stays known. */
    close(): void {
        for (const session of this.#senders.keys()) {
            this.#closeSender(session);
        }
        for (const [key, listener] of this.#listeners) {
            this.#closeListener(key, listener);
        }
        this.#endpoints = new Map();
        clearTimeout(this.#retry);
    }

    #noteLost(session: number, errno: number): void {
        if (errno !== LINUX.EAGAIN && errno !== LINUX.ENOBUFS && errno !== LINUX.EINTR) {
            this.#complain(`send ${session}`, `cannot send to ${this.#endpoints.get(session)?.name}`, errno);
            // The interface may be another one of the same name by now: a new socket finds it. If not, this one may work again sooner than that is tried.
            this.#doubted.add(session);
            this.#retryLater();
        }
    }

    #checkPacing(session: number, result: number): void {
        if (result < 0) {
            this.#complain(`pace ${session}`, `cannot leave sending to ${this.#endpoints.get(session)?.name} to a thread`, -result);
            this.#settings.onPacingRefused(session);
        }
    }

    #openMissing(): void {
        if (this.#isAttending) {
            return;
        }
        // To move to another port leads back here.
        this.#isAttending = true;
        this.#interfaces.clear();
        for (const endpoint of this.#endpoints.values()) {
            this.#listen(purposeOf(endpoint));
            this.#openSender(endpoint.session);
        }
        this.#isAttending = false;
    }

    #listen(purpose: ListenerPurpose): void {
        const key = purposeKey(purpose);
        if (this.#listeners.has(key)) {
            return;
        }
        const { system, onReady } = this.#settings;
        const fd = openListener(system, purpose);
        if (typeof fd !== "number") {
            this.#refused(key, `cannot hear neighbours (IPv${purpose.family})`, fd);
            return;
        }
        const poller = system.pollerOpen(fd, () => onReady(this));
        if (typeof poller === "number") {
            system.close(fd);
            this.#refused(key, `cannot hear neighbours (IPv${purpose.family})`, { step: "poller", errno: -poller });
            return;
        }
        system.pollerSet(poller, POLL.read);
        this.#troubles.delete(key);
        this.#listeners.set(key, { fd, poller, purpose });
    }

    /** A port that is taken is changed until a free one is found: each time the endpoint is another one. */
    #openSender(session: number): void {
        const { system, onPortTaken } = this.#settings;
        for (let endpoint = this.#endpoints.get(session); endpoint !== undefined && !this.#senders.has(session); ) {
            const index = this.#interfaceIndex(endpoint);
            const fd = index < 0 ? { step: `interface ${endpoint.interfaceName}`, errno: -index } : openSender(system, endpoint, index);
            if (typeof fd === "number") {
                this.#troubles.delete(`open ${session}`);
                const sender = { fd, destination: destinationOf(endpoint, index) };
                this.#senders.set(session, sender);
                this.#checkPacing(session, this.#pacer.attach(session, sender));
                return;
            }
            const { sourcePort } = endpoint;
            if (fd.errno === LINUX.EADDRINUSE) {
                onPortTaken(session);
            } else {
                this.#refused(`open ${session}`, `cannot speak to ${endpoint.name}`, fd);
            }
            endpoint = this.#endpoints.get(session);
            if (endpoint?.sourcePort === sourcePort) {
                this.#retryLater();
                return;
            }
        }
    }

    /** Zero for none, `-errno` when it is not there. */
    #interfaceIndex({ interfaceName }: BfdEndpoint): number {
        if (interfaceName === undefined) {
            return 0;
        }
        const index = this.#settings.system.ifNameToIndex(interfaceName);
        return index === 0 ? -LINUX.ENODEV : index;
    }

    /** Which of the interfaces that sessions name it is now: it may have come in the place of another one. */
    #nameOf(index: number): string | undefined {
        if (!this.#interfaces.has(index)) {
            const named = [...this.#endpoints.values()].find((endpoint) => this.#interfaceIndex(endpoint) === index);
            this.#interfaces.set(index, named?.interfaceName);
        }
        return this.#interfaces.get(index);
    }

    #refused(key: string, what: string, { step, errno }: BfdSocketRefused): void {
        this.#complain(key, `${what}: ${step}`, errno);
        this.#retryLater();
    }

    #complain(key: string, what: string, errno: number): void {
        const text = `${what}: ${this.#settings.system.errnoNames[errno] ?? errno}`;
        if (this.#troubles.get(key) !== text) {
            this.#troubles.set(key, text);
            this.#settings.onTrouble(text);
        }
    }

    #retryLater(): void {
        this.#retry ??= setTimeout(() => {
            this.#retry = undefined;
            for (const session of this.#doubted) {
                this.#closeSender(session);
            }
            this.#openMissing();
        }, RETRY_MILLISECONDS).unref();
    }

    #closeSender(session: number): void {
        const sender = this.#senders.get(session);
        if (sender !== undefined) {
            this.#pacer.detach(session);
            this.#settings.system.close(sender.fd);
            this.#senders.delete(session);
        }
        this.#doubted.delete(session);
    }

    #closeListener(key: string, { fd, poller }: Listener): void {
        this.#settings.system.pollerClose(poller);
        this.#settings.system.close(fd);
        this.#listeners.delete(key);
    }
}

function purposeOf({ neighbor, isMultihop }: BfdEndpoint): ListenerPurpose {
    return { family: neighbor.family, isMultihop };
}

function purposeKey({ family, isMultihop }: { readonly family: Family; readonly isMultihop: boolean }): string {
    return `${family} ${isMultihop}`;
}
