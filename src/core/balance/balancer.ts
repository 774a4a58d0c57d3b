import { DeadlineHeap } from "../base/heap.ts";
import { earliest, type Instant } from "../base/instant.ts";
import type { Machine } from "../base/machine.ts";
import { isSameData } from "../base/same-data.ts";
import type { CheckEffect } from "../health/check.ts";
import type { ServiceIdentity } from "../netlink/ipvs.ts";
import type { VirtualServerSettings } from "../service/virtual-server.ts";
import type { TrackerNews } from "../track/tracker-status.ts";
import { apply, countConnections, joined, report } from "./balancer-effects.ts";
import { ChangedServers } from "./changed-servers.ts";
import { checkReports } from "./check-reports.ts";
import { CheckRoster, type RosteredCheck } from "./check-roster.ts";
import type { DrainRequest } from "./drain-order.ts";
import { orderDrain } from "./drain-orders.ts";
import type { BalancerEffect } from "./effects.ts";
import type { BalancerEvent } from "./events.ts";
import { globalChanges, openingEffects } from "./global-changes.ts";
import { LocalAddresses } from "./local-addresses.ts";
import { partingEffects } from "./parting.ts";
import { commandsInOrder, type PlannedCommands } from "./plan.ts";
import type { PoolChange } from "./service-pool.ts";
import { type BalancerSettings, NO_SETTINGS } from "./settings.ts";
import type { ServerSnapshot } from "./snapshot.ts";
import { arrivals, departures } from "./standing-reports.ts";
import { serviceKey, type Table } from "./table.ts";
import { TableKeeper } from "./table-keeper.ts";
import { TableRepair } from "./table-repair.ts";
import type { TrafficTable } from "./traffic.ts";
import { type VirtualServerView, viewOf } from "./views.ts";
import { unserved, VirtualServer } from "./virtual-server.ts";

/** Of a virtual server that goes no real server stays. */
const NOBODY: ReadonlySet<string> = new Set();

/** The load balancer: all virtual servers, their checks, and the kernel's table as it is wanted. */
export class Balancer implements Machine<BalancerEvent, BalancerEffect> {
    readonly #servers = new Map<string, VirtualServer>();
    readonly #roster: CheckRoster;
    readonly #keeper = new TableKeeper();
    readonly #repair = new TableRepair();
    readonly #addresses = new LocalAddresses();
    readonly #changed = new ChangedServers();
    /** Virtual servers whose servers get more weight as time goes by. */
    readonly #steps = new DeadlineHeap<VirtualServer>();
    #settings = NO_SETTINGS;
    #stage: "new" | "reading" | "running" | "stopped" = "new";
    /** A predecessor's work goes on: how things stand has been told. */
    #isResumed = false;
    /** What came while the table was being read: it has to wait until there is something that it can change. */
    readonly #early: BalancerEvent[] = [];

    /** @param random 0..1: spreads the first checks over time */
    constructor(random: () => number) {
        this.#roster = new CheckRoster(random);
    }

    get wakeAt(): Instant | undefined {
        const checkAt = this.#stage === "running" ? this.#roster.wakeAt : undefined;
        return earliest(checkAt, this.#repair.wakeAt, this.#steps.earliest);
    }

    handle(event: BalancerEvent, now: Instant): readonly BalancerEffect[] {
        if (this.#stage === "stopped") {
            // Answers that arrive late concern nobody.
            return [];
        }
        switch (event.type) {
            case "configure":
                return this.#stage === "new"
                    ? this.#begin(event.settings, event.snapshots ?? [], now)
                    : this.#reconfigure(event.settings, now);
            case "table":
                return this.#takeTable(event.table, now);
            case "applied":
                this.#repair.applied();
                return [];
            case "apply-failed":
                return this.#repair.failed(event.reasons, now);
            case "tracker":
                return this.#whenRunning(event, () => this.#follow(event.news, now));
            case "outcome":
            case "progress": {
                const rostered = this.#roster.get(event.check);
                // A check that is gone from the configuration is nobody's any more.
                return rostered === undefined ? [] : this.#carryOut(rostered, this.#roster.tell(rostered, event, now), now);
            }
            case "address":
                return this.#addresses.note(event.address, event.interfaceIndex, event.isStanding) ? this.#suspendOrResume(now) : [];
            case "link-gone":
                return this.#addresses.forget(event.interfaceIndex) ? this.#suspendOrResume(now) : [];
            case "connections":
                return this.#drain(event, now);
            case "drain-asked":
                return this.#whenRunning(event, () => this.#order(event.question, event.request, now));
            case "wake":
                return this.#wake(now);
            case "stop":
                this.#stage = "stopped";
                return partingEffects(this.#settings, [...this.#servers.values()], this.#keeper);
        }
    }

    /** How all real servers stand. */
    snapshots(): readonly ServerSnapshot[] {
        return Array.from(this.#servers.values()).flatMap((server) => server.snapshots());
    }

    /** How all stands, for people. @param counted what the data plane has counted */
    views(counted: TrafficTable): readonly VirtualServerView[] {
        return Array.from(this.#servers.values(), (server) => viewOf(server, counted));
    }

    /** Those that have changed since this was asked last. */
    takeChanged(): readonly ServerSnapshot[] {
        return this.#changed.take();
    }

    /** The names of snapshots that are void since this was asked last. */
    takeGone(): readonly string[] {
        return this.#changed.takeGone();
    }

    #begin(settings: BalancerSettings, snapshots: readonly ServerSnapshot[], now: Instant): readonly BalancerEffect[] {
        const memory = new Map(snapshots.map((snapshot) => [snapshot.name, snapshot]));
        this.#settings = settings;
        this.#stage = "reading";
        this.#isResumed = snapshots.length > 0;
        for (const wanted of settings.virtualServers) {
            this.#servers.set(wanted.key, new VirtualServer(wanted, this.#roster, memory, now));
        }
        return openingEffects(settings, this.#isResumed);
    }

    #takeTable(table: Table, now: Instant): readonly BalancerEffect[] {
        this.#keeper.load(table);
        if (this.#stage !== "reading") {
            return this.#mend();
        }
        this.#stage = "running";
        const commands = commandsInOrder();
        const changes = Array.from(this.#servers.values(), (server) => this.#admit(server, commands, this.#isResumed));
        const activated = Array.from(this.#servers.values()).flatMap((server) => this.#activate(server, new Set(), now));
        const followed = this.#early.splice(0).flatMap((event) => this.handle(event, now));
        return [...joined([...apply(commands.coming), ...changes.flat(), ...followed]), ...activated];
    }

    /** Sets right whatever is not as it is wanted. */
    #mend(): readonly BalancerEffect[] {
        const commands = commandsInOrder();
        for (const { services, pool } of this.#servers.values()) {
            this.#keeper.want({ services, ...pool.whole }, commands);
        }
        if (commands.coming.length === 0) {
            // Of nothing that is to be done nobody will tell that it is done.
            this.#repair.applied();
        }
        return apply(commands.coming);
    }

    /** A virtual server's first wishes. */
    #admit(server: VirtualServer, commands: PlannedCommands, isResumed = false): readonly BalancerEffect[] {
        const change = server.start(isResumed);
        return [...(isResumed ? [] : this.#arrivals(server, [])), ...this.#plan(server, change, commands)];
    }

    #arrivals(server: VirtualServer, before: VirtualServerSettings["realServers"]): readonly BalancerEffect[] {
        return this.#settings.tellsFirstStates ? arrivals(server, before).map(report) : [];
    }

    /** Sets checks to work that are not `known`; all wait where their server's address does not stand. */
    #activate(server: VirtualServer, known: ReadonlySet<RosteredCheck>, now: Instant): readonly BalancerEffect[] {
        const fresh = [...server.checks()].filter((check) => !known.has(check));
        return [
            ...(server.settings.suspendsWithoutAddress ? this.#letCheck(server, now) : []),
            ...fresh.map((check) => report({ type: "check-activated", service: server.settings.name, server: check.server })),
        ];
    }

    /** Has a virtual server's checks made, or not, as its address and its settings are now. */
    #letCheck(server: VirtualServer, now: Instant): readonly BalancerEffect[] {
        const isEnabled = this.#addresses.letCheck(server.settings);
        return [...server.checks()].flatMap((check) =>
            this.#carryOut(check, this.#roster.tell(check, { type: "enable", isEnabled }, now), now),
        );
    }

    #reconfigure(settings: BalancerSettings, now: Instant): readonly BalancerEffect[] {
        const before = this.#settings;
        this.#settings = settings;
        const wanted = new Set<string>();
        const retired: ServiceIdentity[] = [];
        // Of all services what comes is before what goes: the kernel keeps what was removed in mind for a while, and looks through all of it at each addition.
        const commands: PlannedCommands = { coming: [], going: [] };
        const effects: BalancerEffect[] = [...globalChanges(before, settings)];
        for (const one of settings.virtualServers) {
            wanted.add(one.key);
            // Most are the same objects at most reloads.
            if (this.#servers.get(one.key)?.settings !== one) {
                effects.push(...this.#reconfigureServer(one, { retired, commands }, now));
            }
        }
        for (const [key, server] of this.#servers) {
            if (!wanted.has(key)) {
                this.#changed.noteReload(server, NOBODY);
                retired.push(...server.services.map((service) => service.identity));
                effects.push(...departures(server, NOBODY).map(report));
                server.leave();
                this.#steps.set(server, undefined);
                this.#servers.delete(key);
                effects.push(report({ type: "service-removed", service: server.settings.name }));
            }
        }
        this.#keeper.retire(unserved(retired, this.#servers.values()), commands);
        const abandoned = this.#roster.takeOrphans().map((one) => ({ type: "abandon-check", ...one }) as const);
        return [...apply([...commands.coming, ...commands.going]), ...abandoned, ...effects];
    }

    #reconfigureServer(
        wanted: VirtualServerSettings,
        { retired, commands }: { readonly retired: ServiceIdentity[]; readonly commands: PlannedCommands },
        now: Instant,
    ): readonly BalancerEffect[] {
        const server = this.#servers.get(wanted.key);
        if (server === undefined) {
            const fresh = new VirtualServer(wanted, this.#roster, new Map(), now);
            this.#servers.set(wanted.key, fresh);
            return this.#stage === "running" ? [...this.#admit(fresh, commands), ...this.#activate(fresh, new Set(), now)] : [];
        }
        if (isSameData(server.settings, wanted)) {
            return [];
        }
        const known = new Set(server.checks());
        const { realServers: before, suspendsWithoutAddress: couldRest } = server.settings;
        const staying = new Set(wanted.realServers.map(({ name }) => name));
        const gone = departures(server, staying).map(report);
        this.#changed.noteReload(server, staying);
        const { change, retired: former } = server.reconfigure(wanted, now);
        const kept = new Set(server.services.map(({ identity }) => serviceKey(identity)));
        retired.push(...former.filter((identity) => !kept.has(serviceKey(identity))));
        const arrived = this.#arrivals(server, before);
        return this.#stage === "running"
            ? [
                  ...gone,
                  ...arrived,
                  ...this.#plan(server, change, commands),
                  ...(couldRest ? this.#letCheck(server, now) : []),
                  ...this.#activate(server, known, now),
              ]
            : [];
    }

    #drain({ service, counts }: BalancerEvent & { readonly type: "connections" }, now: Instant): readonly BalancerEffect[] {
        const server = this.#servers.get(service);
        const change = server?.drain(counts, now);
        if (server === undefined || change === undefined) {
            return [];
        }
        for (const { server: drained } of change.reports.filter((one) => one.type === "drain")) {
            this.#changed.note(server, drained);
        }
        return this.#adopt(server, change);
    }

    #order(question: number, request: DrainRequest, now: Instant): readonly BalancerEffect[] {
        const { reply, changes } = orderDrain(this.#servers.values(), request, now);
        const effects = changes.flatMap(({ server, name, change }) => {
            this.#changed.note(server, name);
            return this.#adopt(server, change);
        });
        return joined([...effects, { type: "answer", question, reply }]);
    }

    /** What follows of a pool's change for the table, and what is told of it. */
    #adopt(server: VirtualServer, change: PoolChange | undefined): readonly BalancerEffect[] {
        const commands = commandsInOrder();
        const reports = this.#plan(server, change, commands);
        return [...reports, ...apply(commands.coming)];
    }

    /** Appends the commands that follow. @returns what is told of it */
    #plan(server: VirtualServer, change: PoolChange | undefined, commands: PlannedCommands): readonly BalancerEffect[] {
        this.#steps.set(server, server.pool.wakeAt);
        if (change === undefined) {
            return [];
        }
        const { wishes, isWhole, reports } = change;
        if (server.settings.hysteresis > 0 && reports.some((one) => one.type === "quorum" && !one.isStart)) {
            this.#changed.noteAll(server);
        }
        this.#keeper.want({ services: server.services, wishes, isWhole }, commands);
        return reports.map(report);
    }

    #wake(now: Instant): readonly BalancerEffect[] {
        const effects: BalancerEffect[] = [...this.#repair.wake(now)];
        for (let due = this.#steps.takeDue(now); due !== undefined; due = this.#steps.takeDue(now)) {
            effects.push(...this.#adopt(due, due.pool.wake(now)), ...countConnections(due));
        }
        for (let due = this.#roster.takeDue(now); due !== undefined; due = this.#roster.takeDue(now)) {
            effects.push(...this.#carryOut(due, this.#roster.tell(due, { type: "wake" }, now), now));
        }
        return joined(effects);
    }

    #carryOut(rostered: RosteredCheck, effects: readonly CheckEffect[], now: Instant): readonly BalancerEffect[] {
        const all: BalancerEffect[] = [];
        for (const effect of effects) {
            all.push(...this.#effectsOf(rostered, effect, now));
        }
        return all;
    }

    #effectsOf(rostered: RosteredCheck, effect: CheckEffect, now: Instant): readonly BalancerEffect[] {
        switch (effect.type) {
            case "attempt":
                return [{ type: "begin-check", check: rostered.id, attempt: effect.attempt, probe: effect.probe }];
            case "abandon":
                return [{ type: "abandon-check", check: rostered.id, attempt: effect.attempt }];
            case "tried":
                return this.#judge(rostered, effect, now);
        }
    }

    #judge(rostered: RosteredCheck, tried: CheckEffect & { readonly type: "tried" }, now: Instant): readonly BalancerEffect[] {
        const { outcome, isChange, isFirst, isNewWeight } = tried;
        const server = this.#servers.get(rostered.service);
        const isNews = isChange || isFirst || isNewWeight;
        if (server === undefined || (outcome.type === "success" && !isNews)) {
            return [];
        }
        const reports = checkReports(server.settings.name, rostered, tried).map(report);
        if (isNews) {
            this.#changed.note(server, rostered.server);
        }
        return isChange || isNewWeight ? [...reports, ...this.#adopt(server, server.judge(rostered.server, now))] : reports;
    }

    #whenRunning(event: BalancerEvent, take: () => readonly BalancerEffect[]): readonly BalancerEffect[] {
        if (this.#stage === "reading") {
            this.#early.push(event);
            return [];
        }
        return take();
    }

    #follow(news: TrackerNews, now: Instant): readonly BalancerEffect[] {
        const told = this.#roster.note(news);
        return told.flatMap((check) => this.#carryOut(check, this.#roster.tell(check, { type: "told", status: news.status }, now), now));
    }

    #suspendOrResume(now: Instant): readonly BalancerEffect[] {
        const concerned = Array.from(this.#servers.values()).filter(({ settings }) => settings.suspendsWithoutAddress);
        return concerned.flatMap((server) => this.#letCheck(server, now));
    }
}
