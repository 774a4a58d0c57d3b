import type { VirtualRouterCounters, VirtualRouterSnapshot } from "../vrrp/snapshot.ts";

type PlainCounter = Exclude<keyof VirtualRouterCounters, "rejections">;

/** Counters run on from the start of the daemon; a user's `clear` only moves the point from which they are shown. */
export class ShownCounters {
    #cleared: ReadonlyMap<string, VirtualRouterCounters> = new Map();

    /** From now on counters are shown as if they began at zero here. */
    clear(snapshots: readonly VirtualRouterSnapshot[]): void {
        this.#cleared = new Map(snapshots.map((snapshot) => [snapshot.name, snapshot.counters]));
    }

    /** The same snapshots with the counters since the last `clear`. */
    shown(snapshots: readonly VirtualRouterSnapshot[]): readonly VirtualRouterSnapshot[] {
        return snapshots.map((snapshot) => {
            const cleared = this.#cleared.get(snapshot.name);
            return cleared === undefined ? snapshot : { ...snapshot, counters: difference(snapshot.counters, cleared) };
        });
    }
}

/** What was counted since `earlier`. Counters that began anew since then are shown as they are. */
function difference(now: VirtualRouterCounters, earlier: VirtualRouterCounters): VirtualRouterCounters {
    const { rejections: rejectedNow, ...plainNow } = now;
    const { rejections: rejectedEarlier, ...plainEarlier } = earlier;
    const plain = Object.entries(plainNow).map(([name, count]) => [name, since(count, plainEarlier[name as PlainCounter])]);
    const rejections = Object.entries(rejectedNow).map(([reason, count]) => [
        reason,
        since(count, rejectedEarlier[reason as keyof typeof rejectedEarlier] ?? 0),
    ]);
    return { ...(Object.fromEntries(plain) as Record<PlainCounter, number>), rejections: Object.fromEntries(rejections) };
}

function since(now: number, earlier: number): number {
    return now >= earlier ? now - earlier : now;
}
