import { after, between, type Duration, type Instant, isDue, NO_TIME, sum } from "../base/instant.ts";
import { equalIp, type IpAddress } from "../base/ip.ts";
import type { VrrpPacket } from "../packet/vrrp.ts";
import type { RouterContext } from "./router-context.ts";
import type { VirtualRouterSnapshot } from "./snapshot.ts";
import { activeDownInterval, OWNER_PRIORITY, skewTime, type TimerInputs } from "./timers.ts";

/** What a virtual router knows of the Active Router, and how long it waits for it: Active_Down_Timer and Keepalived's preempt delay. */
export class ActiveWatch {
    readonly #context: RouterContext;
    readonly #timerPriority: () => number;
    #interval: Duration;
    #address: IpAddress | undefined;
    #priority: number | undefined;
    #silentSince: Instant | undefined;
    #downAt: Instant | undefined;
    #preemptAt: Instant | undefined;

    /** @param timerPriority the priority that Skew_Time is made of */
    constructor(context: RouterContext, timerPriority: () => number) {
        this.#context = context;
        this.#timerPriority = timerPriority;
        this.#interval = context.settings.advertisementInterval;
    }

    /** The Active Router's address, as last heard. */
    get address(): IpAddress | undefined {
        return this.#address;
    }

    /** When Active_Down_Timer fires; undefined while it does not run. */
    get downAt(): Instant | undefined {
        return this.#downAt;
    }

    /** Active_Down_Interval as of now. */
    get downInterval(): Duration {
        return activeDownInterval(this.#inputs());
    }

    /** How long nothing has been heard. */
    silence(now: Instant): Duration {
        return this.#silentSince === undefined ? NO_TIME : between(this.#silentSince, now);
    }

    /** Starts Active_Down_Timer for its whole interval. */
    restart(from: Instant): void {
        this.#silentSince = from;
        this.#downAt = after(from, this.downInterval);
    }

    /** Starts it for Skew_Time only: the Active Router has said that it leaves, or that was us. */
    restartWithSkew(now: Instant): void {
        this.#silentSince = now;
        this.#downAt = after(now, skewTime(this.#inputs()));
    }

    /** Starts it for one interval and the smallest Skew_Time: Keepalived's `state MASTER` in a sync group that is not active. */
    restartSoon(from: Instant): void {
        const { version, advertisementInterval } = this.#context.settings;
        const skew = skewTime({ ...this.#inputs(), version, priority: OWNER_PRIORITY, activeAdvertisementInterval: advertisementInterval });
        this.#silentSince = from;
        this.#downAt = after(from, sum(advertisementInterval, skew));
    }

    /** An owner waits for nobody. */
    expireAt(at: Instant): void {
        this.#silentSince = at;
        this.#downAt = at;
    }

    /** We were deaf for a while: leaves an Active Router the time for one more advertisement before its silence counts. */
    listenFirst(now: Instant): void {
        const soonest = after(now, sum(this.#interval, skewTime(this.#inputs())));
        this.#downAt = this.#downAt === undefined || this.#downAt < soonest ? soonest : this.#downAt;
    }

    /** The timer's length changed while it ran: moves its end by the difference instead of starting it again. */
    shift(difference: Duration, now: Instant): void {
        if (this.#downAt !== undefined) {
            const moved = after(this.#downAt, difference);
            this.#downAt = moved > now ? moved : now;
        }
    }

    /**
     * Takes an advertisement as that of the Active Router, without touching the timer (RFC 9568 §6.4.2: version 3 learns the interval).
     *
     * @returns whether the Active Router is another one than before
     */
    learn(packet: VrrpPacket, from: IpAddress): boolean {
        const isAnother = !equalIp(from, this.#address);
        this.#address = isAnother ? { family: from.family, bytes: from.bytes.slice() } : this.#address;
        this.#priority = packet.priority;
        if (this.#context.settings.version === 3) {
            this.#interval = packet.interval;
        }
        return isAnother;
    }

    /** We are the Active Router: the interval is our own again. Keepalived does this only when it logs details, which is a defect. */
    takeOver(priority: number): void {
        this.disarm();
        this.#interval = this.#context.settings.advertisementInterval;
        this.#address = this.#context.attachment.source;
        this.#priority = priority;
    }

    /** Nobody is known to be active, and nothing is waited for. */
    forget(): void {
        this.disarm();
        this.#interval = this.#context.settings.advertisementInterval;
        this.#address = undefined;
        this.#priority = undefined;
    }

    /** Stops both timers. */
    disarm(): void {
        this.#downAt = undefined;
        this.#preemptAt = undefined;
    }

    /** The settings changed: version 2 and a version 3 router that heard nobody yet go by the configured interval. */
    reconfigured(): void {
        if (this.#context.settings.version === 2 || this.#address === undefined) {
            this.#interval = this.#context.settings.advertisementInterval;
        }
    }

    /** Whether an Active Router of lower priority is to be let alone for now; the first one heard starts Keepalived's `preempt_delay`. */
    delaysPreemption(now: Instant): boolean {
        const { preemptDelay } = this.#context.settings;
        if (preemptDelay <= NO_TIME) {
            return false;
        }
        this.#preemptAt ??= after(now, preemptDelay);
        return !isDue(this.#preemptAt, now);
    }

    /** An Active Router that is no worse than we are was heard: the delay starts anew with the next lower one. */
    stopPreemption(): void {
        this.#preemptAt = undefined;
    }

    /** Goes on where a predecessor stood. */
    restore(snapshot: VirtualRouterSnapshot, now: Instant): void {
        this.#interval = snapshot.activeAdvertisementInterval;
        this.#address = snapshot.activeAddress;
        this.#priority = snapshot.activePriority;
        this.#preemptAt = snapshot.preemptAt;
        this.#downAt = snapshot.activeDownAt;
        this.#silentSince = now;
    }

    /** Its share of the snapshot. */
    snapshot(): Pick<
        VirtualRouterSnapshot,
        "activeAdvertisementInterval" | "activeAddress" | "activePriority" | "activeDownAt" | "preemptAt"
    > {
        return {
            activeAdvertisementInterval: this.#interval,
            ...(this.#address && { activeAddress: this.#address }),
            ...(this.#priority !== undefined && { activePriority: this.#priority }),
            ...(this.#downAt !== undefined && { activeDownAt: this.#downAt }),
            ...(this.#preemptAt !== undefined && { preemptAt: this.#preemptAt }),
        };
    }

    #inputs(): TimerInputs {
        const { version, downTimerAdverts } = this.#context.settings;
        return { version, priority: this.#timerPriority(), activeAdvertisementInterval: this.#interval, downTimerAdverts };
    }
}
