import { beforeEach, describe, expect, it } from "vitest";
import { type Instant, instant, after as later, seconds } from "../base/instant.ts";
import type { Role } from "./messages.ts";
import { Succession, type SuccessionEvent } from "./succession.ts";

let now: Instant;
let succession: Succession;

/** Effects as words: `ask-former vrrp`. */
function tell(event: SuccessionEvent, delay = 0): readonly string[] {
    now = later(now, seconds(delay));
    return succession
        .handle(event, now)
        .map((effect) =>
            effect.type === "over" ? `over${effect.failure === undefined ? "" : `: ${effect.failure}`}` : `${effect.type} ${effect.role}`,
        );
}

function prepare(...roles: readonly Role[]): readonly string[] {
    tell({ type: "begin", roles, isTrial: false });
    return roles.flatMap((role) => [...tell({ type: "successor-hello", role }), ...tell({ type: "successor-prepared", role })]);
}

beforeEach(() => {
    now = instant(0);
    succession = new Succession();
});

describe("a succession", () => {
    it("begins when everybody is ready, and goes from role to role, first what is missed at once", () => {
        expect(tell({ type: "begin", roles: ["runner", "vrrp"], isTrial: false })).toEqual([
            "spawn-successor vrrp",
            "spawn-successor runner",
        ]);
        expect(tell({ type: "successor-hello", role: "runner" })).toEqual(["prepare-successor runner"]);
        expect(tell({ type: "successor-prepared", role: "runner" })).toEqual([]);
        expect(tell({ type: "successor-hello", role: "vrrp" })).toEqual(["prepare-successor vrrp"]);
        expect(tell({ type: "successor-prepared", role: "vrrp" })).toEqual(["ask-former vrrp"]);
        expect(tell({ type: "former-yielded", role: "vrrp" })).toEqual(["start-successor vrrp"]);
        expect(tell({ type: "successor-configured", role: "vrrp" })).toEqual(["promote vrrp"]);
        expect(tell({ type: "former-ended", role: "vrrp" })).toEqual(["deliver vrrp", "ask-former runner"]);
        expect(tell({ type: "former-yielded", role: "runner" })).toEqual(["start-successor runner"]);
        expect(tell({ type: "successor-configured", role: "runner" })).toEqual(["promote runner"]);
        expect(tell({ type: "former-ended", role: "runner" })).toEqual(["deliver runner", "over"]);
        expect([succession.isBusy, succession.wakeAt]).toEqual([false, undefined]);
    });

    it("in a trial ends when everybody is ready, and nobody who works has been asked for anything", () => {
        tell({ type: "begin", roles: ["vrrp"], isTrial: true });
        expect(tell({ type: "successor-prepared", role: "vrrp" })).toEqual(["kill-successor vrrp", "over"]);
    });

    it("with nobody to replace is over at once", () => {
        expect(tell({ type: "begin", roles: [], isTrial: false })).toEqual(["over"]);
    });

    it("counts an end as part of it only while that role is being replaced", () => {
        prepare("vrrp", "bfd");
        expect([succession.isTaking("vrrp"), succession.isTaking("bfd")]).toEqual([true, false]);
        tell({ type: "former-yielded", role: "vrrp" });
        expect(succession.isTaking("vrrp")).toBe(true);
        tell({ type: "successor-configured", role: "vrrp" });
        expect(succession.isTaking("vrrp")).toBe(false);
    });

    it("goes on with what is known when the former one dies over the question", () => {
        prepare("bfd");
        expect(tell({ type: "former-ended", role: "bfd" })).toEqual(["start-successor bfd"]);
    });

    it("ends a former one that does not answer, or does not leave", () => {
        prepare("bfd");
        expect(tell({ type: "wake" }, 4)).toEqual([]);
        expect(tell({ type: "wake" }, 1)).toEqual(["kill-former bfd"]);
        expect(tell({ type: "former-ended", role: "bfd" })).toEqual(["start-successor bfd"]);
        expect(tell({ type: "successor-configured", role: "bfd" })).toEqual(["promote bfd"]);
        expect(tell({ type: "wake" }, 5)).toEqual(["kill-former bfd"]);
    });

    it("lets the runner bring its scripts to their end", () => {
        prepare("runner");
        expect(tell({ type: "wake" }, 24)).toEqual([]);
        expect(tell({ type: "wake" }, 1)).toEqual(["kill-former runner"]);
    });
});

describe("a succession that fails", () => {
    it("before everybody is ready changes nothing", () => {
        tell({ type: "begin", roles: ["vrrp", "bfd"], isTrial: false });
        expect(tell({ type: "successor-ended", role: "bfd", reason: "exited with status 70" })).toEqual([
            "kill-successor vrrp",
            "kill-successor bfd",
            "over: the BFD process of the new version exited with status 70",
        ]);
        expect(tell({ type: "successor-prepared", role: "vrrp" })).toEqual([]);
    });

    it("because nobody gets ready says who", () => {
        tell({ type: "begin", roles: ["vrrp", "bfd"], isTrial: false });
        tell({ type: "successor-prepared", role: "bfd" });
        expect(tell({ type: "wake" }, 30).at(-1)).toBe("over: of the new version these processes did not get ready in time: VRRP");
    });

    it("when the successor dies at its start lets the former one go on", () => {
        prepare("vrrp", "bfd");
        tell({ type: "former-yielded", role: "vrrp" });
        expect(tell({ type: "successor-ended", role: "vrrp", reason: "ended by signal 11" })).toEqual([
            "kill-successor vrrp",
            "kill-successor bfd",
            "resume-former vrrp",
            "over: the VRRP process of the new version ended by signal 11",
        ]);
    });

    it("when the successor hangs at its start does the same", () => {
        prepare("vrrp");
        tell({ type: "former-yielded", role: "vrrp" });
        expect(tell({ type: "wake" }, 20)).toContain("resume-former vrrp");
    });

    it("because the daemon stops leaves those at work that work", () => {
        prepare("vrrp");
        tell({ type: "former-yielded", role: "vrrp" });
        tell({ type: "successor-configured", role: "vrrp" });
        expect(tell({ type: "abandon", reason: "the daemon stops" })).toEqual([
            "kill-former vrrp",
            "deliver vrrp",
            "over: the daemon stops",
        ]);
        expect(tell({ type: "abandon", reason: "again" })).toEqual([]);
    });
});
