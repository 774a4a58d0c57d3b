import type { Instant } from "../../core/base/instant.ts";
import { renderData } from "../../core/report/render/data.ts";
import { renderJson } from "../../core/report/render/json.ts";
import { type Calendar, type RouterView, routerViews } from "../../core/report/render/router-view.ts";
import { renderStatistics } from "../../core/report/render/stats.ts";
import type { LogLine } from "../../core/supervise/messages.ts";
import type { VirtualRouterSnapshot } from "../../core/vrrp/snapshot.ts";
import { writePrivateFile } from "../../io/system/private-file.ts";
import type { DaemonConfiguration } from "../daemon-program.ts";
import type { DumpRequest } from "./dump-requests.ts";
import { dumpPath } from "./run-files.ts";

/** All that goes into one dump. */
export interface Dump {
    readonly what: DumpRequest;
    readonly configuration: DaemonConfiguration;
    readonly snapshots: readonly VirtualRouterSnapshot[];
    /** Where files without a path of their own go. */
    readonly folder: string;
    readonly childPid: number | undefined;
    readonly monotonicNow: Instant;
    /** Seconds since 1970 at the same moment. */
    readonly realtimeNow: number;
}

const WORDS: Readonly<Record<DumpRequest, string>> = {
    data: "VRRP data",
    statistics: "VRRP stats",
    "statistics-and-clear": "VRRP stats",
    json: "VRRP as json",
};

/** Writes the file that a signal asked for, and answers with what to log about it. */
export function writeDump(dump: Dump): LogLine {
    const kind = dump.what === "statistics-and-clear" ? "statistics" : dump.what;
    const path = dumpPath(kind, dump.configuration.dumpFiles, dump.folder);
    const written = writePrivateFile(path, render(dump));
    return written.ok
        ? { level: "info", text: `Printing ${WORDS[dump.what]} for process(${dump.childPid ?? "none"}) on signal` }
        : { level: "error", text: `Cannot write ${path}: ${written.error}` };
}

function render(dump: Dump): string {
    const views: readonly RouterView[] = routerViews(dump.configuration.settings.vrrp.routers, dump.snapshots);
    switch (dump.what) {
        case "data":
            return renderData(views, calendarOf(dump));
        case "json":
            return renderJson(views, calendarOf(dump), dump.configuration.jsonVersion);
        case "statistics":
        case "statistics-and-clear":
            return renderStatistics(views);
    }
}

function calendarOf({ monotonicNow, realtimeNow }: Pick<Dump, "monotonicNow" | "realtimeNow">): Calendar {
    return {
        unixSeconds: (at) => Math.round((realtimeNow + (at - monotonicNow) / 1e6) * 1e6) / 1e6,
        text: (unixSeconds) => {
            const [day, month, date, year, time] = new Date(unixSeconds * 1_000).toString().split(" ");
            return `${day} ${month} ${date} ${time} ${year}`;
        },
    };
}
