import { type Instant, instant, milliseconds, seconds } from "../core/base/instant.ts";
import { type IpAddress, ipFromBytes } from "../core/base/ip.ts";
import type { BfdEffect } from "../core/bfd/effects.ts";
import type { BfdSessionSettings } from "../core/bfd/settings.ts";
import { BfdSpeaker } from "../core/bfd/speaker.ts";
import { bfdLogLines } from "../core/report/bfd-log-lines.ts";

const ENDS = [ipFromBytes(Uint8Array.of(192, 0, 2, 1)), ipFromBytes(Uint8Array.of(192, 0, 2, 2))] as const;

/** Plays the death of a path that is none, so that a real one finds its code compiled and at hand. */
export class BfdRehearsal {
    /** One session comes up and is lost: takes a fraction of a millisecond. @returns what its end would have done */
    play(): readonly BfdEffect[] {
        const speakers = ENDS.map(() => new BfdSpeaker({ random: () => 0.5, digest: () => new Uint8Array(0) })) as [BfdSpeaker, BfdSpeaker];
        const start = instant(0);
        const packets = ENDS.map(
            (_end, index) => speakers[index]?.handle({ type: "configure", sessions: [settingsOf(index)] }, start) ?? [],
        );
        let [left = [], right = []] = packets;
        while (left.length + right.length > 0) {
            [left, right] = [hear(speakers[0], right, { from: 1, now: start }), hear(speakers[1], left, { from: 0, now: start })];
        }
        const end = speakers[0].handle({ type: "wake" }, instant(seconds(10)));
        for (const effect of end) {
            if (effect.type === "report") {
                bfdLogLines(effect.report, 2);
            }
        }
        return end;
    }
}

/** Hands one end what the other one sent. */
function hear(speaker: BfdSpeaker, effects: readonly BfdEffect[], { from, now }: { from: 0 | 1; now: Instant }): readonly BfdEffect[] {
    const header = { interfaceName: undefined, ttl: 255, isMultihop: false, arrivedAt: now };
    const [source, destination] = [ENDS[from], ENDS[1 - from] as IpAddress];
    return effects.flatMap((effect) =>
        effect.type === "send"
            ? speaker.handle({ type: "packet", packet: { ...header, source, destination, payload: effect.payload } }, now)
            : [],
    );
}

function settingsOf(index: number): BfdSessionSettings {
    return {
        name: "rehearsal",
        neighbor: ENDS[1 - index] as IpAddress,
        isMultihop: false,
        isPassive: false,
        isAdminDown: false,
        minTx: milliseconds(10),
        minRx: milliseconds(10),
        idleTx: seconds(1),
        multiplier: 5,
        ttl: 255,
        lowestTtl: 255,
        consumers: ["vrrp"],
    };
}
