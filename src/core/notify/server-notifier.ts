import type { BalanceReport } from "../balance/reports.ts";
import { wordsFor } from "../report/check-words.ts";
import type { RealServerSettings, VirtualServerSettings } from "../service/virtual-server.ts";
import type { Notice } from "./notice.ts";
import type { ScriptCommand } from "./script-command.ts";
import type { ServerNotifySettings } from "./server-notify-settings.ts";
import type { WebhookEvent } from "./webhook-event.ts";

type CheckReport = BalanceReport & { readonly type: "check" };
type QuorumReport = BalanceReport & { readonly type: "quorum" };

/** One virtual or real server, as scripts, pipes and mails call it. */
interface Subject {
    /** `RS [10.0.0.2]:tcp:80 [10.0.0.1]:tcp:80` */
    readonly line: string;
    /** How its script is called in the log. */
    readonly occasion: string;
    readonly command: ScriptCommand | undefined;
}

/** A real server and its virtual server, by the names that reports have. */
interface Names {
    readonly service: string;
    readonly server: string;
}

/** Both of them. */
interface Place {
    readonly service: VirtualServerSettings;
    readonly server: RealServerSettings;
}

/** Renders what happened to virtual and real servers into what others are told: scripts, lines for named pipes, mails, in Keepalived's words. */
export class ServerNotifier {
    #settings: ServerNotifySettings | undefined;
    #services = new ServerDirectory([]);
    /** What a reload removed: its end is still to be told. */
    #former = new ServerDirectory([]);
    /** The verdict that a server's change follows from. */
    #lastCheck: CheckReport | undefined;

    /** Takes settings on, before the load balancer does. Undefined: nobody wants to know anything. */
    configure(settings: ServerNotifySettings | undefined, virtualServers: readonly VirtualServerSettings[]): void {
        this.#settings = settings;
        this.#former = this.#services;
        this.#services = new ServerDirectory(settings === undefined ? [] : virtualServers);
    }

    /** What to tell because of a report, in order. */
    notices(report: BalanceReport): readonly Notice[] {
        switch (report.type) {
            case "check":
                return this.#checked(report);
            case "server-state":
                return [...this.#server(report, report.isUp), ...this.#mailServer(report.service, report.server)];
            case "server-started":
                return this.#server(report, report.isUp);
            case "server-removed":
                return report.wasUp ? this.#server(report, false) : [];
            case "server-stopped":
                return report.wasUp && this.#place(report)?.service.isOmega === true ? this.#server(report, false) : [];
            case "quorum":
                return this.#quorum(report.key, report.isUp, quorumBalance(report));
            case "service-stopped":
                return report.hadQuorum && this.#service(report.key)?.isOmega === true
                    ? this.#quorum(report.key, false, "Shutting down")
                    : [];
            default:
                return [];
        }
    }

    #service(key: string): VirtualServerSettings | undefined {
        return this.#services.service(key) ?? this.#former.service(key);
    }

    #place({ service, server }: Names): Place | undefined {
        return this.#services.place(service, server) ?? this.#former.place(service, server);
    }

    #server({ service, server }: Names, isUp: boolean): readonly Notice[] {
        const settings = this.#place({ service, server })?.server;
        const command = isUp ? settings?.notifyUp : settings?.notifyDown;
        const occasion = `notify_${isUp ? "up" : "down"} of ${server} of ${service}`;
        return settings === undefined
            ? []
            : [
                  ...this.#tell({ line: `RS ${server} ${service}`, occasion, command }, isUp),
                  ...this.#webhook(settings.webhooks, { event: "server-state", real_server: server, virtual_server: service }, isUp),
              ];
    }

    #quorum(key: string, isUp: boolean, balance: string): readonly Notice[] {
        const settings = this.#service(key);
        if (settings === undefined) {
            return [];
        }
        const { name: service } = settings;
        const command = isUp ? settings.quorumUp : settings.quorumDown;
        const occasion = `quorum_${isUp ? "up" : "down"} of ${service}`;
        const notices = [
            ...this.#tell({ line: `VS ${service}`, occasion, command }, isUp),
            ...this.#webhook(settings.webhooks, { event: "quorum", virtual_server: service, cause: balance }, isUp),
        ];
        return settings.mailsQuorum ? [...notices, this.#mail(`Virtualserver ${service}`, isUp, balance)] : notices;
    }

    /** A script comes before the pipes. */
    #tell({ line, occasion, command }: Subject, isUp: boolean): readonly Notice[] {
        const notices: Notice[] = [];
        if (command !== undefined) {
            notices.push({ type: "script", subject: line, occasion, command });
        }
        if (this.#settings?.hasPipes === true) {
            notices.push({ type: "line", origin: "lvs", text: `${line} ${isUp ? "UP" : "DOWN"}` });
        }
        return notices;
    }

    #webhook(urls: readonly string[] = [], event: Omit<WebhookEvent, "router_id" | "state">, isUp: boolean): readonly Notice[] {
        const { event: name, ...rest } = event;
        const whole = { event: name, router_id: this.#settings?.routerId ?? "", ...rest, state: isUp ? "UP" : "DOWN" };
        return urls.length === 0 ? [] : [{ type: "webhook", urls, event: whole }];
    }

    #checked(report: CheckReport): readonly Notice[] {
        this.#lastCheck = report.isChange ? report : undefined;
        return report.isChange && this.#settings?.mailsEachCheck === true ? this.#mailCheck(report) : [];
    }

    #mailServer(service: string, server: string): readonly Notice[] {
        const cause = this.#lastCheck;
        const isCause = cause?.service === service && cause.server === server;
        return isCause && this.#settings?.mailsEachCheck === false ? this.#mailCheck(cause) : [];
    }

    #mailCheck({ service, server, kind, outcome }: CheckReport): readonly Notice[] {
        if (this.#place({ service, server })?.server.mails !== true) {
            return [];
        }
        const isUp = outcome === "success";
        const body = `${wordsFor(kind).mail} ${isUp ? "succeed" : "failed"} on service`;
        return [this.#mail(`Realserver ${server} of virtual server ${service}`, isUp, body)];
    }

    #mail(what: string, isUp: boolean, body: string): Notice {
        return { type: "mail", subject: `[${this.#settings?.routerId ?? ""}] ${what} - ${isUp ? "UP" : "DOWN"}`, body: `=> ${body} <=` };
    }
}

/** Virtual servers by their keys, and real ones by all names; those of a virtual server are sorted when one of them is asked for first. */
class ServerDirectory {
    readonly #services: ReadonlyMap<string, VirtualServerSettings>;
    /** One group may be served over several protocols, each by a virtual server of the same name. */
    readonly #named = new Map<string, VirtualServerSettings[]>();
    readonly #places = new Map<string, ReadonlyMap<string, Place>>();

    constructor(virtualServers: readonly VirtualServerSettings[]) {
        this.#services = new Map(virtualServers.map((one) => [one.key, one]));
        for (const one of virtualServers) {
            const others = this.#named.get(one.name);
            if (others === undefined) {
                this.#named.set(one.name, [one]);
            } else {
                others.push(one);
            }
        }
    }

    service(key: string): VirtualServerSettings | undefined {
        return this.#services.get(key);
    }

    place(service: string, name: string): Place | undefined {
        const places = this.#places.get(service) ?? placesIn(this.#named.get(service) ?? []);
        this.#places.set(service, places);
        return places.get(name);
    }
}

function placesIn(services: readonly VirtualServerSettings[]): ReadonlyMap<string, Place> {
    return new Map(services.flatMap((service) => service.realServers.map((server) => [server.name, { service, server }] as const)));
}

function quorumBalance({ isUp, quorum, hysteresis, weight }: QuorumReport): string {
    return isUp
        ? `${quorum}+${hysteresis}=${quorum + hysteresis} <= ${weight}`
        : `${quorum}-${hysteresis}=${quorum - hysteresis} > ${weight}`;
}
