import { inSeconds } from "../base/instant.ts";
import { equalIp, type IpAddress } from "../base/ip.ts";
import type { VrrpPacket } from "../packet/vrrp.ts";
import { addressListDifference, admit, checkPeer } from "./admission.ts";
import type { Advertiser } from "./advertiser.ts";
import type { AuthenticityRemark } from "./auth/authenticity.ts";
import type { ReceivedPacket } from "./events.ts";
import type { Rejection } from "./rejection.ts";
import type { VrrpReport } from "./reports.ts";
import type { RouterContext } from "./router-context.ts";
import type { Turn } from "./router-events.ts";
import type { VirtualRouterSettings } from "./settings.ts";

/** An advertisement of which nothing was to be said, by these settings: neither will there be when it comes again. */
interface Familiar {
    readonly received: ReceivedPacket;
    readonly settings: VirtualRouterSettings;
    readonly packet: VrrpPacket;
}

/** The receiving side of one virtual router: judges packets, counts all of them, and complains of each kind once. */
export class Reception {
    readonly #context: RouterContext;
    readonly #advertiser: Advertiser;
    readonly #complained = new Map<string, IpAddress>();
    #familiar: Familiar | undefined;

    constructor(context: RouterContext, advertiser: Advertiser) {
        this.#context = context;
        this.#advertiser = advertiser;
    }

    /**
     * Judges a packet; undefined when it is not to be acted upon.
     *
     * @param knownActive whom we know as the Active Router: with `skip_check_adv_addr` its address list is not compared again
     */
    receive(received: ReceivedPacket, knownActive: IpAddress | undefined, turn: Turn): VrrpPacket | undefined {
        const { settings, counters } = this.#context;
        const familiar = this.#familiar;
        if (familiar !== undefined && familiar.settings === settings && isSameMessage(familiar.received, received)) {
            counters.advertisementsReceived += 1;
            counters.priorityZeroReceived += familiar.packet.priority === 0 ? 1 : 0;
            return familiar.packet;
        }
        const verdict = admit(received, this.#context, turn.now);
        if (!verdict.ok) {
            this.#reject(received, verdict.error, turn);
            return undefined;
        }
        const { packet, hasOldChecksum, remark } = verdict.value;
        if (hasOldChecksum) {
            this.#advertiser.oldPeerHeard();
        }
        counters.advertisementsReceived += 1;
        this.#remark(remark, received.source, turn);
        if (!(settings.checksAddressesOnce && equalIp(received.source, knownActive))) {
            this.#compareAddresses(packet, received.source, turn);
        }
        const stranger = checkPeer(received, settings);
        if (stranger !== undefined) {
            this.#reject(received, stranger.error, turn);
            return undefined;
        }
        this.#compareInterval(packet, received.source, turn);
        counters.priorityZeroReceived += packet.priority === 0 ? 1 : 0;
        this.#familiar = !hasOldChecksum && isUneventful(packet, settings) ? { received, settings, packet } : undefined;
        return packet;
    }

    /** Reports something about a sender, of a kind that has not been reported since the state or the Active Router changed. */
    complain(kind: string, source: IpAddress, turn: Turn, report: () => VrrpReport): void {
        if (!this.#complained.has(kind)) {
            this.#complained.set(kind, { family: source.family, bytes: source.bytes.slice() });
            turn.effects.push({ type: "report", report: report() });
        }
    }

    /** Another state: complaints are news again. */
    forget(): void {
        this.#complained.clear();
    }

    /** Another Active Router: complaints are news again, but for those that were about itself. */
    forgetAllBut(active: IpAddress): void {
        for (const [kind, source] of this.#complained) {
            if (!equalIp(source, active)) {
                this.#complained.delete(kind);
            }
        }
    }

    #remark(remark: AuthenticityRemark | undefined, from: IpAddress, turn: Turn): void {
        const { settings, counters, authenticity } = this.#context;
        const router = settings.name;
        if (remark?.type === "unsigned") {
            counters.unsignedAccepted += 1;
            this.complain("unsigned-accepted", from, turn, () => ({ type: "unsigned-accepted", router, from }));
        } else if (remark !== undefined && settings.authentication.type === "hmac") {
            const allowed = inSeconds(settings.authentication.window);
            this.complain("clocks-differ", from, turn, () => ({ type: "clocks-differ", router, from, seconds: remark.seconds, allowed }));
        }
        if (authenticity.takeNews(turn.now)) {
            turn.effects.push({ type: "report", report: { type: "sequences-moved", router } });
        }
    }

    #reject(received: ReceivedPacket, rejection: Rejection, turn: Turn): void {
        this.#context.counters.rejected(rejection.reason);
        this.complain(rejection.reason, received.source, turn, () => ({
            type: "advertisement-rejected",
            router: this.#context.settings.name,
            vrid: this.#context.settings.vrid,
            source: received.source,
            reason: rejection.reason,
            detail: rejection.describe(),
        }));
    }

    /** RFC 9568 §7.1 lets a receiver compare; the packet is used all the same (Keepalived since 2.3.3). */
    #compareAddresses(packet: VrrpPacket, from: IpAddress, turn: Turn): void {
        const detail = addressListDifference(packet, this.#context.settings);
        if (detail !== undefined) {
            this.#context.counters.addressListErrors += 1;
            const router = this.#context.settings.name;
            this.complain("address-list-differs", from, turn, () => ({ type: "address-list-differs", router, from, detail }));
        }
    }

    /** RFC 9568 §6.4.2: another interval is no mistake in version 3, but seldom what was meant. */
    #compareInterval(packet: VrrpPacket, from: IpAddress, turn: Turn): void {
        const { name: router, advertisementInterval: own } = this.#context.settings;
        if (packet.interval !== own) {
            this.complain("interval-differs", from, turn, () => ({ type: "interval-differs", router, from, own, theirs: packet.interval }));
        }
    }
}

/** Whether a packet is another one's very bytes; those that only happen to be equal are judged anew. */
function isSameMessage(one: ReceivedPacket, other: ReceivedPacket): boolean {
    return (
        one.payload === other.payload &&
        one.source === other.source &&
        one.destination === other.destination &&
        one.ttl === other.ttl &&
        one.protocol === other.protocol
    );
}

/** Whether an advertisement that was let through could come again without a word; one that is signed never comes again. */
function isUneventful(packet: VrrpPacket, settings: VirtualRouterSettings): boolean {
    const { authentication, advertisementInterval } = settings;
    const isUnsigned = authentication.type === "none" || authentication.type === "pass";
    return isUnsigned && packet.interval === advertisementInterval && addressListDifference(packet, settings) === undefined;
}
