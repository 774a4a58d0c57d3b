import { after, type Instant, latest } from "../base/instant.ts";
import type { VirtualRouterSettings } from "./settings.ts";

/**
 * How long virtual routers stay silent after the start of the daemon (`vrrp_startup_delay`) and of the machine (`vrrp_delay_after_boot`): a switch
 * port or a neighbour may need that long before it can be heard.
 */
export class StartDelay {
    #startedAt: Instant | undefined;
    #bootedAt: Instant | undefined;

    /** The daemon starts; the machine did at `bootedAt`, where that is known. */
    begin(now: Instant, bootedAt: Instant | undefined): void {
        this.#startedAt = now;
        this.#bootedAt = bootedAt;
    }

    /** When a virtual router that starts at `now` may listen. One that a reload brings waits for what is left of the delays only. */
    listensFrom({ startupDelay, delayAfterBoot }: VirtualRouterSettings, now: Instant): Instant {
        const afterStart = this.#startedAt === undefined ? now : after(this.#startedAt, startupDelay);
        const afterBoot = this.#bootedAt === undefined || delayAfterBoot === undefined ? now : after(this.#bootedAt, delayAfterBoot);
        return latest(now, latest(afterStart, afterBoot));
    }
}
