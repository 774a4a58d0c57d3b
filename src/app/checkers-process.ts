import { Balancer } from "../core/balance/balancer.ts";
import type { DrainReply, DrainRequest } from "../core/balance/drain-order.ts";
import type { BalancerEffect } from "../core/balance/effects.ts";
import type { BalancerEvent } from "../core/balance/events.ts";
import { NameBook } from "../core/balance/name-book.ts";
import type { NameBookEffect, NameBookEvent, NameSnapshot } from "../core/balance/names.ts";
import type { BalanceReport } from "../core/balance/reports.ts";
import type { ServerSnapshot } from "../core/balance/snapshot.ts";
import type { VirtualServerView } from "../core/balance/views.ts";
import { milliseconds } from "../core/base/instant.ts";
import { unreachable } from "../core/base/result.ts";
import type { Notice } from "../core/notify/notice.ts";
import { ServerNotifier } from "../core/notify/server-notifier.ts";
import { balanceLogLines } from "../core/report/balance-log-lines.ts";
import type { LogLine } from "../core/report/log-lines.ts";
import { nameLogLine } from "../core/report/name-log-lines.ts";
import type { VirtualServerSettings } from "../core/service/virtual-server.ts";
import type { LoopHealth } from "../core/supervise/loop-health.ts";
import type { CheckersProcessSettings } from "../core/supervise/process-settings.ts";
import type { RelayedBody } from "../core/supervise/relayed.ts";
import { BulkQueue } from "../host/bulk-queue.ts";
import { failureText } from "../host/failures.ts";
import { Loop, type Seat } from "../host/loop.ts";
import { NameResolver } from "../io/dns/name-resolver.ts";
import { connectorsOf } from "../io/health/connectors.ts";
import { Prober } from "../io/health/prober.ts";
import type { NativeAddon } from "../io/native/addon.ts";
import { WatchList } from "../io/native/watch-list.ts";
import { type KernelNews, LinkMonitor } from "../io/netlink/link-monitor.ts";
import { OwnRemovals } from "../io/netlink/own-removals.ts";
import { autoPriorityOf } from "../io/system/auto-priority.ts";
import { ImmediateScheduler } from "../io/time/immediate-scheduler.ts";
import { KernelTimer } from "../io/time/kernel-timer.ts";
import { MonotonicClock } from "../io/time/monotonic-clock.ts";
import { BalanceGround } from "./balance-ground.ts";
import { HoldUps } from "./hold-ups.ts";
import { ScriptAttempts } from "./script-attempts.ts";
import { TrackedFiles } from "./tracked-files.ts";

/** Nothing here is lost by being late; a stall of this length deserves a line in the log. */
const STALL = milliseconds(1_000);
/** Thousands of checks a second are due one by one: so many of them as are due in such a while cost one look at the clock and at the network. */
const GRAIN = milliseconds(5);

type CheckersSnapshot = ServerSnapshot | NameSnapshot;

/** Whom the process tells what. */
export interface CheckersProcessListeners {
    readonly onLog: (lines: readonly LogLine[]) => void;
    readonly onNotice: (notice: Notice) => void;
    readonly onRunnerAsked: (body: RelayedBody) => void;
    /** The real servers that changed in the turn that ends now, and the names of snapshots that are void since. */
    readonly onChanged: (snapshots: readonly CheckersSnapshot[], gone: readonly string[]) => void;
    readonly onReply: (question: number, reply: DrainReply) => void;
}

/** The checkers process put together: the load balancer's machine, its loop, and Linux behind both. */
export class CheckersProcess {
    readonly #listeners: CheckersProcessListeners;
    readonly #balancer = new Balancer(Math.random);
    readonly #book = new NameBook();
    readonly #notifier = new ServerNotifier();
    readonly #loop: Loop;
    readonly #holdUps: HoldUps;
    readonly #timer: KernelTimer;
    readonly #seat: Seat<BalancerEvent>;
    readonly #bookSeat: Seat<NameBookEvent>;
    readonly #resolver: NameResolver;
    readonly #watches: WatchList;
    readonly #prober: Prober;
    readonly #scripts: ScriptAttempts;
    readonly #files: TrackedFiles;
    readonly #monitor: LinkMonitor;
    readonly #ground: BalanceGround;
    /** What is told waits for the kernel's table: a reload may remove ten thousand servers. */
    readonly #reports: BulkQueue<BalanceReport>;
    #settings: CheckersProcessSettings;
    /** A predecessor's words, until the balancer has heard them. */
    #memory: readonly ServerSnapshot[] = [];

    /** @throws Error when the kernel refuses a socket */
    constructor(system: NativeAddon, settings: CheckersProcessSettings, listeners: CheckersProcessListeners) {
        this.#settings = settings;
        this.#listeners = listeners;
        const autoPriority = autoPriorityOf(system, settings.scheduling, (text) => this.#log("warning", text));
        this.#timer = new KernelTimer(system, () => this.#loop.turn(), GRAIN);
        const clock = new MonotonicClock(system);
        this.#holdUps = new HoldUps({ clock, log: ({ level, text }) => this.#log(level, text) });
        this.#loop = new Loop({
            clock,
            timer: this.#timer,
            scheduler: new ImmediateScheduler(),
            stallThreshold: STALL,
            ...this.#holdUps.loopSettings,
            onStalled: (stall) => {
                autoPriority?.late(stall.lateness);
                this.#holdUps.stalled(stall);
            },
            onFailure: (failure) => this.#log("error", failureText(failure)),
        });
        this.#seat = this.#loop.attach<BalancerEvent, BalancerEffect>({
            name: "checkers",
            machine: this.#balancer,
            wake: { type: "wake" },
            perform: (effect) => this.#perform(effect),
        });
        this.#bookSeat = this.#loop.attach<NameBookEvent, NameBookEffect>({
            name: "names",
            machine: this.#book,
            wake: { type: "wake" },
            perform: (effect) => this.#performForNames(effect),
        });
        this.#resolver = new NameResolver((host, answers) => this.#bookSeat.tell({ type: "resolved", host, answers }));
        this.#scripts = new ScriptAttempts(listeners.onRunnerAsked);
        this.#watches = new WatchList(system, (list) => this.#loop.turn(list));
        this.#loop.addSource(this.#watches);
        this.#prober = new Prober(
            connectorsOf(system, this.#watches, (probe, host) => this.#scripts.attempt(probe, host)),
            (news) => this.#seat.tell(news),
        );
        this.#files = new TrackedFiles({
            loop: this.#loop,
            tell: (news) => this.#seat.tell({ type: "tracker", news }),
            log: (line) => this.#tell([line]),
        });
        this.#ground = new BalanceGround({
            system,
            settings,
            bulk: this.#loop.bulk,
            onNews: (news) => {
                this.#seat.tell(news);
                this.#tellReports();
            },
            log: (level, text) => this.#log(level, text),
        });
        this.#reports = new BulkQueue({ add: () => this.#tellReports() }, (reports) => this.#report(reports));
        this.#monitor = new LinkMonitor({
            system,
            ownRemovals: new OwnRemovals(),
            onNews: (news) => this.#hear(news),
            onReady: (source) => this.#loop.turn(source),
            receiveBuffer: settings.netlinkBuffers.monitor,
        });
        this.#loop.addSource(this.#monitor);
        this.#loop.addOutlet({ flush: () => this.#publish() });
        this.#loop.addOutlet(this.#holdUps);
    }

    /** Begins, where a predecessor left off if there was one. */
    start(snapshots: readonly CheckersSnapshot[]): void {
        const { trackFiles, balancer } = this.#settings;
        this.#files.configure(trackFiles, true);
        // Before servers are put into the kernel it is known which of them a file speaks against.
        this.#files.readNow(trackFiles);
        this.#memory = snapshots.flatMap((one) => ("host" in one ? [] : one));
        const names = snapshots.flatMap((one) => ("host" in one ? one : []));
        this.#bookSeat.tell({ type: "configure", virtualServers: balancer.virtualServers, snapshots: names });
        // Who has no server yet has nobody to wait for, and clients are waiting.
        this.#ground.finish();
    }

    /** Another process says something. */
    hear(body: RelayedBody): void {
        if (body.type === "tracker") {
            this.#seat.tell(body);
        } else if (body.type === "script-ended") {
            this.#scripts.hear(body);
        }
    }

    /** A user asks. */
    ask(question: number, request: DrainRequest): void {
        this.#seat.tell({ type: "drain-asked", question, request });
    }

    /** A new runner has come to work. */
    greetRunner(): void {
        this.#scripts.askAgain();
    }

    /** Takes new settings on; what did not change is not touched. */
    reconfigure(settings: CheckersProcessSettings): void {
        this.#settings = settings;
        this.#files.configure(settings.trackFiles, false);
        this.#bookSeat.tell({ type: "configure", virtualServers: settings.balancer.virtualServers });
    }

    snapshots(): readonly CheckersSnapshot[] {
        return [...this.#balancer.snapshots(), ...this.#book.snapshots()];
    }

    /** How virtual servers stand, and what goes through them. */
    views(): readonly VirtualServerView[] {
        return this.#balancer.views(this.#ground.readTraffic());
    }

    /** How punctual this process is. */
    get health(): LoopHealth {
        return { lateness: this.#loop.lateness, heldUp: this.#holdUps.counts };
    }

    /** Leaves in order; the kernel's table is as it is to be left when the call returns. */
    stop(): void {
        this.#seat.tell({ type: "stop" });
        this.#ground.leave(this.#settings.balancer.atStop === "keep");
        this.#reports.finish();
        this.#close();
    }

    /** Does no more, and leaves the kernel's table to a successor as it is to be by now. */
    leave(): void {
        this.#ground.handOver();
        this.#reports.finish();
        this.#close();
    }

    #close(): void {
        this.#seat.leave();
        this.#bookSeat.leave();
        this.#resolver.close();
        this.#prober.close();
        this.#watches.close();
        this.#files.close();
        this.#monitor.close();
        this.#timer.close();
        this.#holdUps.close();
    }

    #hear(news: KernelNews): void {
        this.#ground.hear(news);
        switch (news.type) {
            case "address-added":
            case "address-removed": {
                const { interfaceIndex, address, type } = news;
                this.#seat.tell({ type: "address", interfaceIndex, address, isStanding: type === "address-added" });
                return;
            }
            case "link-gone":
                this.#seat.tell(news);
                return;
            case "link":
                // Only where addresses stand matters.
                return;
        }
    }

    #perform(effect: BalancerEffect): void {
        switch (effect.type) {
            case "begin-check":
                this.#prober.begin(effect.check, effect.attempt, effect.probe);
                return;
            case "abandon-check":
                this.#prober.abandon(effect.check);
                return;
            case "answer":
                this.#listeners.onReply(effect.question, effect.reply);
                return;
            case "report":
                this.#reports.add(effect.report);
                return;
            default:
                this.#ground.perform(effect);
        }
    }

    #performForNames(effect: NameBookEffect): void {
        switch (effect.type) {
            case "resolve":
                this.#resolver.resolve(effect.host, effect.families);
                return;
            case "serve":
                this.#serve(effect.virtualServers);
                return;
            case "report":
                this.#tell([nameLogLine(effect.report)]);
                return;
            default:
                unreachable(effect);
        }
    }

    /** These are the virtual servers, with addresses alone. */
    #serve(virtualServers: readonly VirtualServerSettings[]): void {
        const { notify, balancer } = this.#settings;
        // The notifier remembers whoever is gone until the next reload.
        this.#reports.finish();
        this.#notifier.configure(notify, virtualServers);
        const snapshots = this.#memory;
        this.#memory = [];
        this.#seat.tell({ type: "configure", settings: this.#ground.prepare({ ...balancer, virtualServers }), snapshots });
    }

    #tellReports(): void {
        if (!this.#ground.isProgramming) {
            this.#loop.bulk.add(this.#reports);
        }
    }

    #report(reports: readonly BalanceReport[]): void {
        this.#tell(reports.flatMap(balanceLogLines));
        for (const report of reports) {
            this.#notifier.notices(report).forEach(this.#listeners.onNotice);
        }
    }

    #publish(): void {
        if (this.#ground.isProgramming) {
            // The kernel's table comes first: ten thousand servers that are gone are many words.
            return;
        }
        const changed = [...this.#balancer.takeChanged(), ...this.#book.takeChanged()];
        const gone = [...this.#balancer.takeGone(), ...this.#book.takeGone()];
        if (changed.length + gone.length > 0) {
            this.#listeners.onChanged(changed, gone);
        }
    }

    #tell(lines: readonly LogLine[]): void {
        const told = lines.filter(({ isDetail }) => !isDetail || this.#settings.logDetail > 0);
        if (told.length > 0) {
            this.#listeners.onLog(told);
        }
    }

    #log(level: LogLine["level"], text: string): void {
        this.#listeners.onLog([{ level, isDetail: false, text }]);
    }
}
