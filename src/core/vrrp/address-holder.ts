import { planAddresses } from "../address/plan.ts";
import type { VirtualAddress } from "../address/virtual-address.ts";
import type { Instant } from "../base/instant.ts";
import { AnnouncementSchedule } from "./announce.ts";
import { NO_INTERFACE } from "./no-interface.ts";
import { ownedAddresses } from "./owned-addresses.ts";
import { PacketGuard } from "./packet-guard.ts";
import { RouteHolder } from "./route-holder.ts";
import type { RouterContext } from "./router-context.ts";
import type { Turn } from "./router-events.ts";
import type { VirtualRouterSettings } from "./settings.ts";
import { silentPlaces } from "./silent-places.ts";
import type { PlannedAnnouncements } from "./snapshot.ts";
import { type Burst, StandingAddresses } from "./standing-addresses.ts";

/** The addresses of one virtual router: claims them, announces them, gives them up. */
export class AddressHolder {
    readonly #context: RouterContext;
    readonly #standing = new StandingAddresses();
    readonly #schedule = new AnnouncementSchedule();
    readonly #guard: PacketGuard;
    readonly #routes: RouteHolder;
    /** The addresses are a predecessor's, which has announced them: what it had planned is done when they are ours. */
    #inherited: PlannedAnnouncements | undefined;

    constructor(context: RouterContext) {
        this.#context = context;
        this.#guard = new PacketGuard(context);
        this.#routes = new RouteHolder(context);
    }

    /** When announcements are due next. */
    get nextAt(): Instant | undefined {
        return this.#schedule.nextAt;
    }

    /** How many there are, standing or not. */
    get count(): number {
        const { addresses, excludedAddresses } = this.#context.settings;
        return addresses.length + excludedAddresses.length;
    }

    /** What a successor that follows without a break has to announce; undefined while not all that is to stand has been announced. */
    get planned(): PlannedAnnouncements | undefined {
        return this.#standing.isClaiming ? this.#inherited : this.#schedule.planned;
    }

    /**
     * Puts all addresses up, and what goes along with them: Keepalived's order is firewall, addresses, routes, rules.
     *
     * @param inherited a predecessor holds them at this moment, and plans this: nobody outside is to notice the change
     */
    takeUp(turn: Turn, inherited?: PlannedAnnouncements): void {
        this.#inherited = inherited;
        this.#guard.raise(turn);
        this.#claim(ownedAddresses(this.#context.settings), turn);
        this.#routes.await(this.#standing.isClaiming, turn);
    }

    /** Puts one address up again that somebody took down. */
    takeUpAgain(address: VirtualAddress, turn: Turn): void {
        this.#standing.lost(address);
        this.#claim([address], turn);
    }

    /** A slice of what was claimed stands: RFC 9568 §6.4.2 wants it announced. */
    claimed(slice: readonly VirtualAddress[], isLast: boolean, turn: Turn): void {
        if (!this.#standing.isClaiming) {
            return;
        }
        const { announcements } = this.#context.settings;
        const bursts = this.#standing.claimed({ slice, isLast, rounds: announcements.masterRepeat, now: turn.now });
        if (!this.#standing.isClaiming) {
            this.#routes.addressesStand(turn);
        }
        const inherited = this.#inherited;
        if (isLast) {
            this.#inherited = undefined;
            this.#schedule.claimed(announcements, turn.now);
        }
        if (inherited === undefined) {
            for (const burst of bursts) {
                this.#announce(burst, turn);
            }
        } else if (isLast) {
            this.#schedule.restore(inherited);
        }
    }

    /** Sends the announcements whose time has come. */
    announceDue(turn: Turn): void {
        const rounds = this.#schedule.takeDueRounds(this.#context.settings.announcements, turn.now);
        this.#announce({ addresses: this.#standing.all, rounds }, turn);
        if (this.#schedule.takeDueExtra(this.#context.settings.announcements, turn.now)) {
            this.#announce({ addresses: silentPlaces(this.#context.settings, this.#standing.all), rounds: 1 }, turn);
        }
    }

    /** An Active Router of lower priority was heard: hosts may have learned its address (Keepalived's `garp_lower_prio_*`). */
    lowerPrioritySeen(turn: Turn): void {
        const { announcements } = this.#context.settings;
        if (announcements.lowerPriorityRepeat > 0) {
            this.#announce({ addresses: this.#standing.all, rounds: announcements.lowerPriorityRepeat }, turn);
            this.#schedule.lowerPrioritySeen(announcements, turn.now);
        }
    }

    /** A unicast router takes part again: its peers may have forgotten where its source address lives (Keepalived announces it once). */
    announceSource(turn: Turn): void {
        const { settings, attachment } = this.#context;
        const address = attachment.source;
        if (settings.destination.type === "unicast" && address !== undefined && settings.interfaceName !== NO_INTERFACE) {
            const prefixLength = address.family === 4 ? 32 : 128;
            const { interfaceName } = settings;
            this.#announce(
                { addresses: [{ address, prefixLength, interfaceName, scope: 0, flags: 0, isTracked: false }], rounds: 1 },
                turn,
            );
        }
    }

    /** Takes all addresses down, or leaves them behind. */
    giveUp(keepsAddresses: boolean, turn: Turn): void {
        this.#schedule.cancel();
        this.#standing.clear();
        this.#inherited = undefined;
        turn.effects.push({ type: "cancel-announcements", router: this.#context.settings.name });
        if (keepsAddresses) {
            this.#routes.leaveBehind();
        } else {
            this.#routes.giveUp(turn);
            this.#releaseAddresses(turn);
            this.#guard.lower(turn);
        }
    }

    /** Takes down whatever stands, also what nobody here put up. */
    releaseAll(turn: Turn): void {
        this.#routes.releaseAll(turn);
        this.#releaseAddresses(turn);
    }

    #releaseAddresses(turn: Turn): void {
        const addresses = ownedAddresses(this.#context.settings);
        if (addresses.length > 0) {
            turn.effects.push({ type: "release-addresses", router: this.#context.settings.name, addresses });
        }
    }

    /** The settings changed while the addresses stand: only the difference is taken down and put up. */
    changeFrom(before: VirtualRouterSettings, turn: Turn): void {
        this.#guard.changeFrom(before, turn);
        this.#changeAddresses(before, turn);
        this.#routes.changeFrom(before, turn);
        if (this.#standing.all.length > 0) {
            this.#schedule.reconfigured(this.#context.settings.announcements, turn.now);
        }
    }

    #changeAddresses(before: VirtualRouterSettings, turn: Turn): void {
        const wanted = ownedAddresses(this.#context.settings);
        const { removed, added } = planAddresses(ownedAddresses(before), wanted);
        if (removed.length > 0) {
            // A release takes the place of what is left of an unfinished claim; the whole has to be claimed again then.
            const isInterrupting = this.#standing.isClaiming;
            for (const address of removed) {
                this.#standing.lost(address);
            }
            turn.effects.push({ type: "release-addresses", router: this.#context.settings.name, addresses: removed });
            if (isInterrupting) {
                this.#standing.clear();
                this.#claim(wanted, turn);
                return;
            }
        }
        this.#claim(added, turn);
    }

    #claim(addresses: readonly VirtualAddress[], turn: Turn): void {
        if (addresses.length > 0) {
            this.#standing.ordered();
            turn.effects.push({ type: "claim-addresses", router: this.#context.settings.name, addresses });
        }
    }

    #announce(burst: Burst, turn: Turn): void {
        if (burst.rounds > 0 && burst.addresses.length > 0) {
            const router = this.#context.settings.name;
            turn.effects.push({ type: "announce", router, ...burst }, { type: "report", report: { type: "announcing", router, ...burst } });
        }
    }
}
