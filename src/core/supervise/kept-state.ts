import type { VirtualRouterCounters, VirtualRouterSnapshot } from "../vrrp/snapshot.ts";

type PlainCounter = Exclude<keyof VirtualRouterCounters, "rejections">;

/**
 * What the VRRP process said last of its virtual routers: handed to its successor when it dies, and shown when it cannot answer.
 *
 * Counters run on from the start of the daemon; `clear` only moves the point from which they are shown.
 */
export class KeptState {
    #snapshots: ReadonlyMap<string, VirtualRouterSnapshot> = new Map();
    #cleared: ReadonlyMap<string, VirtualRouterCounters> = new Map();

    /** The last state of all virtual routers. */
    get snapshots(): readonly VirtualRouterSnapshot[] {
        return [...this.#snapshots.values()];
    }

    /** Takes news. @param isWhole whether these are all there are; else the others stay as they are */
    take(snapshots: readonly VirtualRouterSnapshot[], isWhole: boolean): void {
        const named = snapshots.map((snapshot) => [snapshot.name, snapshot] as const);
        this.#snapshots = new Map(isWhole ? named : [...this.#snapshots, ...named]);
    }

    /** From now on counters are shown as if they began at zero. */
    clear(): void {
        this.#cleared = new Map(this.snapshots.map((snapshot) => [snapshot.name, snapshot.counters]));
    }

    /** The last state with the counters since the last `clear`. */
    shown(): readonly VirtualRouterSnapshot[] {
        return this.snapshots.map((snapshot) => {
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
