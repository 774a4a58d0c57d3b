import { formatIp } from "../core/base/ip.ts";
import type { Notice } from "../core/notify/notice.ts";
import { VrrpNotifier } from "../core/notify/vrrp-notifier.ts";
import { type LogLine, vrrpLogLines } from "../core/report/log-lines.ts";
import type { VrrpProcessSettings } from "../core/supervise/process-settings.ts";
import type { VrrpReport } from "../core/vrrp/reports.ts";
import type { VirtualRouterSnapshot } from "../core/vrrp/snapshot.ts";
import type { KernelNews } from "../io/netlink/link-monitor.ts";
import type { PacketTrouble } from "../io/packet/vrrp-channel.ts";

/** Whom the process tells what. */
export interface VrrpProcessListeners {
    readonly onLog: (lines: readonly LogLine[]) => void;
    readonly onNotice: (notice: Notice) => void;
    /** The virtual routers of which something was reported, and names that nobody has any more. */
    readonly onChanged: (snapshots: readonly VirtualRouterSnapshot[], gone: readonly string[]) => void;
}

/** News of an address. */
type AddressNews = Extract<KernelNews, { readonly interfaceIndex: number; readonly address: unknown }>;

/** What the vrrp process says: lines of the log, notices for scripts and mail, and what a successor has to know. */
export class VrrpVoice {
    readonly #listeners: VrrpProcessListeners;
    readonly #snapshot: (router: string) => VirtualRouterSnapshot | undefined;
    readonly #notifier = new VrrpNotifier();
    #settings: VrrpProcessSettings;

    /** @param snapshot what a virtual router knows now */
    constructor(
        listeners: VrrpProcessListeners,
        settings: VrrpProcessSettings,
        snapshot: (router: string) => VirtualRouterSnapshot | undefined,
    ) {
        this.#listeners = listeners;
        this.#settings = settings;
        this.#snapshot = snapshot;
    }

    /** Takes settings on. */
    configure(settings: VrrpProcessSettings): void {
        this.#settings = settings;
        this.#notifier.configure(settings.notify);
    }

    tell(reports: readonly VrrpReport[]): void {
        // An announcement changes nothing that a successor has to know.
        const names = new Set(
            reports.flatMap((report) => (report.type === "announcing" || !("router" in report) ? [] : (report.router ?? []))),
        );
        this.log(...reports.flatMap((report) => vrrpLogLines(report, this.#isDetailed(report))));
        this.#notify(reports.flatMap((report) => this.#notifier.notices(report)));
        this.publish([...names]);
    }

    /** Tells how everything stands to whom the settings want it told anew. */
    tellStanding(snapshots: () => readonly VirtualRouterSnapshot[]): void {
        if (this.#notifier.repeatsStates) {
            this.#notify(this.#notifier.standing(snapshots(), this.#settings.groups));
        }
    }

    /** What these virtual routers know now, for a successor. @param gone names that nobody has any more */
    publish(routers: readonly string[], gone: readonly string[] = []): void {
        this.#listeners.onChanged(
            routers.flatMap((name) => this.#snapshot(name) ?? []),
            gone,
        );
    }

    log(...lines: readonly LogLine[]): void {
        if (lines.length > 0) {
            this.#listeners.onLog(lines);
        }
    }

    say(level: LogLine["level"], text: string): void {
        this.log({ level, isDetail: false, text });
    }

    /** An address came or went, on an interface of this name, if it is known. */
    tellAddress({ type, address, interfaceIndex }: AddressNews, interfaceName: string | undefined): void {
        if (this.#settings.logsAddresses) {
            const verb = type === "address-added" ? "added" : "removed";
            this.say("info", `Netlink reports ${formatIp(address)} ${verb} on ${interfaceName ?? `interface ${interfaceIndex}`}`);
        }
    }

    tellTrouble({ doing, purpose, code, detail }: PacketTrouble): void {
        this.say("error", `cannot ${doing} advertisements on ${purpose.interfaceName} (IPv${purpose.family}): ${detail}: ${code}`);
    }

    #isDetailed(report: VrrpReport): boolean {
        const { logDetail, detailedRouters } = this.#settings;
        return logDetail > 0 || ("router" in report && report.router !== undefined && detailedRouters.includes(report.router));
    }

    #notify(notices: readonly Notice[]): void {
        for (const notice of notices) {
            this.#listeners.onNotice(notice);
        }
    }
}
