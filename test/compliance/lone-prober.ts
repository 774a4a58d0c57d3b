import { connectorsOf } from "../../src/io/health/connectors.ts";
import { type ProbeNews, Prober } from "../../src/io/health/prober.ts";
import type { NativeAddon } from "../../src/io/native/addon.ts";
import { WatchList } from "../../src/io/native/watch-list.ts";

/** Descriptors that are looked after by no loop. */
export function loneWatches(system: NativeAddon): WatchList {
    return new WatchList(system, (list) => list.drain());
}

/** Asks servers as the checkers process does, without that process; it cannot run programs. */
export function loneProber(system: NativeAddon, onNews: (news: ProbeNews) => void): Prober {
    return new Prober(connectorsOf(system, loneWatches(system), noScripts), onNews);
}

function noScripts(): never {
    throw new Error("nothing runs programs here");
}
