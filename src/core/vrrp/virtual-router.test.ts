import { describe, expect, it } from "vitest";
import { type Instant, instant, milliseconds, seconds } from "../base/instant.ts";
import type { Advertisement } from "../packet/vrrp.ts";
import { UNTRACKED } from "../track/tracked-sum.ts";
import { type Attachment, DETACHED } from "./attachment.ts";
import { NO_DIGESTS } from "./auth/keyed-digests.ts";
import { TimeOfDay } from "./auth/time-of-day.ts";
import type { SpeakerEffect } from "./effects.ts";
import type { RouterEvent } from "./router-events.ts";
import type { VirtualRouterSettings } from "./settings.ts";
import { advertisementFrom, ip, kinds, link, routerSettings, virtualAddress } from "./test-bench.ts";
import { VirtualRouter } from "./virtual-router.ts";

const ATTACHMENT: Attachment = { link: link(), source: ip("10.77.0.1") };
const SETTINGS = routerSettings();
const ADDRESS = virtualAddress("10.77.9.9");
const NOW = instant(100_000_000);

type State = "initialize" | "backup" | "active" | "fault";

/** A router that entered its state half a second before `NOW`; the address of an active one stands. */
function routerIn(state: State, overrides: Partial<VirtualRouterSettings> = {}): VirtualRouter {
    const router = new VirtualRouter({ ...SETTINGS, ...overrides }, { digests: NO_DIGESTS, timeOfDay: new TimeOfDay() });
    const entered = (NOW - milliseconds(500)) as Instant;
    tell(router, { type: "attached", attachment: state === "fault" ? DETACHED : ATTACHMENT }, entered);
    if (state === "active") {
        const began = (entered - milliseconds(3609.375)) as Instant;
        tell(router, { type: "start", predecessor: undefined, listensFrom: began }, began);
        tell(router, { type: "wake" }, entered);
        tell(router, { type: "claimed", addresses: [ADDRESS], isLast: true }, entered);
    } else if (state !== "initialize") {
        tell(router, { type: "start", predecessor: undefined, listensFrom: entered }, entered);
    }
    expect(router.snapshot().state).toBe(state);
    return router;
}

function tell(router: VirtualRouter, event: RouterEvent, now: Instant = NOW): SpeakerEffect[] {
    const effects: SpeakerEffect[] = [];
    router.handle(event, { now, effects });
    return effects;
}

function packet(priority: number, source = "10.77.0.2", overrides: Partial<Advertisement> = {}): RouterEvent {
    return { type: "packet", packet: advertisementFrom(SETTINGS, source, { priority, ...overrides }) };
}

function attached(attachment: Attachment): RouterEvent {
    return { type: "attached", attachment };
}

const DOWN = attached({ link: link({ isRunning: false }), source: ip("10.77.0.1") });
const START: RouterEvent = { type: "start", predecessor: undefined, listensFrom: NOW };
const WAKE: RouterEvent = { type: "wake" };
const CLAIMED: RouterEvent = { type: "claimed", addresses: [ADDRESS], isLast: true };
const CLAIM_FAILED: RouterEvent = { type: "claim-failed", address: ADDRESS, code: "ENODEV" };
const LOST: RouterEvent = { type: "address-lost", address: ADDRESS };
const STALLED: RouterEvent = { type: "stalled", lateness: seconds(10) };
const STOP: RouterEvent = { type: "stop", keepsAddresses: false, cause: { type: "stop" } };
const LOWER_PRIORITY: RouterEvent = { type: "configured", settings: { ...SETTINGS, priority: 50 }, standing: UNTRACKED };
const OTHER_ADDRESS: RouterEvent = {
    type: "configured",
    settings: { ...SETTINGS, addresses: [virtualAddress("10.77.9.8")] },
    standing: UNTRACKED,
};

const GIVES_UP = ["cancel-announcements", "release-addresses", "report state-changed", "report addresses-removed"];
const RESIGNS = ["send-advertisement", "report priority-zero-sent", ...GIVES_UP];
const TAKES_OVER = ["send-advertisement", "claim-addresses", "report state-changed", "report addresses-set"];
const ANNOUNCES = ["announce", "report announcing"];

type Cell = readonly [what: string, event: RouterEvent, effects: readonly string[], state: State, wakeIn: number | undefined];

const CELLS: Record<State, readonly Cell[]> = {
    initialize: [
        ["start", START, ["release-addresses", "report state-changed"], "backup", 3_609_375],
        ["attached", attached(ATTACHMENT), [], "initialize", undefined],
        ["detached", attached(DETACHED), [], "initialize", undefined],
        ["configured", LOWER_PRIORITY, ["report priority-changed"], "initialize", undefined],
        ["wake", WAKE, [], "initialize", undefined],
        ["packet", packet(200), [], "initialize", undefined],
        ["claimed", CLAIMED, [], "initialize", undefined],
        ["claim-failed", CLAIM_FAILED, [], "initialize", undefined],
        ["address-lost", LOST, [], "initialize", undefined],
        ["stalled", STALLED, [], "initialize", undefined],
        ["stop", STOP, [], "initialize", undefined],
    ],
    backup: [
        ["start", START, [], "backup", 3_109_375],
        ["wake too early", WAKE, [], "backup", 3_109_375],
        ["higher priority", packet(200), [], "backup", 3_609_375],
        ["equal priority", packet(100), [], "backup", 3_609_375],
        ["lower priority", packet(99), ["report lower-priority-discarded"], "backup", 3_109_375],
        ["priority 0", packet(0), ["report priority-zero-seen"], "backup", 609_375],
        ["packet of another version", packet(200, "10.77.0.2", { version: 3 }), ["report advertisement-rejected"], "backup", 3_109_375],
        ["attached as before", attached(ATTACHMENT), [], "backup", 3_109_375],
        ["interface down", DOWN, ["report fault-raised", "report state-changed"], "fault", undefined],
        ["claimed", CLAIMED, [], "backup", 3_109_375],
        ["claim-failed", CLAIM_FAILED, [], "backup", 3_109_375],
        ["address-lost", LOST, [], "backup", 3_109_375],
        ["short stall", { type: "stalled", lateness: seconds(3.6) }, [], "backup", 3_109_375],
        ["configured lower", LOWER_PRIORITY, ["report priority-changed"], "backup", 3_304_687],
        ["configured with another address", OTHER_ADDRESS, [], "backup", 3_109_375],
        ["stop", STOP, ["report state-changed"], "initialize", undefined],
    ],
    active: [
        ["start", START, [], "active", 500_000],
        ["wake too early", WAKE, [], "active", 500_000],
        ["higher priority", packet(101), GIVES_UP, "backup", 3_609_375],
        ["equal priority, higher address", packet(100, "10.77.0.2"), GIVES_UP, "backup", 3_609_375],
        ["equal priority, same address", packet(100, "10.77.0.1"), ["report same-address-seen"], "active", 500_000],
        [
            "equal priority, lower address",
            packet(100, "10.77.0.0"),
            ["report lower-priority-seen", "send-advertisement", ...ANNOUNCES],
            "active",
            1_000_000,
        ],
        ["lower priority", packet(99), ["report lower-priority-seen", "send-advertisement", ...ANNOUNCES], "active", 1_000_000],
        ["priority 0", packet(0), ["report priority-zero-seen", "send-advertisement"], "active", 1_000_000],
        ["packet of another version", packet(200, "10.77.0.2", { version: 3 }), ["report advertisement-rejected"], "active", 500_000],
        ["attached as before", attached(ATTACHMENT), [], "active", 500_000],
        ["interface down", DOWN, ["report fault-raised", ...RESIGNS], "fault", undefined],
        ["detached", attached(DETACHED), ["report fault-raised", ...GIVES_UP], "fault", undefined],
        ["claimed again", CLAIMED, [], "active", 500_000],
        ["claim-failed", CLAIM_FAILED, ["report address-refused"], "active", 500_000],
        ["address-lost", LOST, GIVES_UP, "backup", 609_375],
        [
            "untracked address-lost",
            { type: "address-lost", address: { ...ADDRESS, isTracked: false } },
            ["claim-addresses"],
            "active",
            500_000,
        ],
        ["stalled", STALLED, [], "active", 500_000],
        ["configured lower", LOWER_PRIORITY, ["report priority-changed"], "active", 500_000],
        ["configured with another address", OTHER_ADDRESS, ["release-addresses", "claim-addresses"], "active", 500_000],
        ["stop", STOP, RESIGNS, "initialize", undefined],
    ],
    fault: [
        ["start", START, [], "fault", undefined],
        ["wake", WAKE, [], "fault", undefined],
        ["packet", packet(200), [], "fault", undefined],
        ["attached", attached(ATTACHMENT), ["report fault-cleared", "report state-changed"], "backup", 3_609_375],
        ["attached without address", attached({ link: link() }), ["report fault-raised", "report fault-cleared"], "fault", undefined],
        ["interface down instead", DOWN, ["report fault-raised", "report fault-cleared"], "fault", undefined],
        ["claimed", CLAIMED, [], "fault", undefined],
        ["claim-failed", CLAIM_FAILED, [], "fault", undefined],
        ["address-lost", LOST, [], "fault", undefined],
        ["stalled", STALLED, [], "fault", undefined],
        ["configured", LOWER_PRIORITY, ["report priority-changed"], "fault", undefined],
        ["stop", STOP, ["report state-changed"], "initialize", undefined],
    ],
};

describe.each(["initialize", "backup", "active", "fault"] as const)("in state %s", (state) => {
    it.each(CELLS[state])("%s", (...[, event, effects, next, wakeIn]) => {
        const router = routerIn(state);
        expect({
            effects: kinds(tell(router, event)),
            state: router.snapshot().state,
            wakeIn: router.wakeAt && router.wakeAt - NOW,
        }).toEqual({ effects, state: next, wakeIn });
    });
});

describe("an event that does not exist", () => {
    it.each(["initialize", "backup", "active", "fault"] as const)("is a mistake of this program in state %s, and throws", (state) => {
        expect(() => tell(routerIn(state), { type: "nonsense" } as never)).toThrow("unreachable");
    });

    it("is as bad as a state that does not exist", () => {
        const predecessor = { ...routerIn("backup").snapshot(), state: "nonsense" as never };
        const router = routerIn("initialize");
        tell(router, { type: "start", predecessor, listensFrom: NOW });
        expect(() => tell(router, WAKE)).toThrow("unreachable");
    });
});

describe("timers that are due", () => {
    it("take over in backup", () => {
        const router = routerIn("backup");
        const due = (NOW + 3_109_375) as Instant;
        expect(kinds(tell(router, WAKE, due))).toEqual(TAKES_OVER);
        expect([router.snapshot().state, router.wakeAt]).toEqual(["active", due + 1_000_000]);
    });

    it("advertise when active", () => {
        const router = routerIn("active");
        const due = (NOW + 500_000) as Instant;
        expect(kinds(tell(router, WAKE, due))).toEqual(["send-advertisement"]);
        expect(router.wakeAt).toBe(due + 1_000_000);
    });

    it("give an Active Router that was not heard during a stall one more interval and Skew_Time", () => {
        const router = routerIn("backup");
        const late = (NOW + 20_000_000) as Instant;
        expect(tell(router, { type: "stalled", lateness: seconds(17) }, late)).toEqual([]);
        expect(router.wakeAt).toBe(late + 1_609_375);
    });

    it("stay where they are after a stall that is shorter than an Active Router may be silent", () => {
        const router = routerIn("backup");
        const late = (NOW + 3_000_000) as Instant;
        expect(tell(router, { type: "stalled", lateness: milliseconds(3609.375) }, late)).toEqual([]);
        expect(router.wakeAt).toBe(late + 109_375);
    });

    it("make a stalled Active Router yield with timer_expired_backup, once the best of the others could have taken over", () => {
        // Three intervals and the Skew_Time of priority 150 after the last advertisement: 3.4140625 s.
        const router = routerIn("active", { timerExpiredBackup: 150 });
        const sent = (NOW - 500_000) as Instant;
        expect(tell(router, STALLED, (sent + 3_414_062) as Instant)).toEqual([]);
        expect(kinds(tell(router, STALLED, (sent + 3_414_063) as Instant))).toEqual(GIVES_UP);
        expect(router.wakeAt).toBe(sent + 3_414_063 + 3_609_375);
    });
});
