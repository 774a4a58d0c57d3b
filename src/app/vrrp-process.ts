import { milliseconds } from "../core/base/instant.ts";
import { formatIp } from "../core/base/ip.ts";
import { unreachable } from "../core/base/result.ts";
import type { LogLine } from "../core/report/log-lines.ts";
import type { LoopHealth } from "../core/supervise/loop-health.ts";
import type { VrrpProcessSettings } from "../core/supervise/process-settings.ts";
import type { RelayedBody } from "../core/supervise/relayed.ts";
import type { SpeakerEffect } from "../core/vrrp/effects.ts";
import type { ReceivedPacket, SpeakerEvent } from "../core/vrrp/events.ts";
import type { VrrpReport } from "../core/vrrp/reports.ts";
import type { VirtualRouterSnapshot } from "../core/vrrp/snapshot.ts";
import { VrrpSpeaker } from "../core/vrrp/speaker.ts";
import { BulkQueue } from "../host/bulk-queue.ts";
import { BulkSteps } from "../host/bulk-steps.ts";
import { failureText } from "../host/failures.ts";
import { Loop, type Seat } from "../host/loop.ts";
import type { Stall } from "../host/punctuality.ts";
import { NodeDigests } from "../io/crypto/node-digests.ts";
import type { NativeAddon } from "../io/native/addon.ts";
import { KernelAddresses } from "../io/netlink/kernel-addresses.ts";
import { type KernelNews, LinkMonitor } from "../io/netlink/link-monitor.ts";
import { OwnRemovals } from "../io/netlink/own-removals.ts";
import { StandingNews } from "../io/netlink/standing-news.ts";
import { Announcer } from "../io/packet/announcer.ts";
import { Ipv6Forwarding } from "../io/packet/ipv6-forwarding.ts";
import { VrrpPort } from "../io/packet/vrrp-port.ts";
import { type AutoPriority, autoPriorityOf } from "../io/system/auto-priority.ts";
import { holdCompilingBriefly } from "../io/system/compiling.ts";
import { ImmediateScheduler } from "../io/time/immediate-scheduler.ts";
import { KernelTimer } from "../io/time/kernel-timer.ts";
import { MonotonicClock } from "../io/time/monotonic-clock.ts";
import { TimeOfDayWatch } from "../io/time/time-of-day-watch.ts";
import { pacingOf } from "./announcement-pacings.ts";
import { anticipation } from "./anticipation.ts";
import { HoldUps } from "./hold-ups.ts";
import { JudgedLinks } from "./judged-links.ts";
import { Rehearsal } from "./rehearsal.ts";
import { needsTimeOfDay, SigningKeys } from "./signing-keys.ts";
import { VrrpCompanions } from "./vrrp-companions.ts";
import { VrrpEars } from "./vrrp-ears.ts";
import { VrrpLinks } from "./vrrp-links.ts";
import { STATIC } from "./vrrp-routing.ts";
import { type VrrpProcessListeners, VrrpVoice } from "./vrrp-voice.ts";

/** A loop that is this late has stood still: machines are told. */
const STALL = milliseconds(20);

const WAKE: SpeakerEvent = { type: "wake" };

/**
 * The vrrp process put together: the speaker, its loop, and Linux behind both. It owns every socket and gives all of them back at its end.
 */
export class VrrpProcess {
    readonly #voice: VrrpVoice;
    readonly #speaker = new VrrpSpeaker(new NodeDigests());
    readonly #rehearsal: Rehearsal;
    readonly #loop: Loop;
    readonly #timer: KernelTimer;
    readonly #seat: Seat<SpeakerEvent>;
    readonly #monitor: LinkMonitor;
    readonly #port: VrrpPort;
    readonly #addresses: KernelAddresses;
    readonly #standingNews: StandingNews;
    readonly #announcer: Announcer;
    readonly #companions: VrrpCompanions;
    readonly #links: VrrpLinks;
    readonly #judged: JudgedLinks;
    readonly #ears: VrrpEars;
    readonly #reports: BulkQueue<VrrpReport>;
    readonly #autoPriority: AutoPriority | undefined;
    readonly #holdUps: HoldUps;
    readonly #signingKeys = new SigningKeys((text) => this.#voice.say("error", text));
    readonly #timeOfDay: TimeOfDayWatch;
    #settings: VrrpProcessSettings;
    #isStarted = false;
    /** Of reloads that have begun: thousands of virtual routers make each of them long. */
    readonly #steps = new BulkSteps();
    /** Who waits for the end of a reload, in order. */
    readonly #reloads: (() => void)[] = [];

    /**
     * Opens the sockets and learns links and addresses; nothing is sent before `start`.
     *
     * @throws Error when the kernel refuses a socket: its message names the call and the errno
     */
    constructor(system: NativeAddon, settings: VrrpProcessSettings, listeners: VrrpProcessListeners) {
        const clock = new MonotonicClock(system);
        this.#voice = new VrrpVoice(listeners, settings, (name) => this.#snapshotOf(name));
        this.#autoPriority = autoPriorityOf(system, settings.scheduling, (text) => this.#voice.say("warning", text));
        this.#settings = this.#signingKeys.fillIn(settings);
        this.#timeOfDay = new TimeOfDayWatch(system, clock, (offset) => this.#seat.tell({ type: "time-of-day", offset }));
        this.#timeOfDay.isWanted = needsTimeOfDay(this.#settings);
        this.#rehearsal = new Rehearsal(system);
        this.#timer = new KernelTimer(system, () => this.#loop.turn());
        this.#holdUps = new HoldUps({ clock, log: ({ level, text }) => this.#voice.say(level, text) });
        this.#loop = new Loop({
            ...{ clock, timer: this.#timer, scheduler: new ImmediateScheduler(), stallThreshold: STALL },
            ...this.#holdUps.loopSettings,
            onStalled: (stall) => this.#wasHeldUp(stall),
            onFailure: (failure) => this.#voice.say("error", failureText(failure)),
            anticipation: anticipation(() => this.#rehearsal.warmUp()),
        });
        const forwarding = new Ipv6Forwarding(clock);
        const onReady = (source: Parameters<Loop["addSource"]>[0]) => this.#loop.turn(source);
        const linkNamed = (name: string) => this.#monitor.linkNamed(name);
        const ownRemovals = new OwnRemovals();
        const bulk = this.#loop.bulk;
        const tell = (event: SpeakerEvent) => this.#seat.tell(event);
        const log = (line: LogLine) => this.#voice.log(line);
        this.#reports = new BulkQueue(bulk, (reports) => this.#voice.tell(reports));
        this.#port = new VrrpPort({
            ...{ system, clock, onReady },
            preferences: { hearsUnknownVrids: settings.logsUnknownVrids },
            onPacket: (packet) => this.#hearPacket(packet),
            onTrouble: (trouble) => this.#voice.tellTrouble(trouble),
        });
        this.#standingNews = new StandingNews({ clock, bulk, tell: (places) => this.#monitor.stands(places) });
        this.#addresses = new KernelAddresses({
            ...{ system, receiveBuffer: settings.netlinkBuffers.command, bulk, ownRemovals, linkNamed },
            stands: (index, address, prefixLength) => this.#monitor.holds(index, address, prefixLength),
            onStanding: (places) => this.#standingNews.add(places),
            onNews: (news) => (news.router === STATIC ? this.#companions.hearStatic(news) : this.#seat.tell(news)),
            onReleaseRefused: (router, { address }, code) =>
                this.#voice.say("error", `(${router}) cannot remove ${formatIp(address)}: ${code}`),
        });
        this.#announcer = new Announcer({
            ...{ system, clock, bulk, linkByName: linkNamed },
            isRouter: (name) => forwarding.isOn(name),
            pacingOf: (name) => pacingOf(this.#settings.pacing, name),
        });
        this.#companions = new VrrpCompanions({
            ...{ system, clock, loop: this.#loop, settings, onReady, linkNamed },
            ...{ addresses: this.#addresses, linkAt: (index: number) => this.#monitor.links.get(index), tell, log },
        });
        this.#links = new VrrpLinks({
            ...{ system, clock, bulk },
            guard: (vmacs) => this.#companions.guard(vmacs),
            publish: (router) => this.#voice.publish([router]),
            log,
        });
        this.#seat = this.#loop.attach({
            ...{ name: "vrrp", machine: this.#speaker, wake: WAKE },
            isUrgent: () => this.#speaker.isTakeoverNext,
            perform: (effect) => this.#perform(effect),
        });
        this.#judged = new JudgedLinks({ system, loop: this.#loop, settings, tell, log });
        this.#ears = new VrrpEars(this.#port, () => this.#monitor.links.values());
        // Tells what there is while it is being made.
        this.#monitor = new LinkMonitor({
            ...{ system, ownRemovals, onReady, receiveBuffer: settings.netlinkBuffers.monitor },
            beforeAddressNews: () => this.#standingNews.tellAll(),
            onNews: (news) => this.#hear(news),
        });
        this.#monitor.leaveOut(this.#addresses.port);
        this.#takePart();
    }

    /** Begins, where a predecessor left off if there was one. */
    start(predecessors: readonly VirtualRouterSnapshot[]): void {
        this.#timeOfDay.drain();
        this.#voice.configure(this.#settings);
        this.#links.adopt(predecessors, this.#settings.unreturned);
        this.#links.want(this.#settings, () => this.#listen());
        this.#seat.tell({ type: "configure", routers: this.#settings.routers, groups: this.#settings.groups });
        this.#seat.tell({ type: "restore", snapshots: predecessors });
        this.#isStarted = true;
        this.#ears.listenFor(this.#settings.routers);
        this.#companions.start();
        this.#seat.tell({ type: "start", bootedAt: this.#companions.bootedAt });
    }

    /** Takes new settings on, a few virtual routers at a time; what did not change is not touched. @param done called when all have theirs */
    reconfigure(settings: VrrpProcessSettings, done: () => void): void {
        this.#steps.add(
            () => {
                this.#settings = this.#signingKeys.fillIn(settings);
                this.#timeOfDay.isWanted = needsTimeOfDay(this.#settings);
                this.#timeOfDay.drain();
                this.#companions.reconfigure(settings);
            },
            () => this.#judged.configure(settings),
            () => this.#voice.configure(this.#settings),
            () => this.#links.want(settings, () => this.#listen()),
            () => this.#ears.listenAlsoFor(this.#settings.routers),
            () => {
                this.#reloads.push(done);
                this.#seat.tell({ type: "configure", routers: this.#settings.routers, groups: this.#settings.groups });
            },
        );
        this.#loop.bulk.add(this.#steps);
    }

    /** Another process of the daemon says something. */
    hear(body: RelayedBody): void {
        switch (body.type) {
            case "tracker":
                this.#seat.tell({ type: "tracker", ...body.news });
                return;
            case "notice":
            case "run-script":
            case "end-script":
            case "script-ended":
                // The business of others.
                return;
            default:
                unreachable(body);
        }
    }

    /** Something that virtual routers track may fail within milliseconds. */
    prepareForFault(): void {
        holdCompilingBriefly();
        this.#rehearsal.warmUpFault();
    }

    /** What all virtual routers know now. */
    snapshots(): VirtualRouterSnapshot[] {
        return this.#speaker.snapshots().map((snapshot) => this.#links.complete(snapshot));
    }

    /** How punctual this process is. */
    get health(): LoopHealth {
        return { lateness: this.#loop.lateness, heldUp: this.#holdUps.counts };
    }

    /** The same for a successor that takes over while this process still works. */
    snapshotsForSuccessor(): VirtualRouterSnapshot[] {
        return this.#speaker.snapshotsForSuccessor().map((snapshot) => this.#links.complete(snapshot));
    }

    /** Leaves in order: priority 0 where active, then the addresses; all of it has left this process when the call returns. */
    stop(): void {
        this.#steps.finish();
        this.#seat.tell({ type: "stop", keepsAddresses: this.#settings.keepsAddressesAtStop });
        this.#port.flush();
        this.#companions.giveUpStatics();
        this.#addresses.finish();
        this.#companions.stop();
        this.#links.end(this.#settings.keepsAddressesAtStop);
        this.#reports.finish();
        this.#seat.leave();
        const closing = [this.#judged, this.#port, this.#announcer, this.#monitor, this.#addresses];
        for (const part of [...closing, this.#timer, this.#rehearsal, this.#holdUps]) {
            part.close();
        }
    }

    /** Lets in what input comes from, and out what output leaves by, in the order of each turn. */
    #takePart(): void {
        for (const source of [this.#timeOfDay, this.#port, this.#monitor]) {
            this.#loop.addSource(source);
        }
        for (const outlet of [this.#ears, this.#port, this.#holdUps]) {
            this.#loop.addOutlet(outlet);
        }
    }

    #snapshotOf(router: string): VirtualRouterSnapshot | undefined {
        const snapshot = this.#speaker.snapshot(router);
        return snapshot && this.#links.complete(snapshot);
    }

    #hearPacket(packet: ReceivedPacket): void {
        this.#timeOfDay.drain();
        this.#seat.tell({ type: "packet", packet });
    }

    #wasHeldUp(stall: Stall): void {
        const { since, lateness } = stall;
        this.#autoPriority?.late(lateness);
        this.#holdUps.stalled(stall);
        this.#seat.tell({ type: "stalled", since, lateness });
    }

    #hear(news: KernelNews): void {
        if (news.type === "link" || news.type === "link-gone") {
            this.#judged.hear(news);
        } else {
            this.#seat.tell(news);
        }
        this.#links.hear(news);
        if (this.#isStarted) {
            this.#companions.hear(news);
        }
        if (news.type === "link" || news.type === "link-gone") {
            this.#ears.hear(news);
        } else if (this.#isStarted) {
            this.#voice.tellAddress(news, this.#monitor.links.get(news.interfaceIndex)?.name);
        }
    }

    /** Takes in at once what the kernel tells of links and addresses. */
    #listen(): void {
        while (this.#monitor.drain()) {}
    }

    #perform(effect: SpeakerEffect): void {
        switch (effect.type) {
            case "send-advertisement":
                this.#port.send(effect.packet);
                return;
            case "claim-addresses":
                this.#addresses.claim(effect.router, effect.addresses);
                return;
            case "release-addresses":
                this.#addresses.release(effect.router, effect.addresses);
                return;
            case "claim-routes":
            case "release-routes":
            case "claim-firewall":
            case "release-firewall":
            case "sync-daemon":
                this.#companions.perform(effect);
                return;
            case "announce":
                this.#announcer.announce(effect.router, effect.addresses, effect.rounds);
                return;
            case "cancel-announcements":
                this.#announcer.cancel(effect.router);
                return;
            case "renamed": {
                const names = new Map(effect.names);
                for (const part of [this.#addresses, this.#announcer, this.#companions]) {
                    part.rename(names);
                }
                return;
            }
            case "configured":
                this.#endReload(effect);
                return;
            case "report":
                this.#reports.add(effect.report);
                return;
        }
    }

    #endReload({ changed, gone }: SpeakerEffect & { readonly type: "configured" }): void {
        const done = this.#reloads.shift();
        if (done === undefined) {
            // What it was started with.
            return;
        }
        if (this.#reloads.length === 0) {
            // The last words of those who are gone still need their sockets.
            this.#port.flush();
            this.#ears.listenFor(this.#settings.routers);
            this.#links.clear();
        }
        this.#voice.tellStanding(() => {
            this.#reports.finish();
            return this.#speaker.snapshots();
        });
        this.#voice.publish([], gone);
        const publishing = new BulkQueue<string>(this.#loop.bulk, (routers) => this.#voice.publish(routers));
        for (const router of [...changed, ...this.#links.carriers]) {
            publishing.add(router);
        }
        done();
    }
}
