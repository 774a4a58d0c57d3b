import type { VirtualServerView } from "../../core/balance/views.ts";
import type { Instant } from "../../core/base/instant.ts";
import type { BfdSessionSnapshot } from "../../core/bfd/snapshot.ts";
import { bfdJson, renderBfdData } from "../../core/report/render/bfd-data.ts";
import { renderCheckData } from "../../core/report/render/check-data.ts";
import { renderData } from "../../core/report/render/data.ts";
import { renderJson } from "../../core/report/render/json.ts";
import { type Calendar, type RouterView, routerViews } from "../../core/report/render/router-view.ts";
import { renderStatistics } from "../../core/report/render/stats.ts";
import { type LoopHealth, loopHealthLines } from "../../core/supervise/loop-health.ts";
import type { LogLine, Role } from "../../core/supervise/messages.ts";
import type { VirtualRouterSnapshot } from "../../core/vrrp/snapshot.ts";
import { writePrivateFile } from "../../io/system/private-file.ts";
import type { DaemonConfiguration } from "../daemon-program.ts";
import type { DumpRequest } from "./dump-requests.ts";
import { childDumpPath, dumpPath } from "./run-files.ts";

/** All that goes into one dump. */
export interface Dump {
    readonly what: DumpRequest;
    readonly configuration: DaemonConfiguration;
    readonly snapshots: readonly VirtualRouterSnapshot[];
    readonly bfdSnapshots: readonly BfdSessionSnapshot[];
    /** Of the processes that have said how punctual they are. */
    readonly health: ReadonlyMap<Role, LoopHealth>;
    /** How virtual servers stand. */
    readonly views: readonly VirtualServerView[];
    /** Where files without a path of their own go. */
    readonly folder: string;
    readonly pidOf: (role: Role) => number | undefined;
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

/** Writes the files that a signal asked for, and answers with what to log about them. */
export function writeDump(dump: Dump): readonly LogLine[] {
    const kind = dump.what === "statistics-and-clear" ? "statistics" : dump.what;
    const path = dumpPath(kind, dump.configuration.dumpFiles, dump.folder);
    const main = write(path, render(dump), `Printing ${WORDS[dump.what]} for process(${dump.pidOf("vrrp") ?? "none"}) on signal`);
    return dump.what === "data" ? [main, ...writeOthers(dump, path)] : [main];
}

/** What other processes than vrrp know, each in a file of its own. */
function writeOthers(dump: Dump, path: string): readonly LogLine[] {
    const { bfd, checkers } = dump.configuration.settings;
    const calendar = calendarOf(dump);
    const lines: LogLine[] = [];
    if (bfd.sessions.length > 0) {
        const text = renderBfdData(bfd.sessions, dump.bfdSnapshots, calendar);
        lines.push(write(childDumpPath(path, "bfd"), text, `Printing BFD data for process(${dump.pidOf("bfd") ?? "none"}) on signal`));
    }
    if (checkers.balancer.virtualServers.length > 0) {
        const text = renderCheckData(dump.views, calendar);
        const success = `Printing checker data for process(${dump.pidOf("checkers") ?? "none"}) on signal`;
        lines.push(write(childDumpPath(path, "check"), text, success));
    }
    return lines;
}

function write(path: string, text: string, success: string): LogLine {
    const written = writePrivateFile(path, text);
    return written.ok ? { level: "info", text: success } : { level: "error", text: `Cannot write ${path}: ${written.error}` };
}

function render(dump: Dump): string {
    const { routers, groups } = dump.configuration.settings.vrrp;
    const views: readonly RouterView[] = routerViews(routers, dump.snapshots);
    switch (dump.what) {
        case "data":
            return renderData(views, groups, calendarOf(dump)) + renderHealth(dump.health);
        case "json":
            return renderJson(views, calendarOf(dump), dump.configuration.jsonVersion, bfdJsonOf(dump));
        case "statistics":
        case "statistics-and-clear":
            return renderStatistics(views);
    }
}

function renderHealth(health: Dump["health"]): string {
    const lines = [...health].flatMap(([role, one]) => loopHealthLines(role, one));
    return lines.length === 0 ? "" : `${["------< Processes >------", ...lines].join("\n")}\n`;
}

function bfdJsonOf(dump: Dump): readonly object[] {
    return bfdJson(dump.configuration.settings.bfd.sessions, dump.bfdSnapshots, calendarOf(dump));
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
