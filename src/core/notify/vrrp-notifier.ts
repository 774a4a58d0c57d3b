import { unreachable } from "../base/result.ts";
import type { TransitionCause, VrrpReport, VrrpState } from "../vrrp/reports.ts";
import type { Notice } from "./notice.ts";
import type { NotifyScripts, NotifySettings, NotifySubject } from "./notify-settings.ts";
import type { WebhookEvent } from "./webhook-event.ts";

/** What a virtual router or group is said to enter. */
type NotifiedState = "MASTER" | "BACKUP" | "FAULT" | "STOP" | "DELETED";

/** All there is to say about one change. */
interface Change {
    readonly kind: "INSTANCE" | "GROUP";
    readonly subject: NotifySubject;
    readonly state: NotifiedState;
    readonly priority: number;
    readonly cause: string;
}

/** Where a virtual router stands: for who asks to be told again. */
interface StandingRouter {
    readonly name: string;
    readonly state: VrrpState;
    readonly effectivePriority: number;
}

/** A sync group that is. */
interface StandingGroup {
    readonly name: string;
    readonly members: readonly string[];
}

/**
 * Renders what happened to virtual routers and sync groups into what others are told: scripts, lines for named pipes, mails, in Keepalived's
 * order, words and arguments.
 */
export class VrrpNotifier {
    #settings: NotifySettings | undefined;
    #routers: ReadonlyMap<string, NotifySubject> = new Map();
    #groups: ReadonlyMap<string, NotifySubject> = new Map();
    /** What a reload removed: its end is still to be told. */
    #departed: ReadonlyMap<string, NotifySubject> = new Map();

    /** Takes settings on, before the virtual routers do. Undefined: nobody wants to know anything. */
    configure(settings: NotifySettings | undefined): void {
        const former = keyed(this.#settings);
        this.#settings = settings;
        this.#routers = named(settings?.routers ?? []);
        this.#groups = named(settings?.groups ?? []);
        const present = keyed(settings);
        this.#departed = new Map([...former].filter(([key]) => !present.has(key)));
    }

    /** What to tell because of a report, in order. */
    notices(report: VrrpReport): readonly Notice[] {
        if (this.#settings === undefined && this.#departed.size === 0) {
            return [];
        }
        switch (report.type) {
            case "state-changed":
                return this.#changed("INSTANCE", report.router, report);
            case "group-state-changed":
                return this.#changed("GROUP", report.group, { ...report, priority: 0 });
            case "lower-priority-seen":
                return this.#lowerPriority(report.router, report.own);
            case "priority-changed":
                return this.#priorityChanged(report);
            default:
                return [];
        }
    }

    /** Whether it is to be said after a reload how everything stands. */
    get repeatsStates(): boolean {
        return this.#settings?.repeatsStates === true && this.#settings.hasPipes;
    }

    /** Lines that say how everything stands now. */
    standing(routers: readonly StandingRouter[], groups: readonly StandingGroup[]): readonly Notice[] {
        const states = new Map(routers.map(({ name, state }) => [name, state]));
        const tell = (kind: Change["kind"], name: string, where: VrrpState, priority: number): readonly Notice[] => {
            const state = notifiedState(where, undefined, false);
            return state === undefined ? [] : [line(kind, name, `${state} ${priority}`)];
        };
        return [
            ...routers.flatMap((one) => tell("INSTANCE", one.name, one.state, one.effectivePriority)),
            ...groups.flatMap(({ name, members }) => tell("GROUP", name, commonState(members.map((member) => states.get(member))), 0)),
        ];
    }

    #changed(
        kind: Change["kind"],
        name: string,
        { to, cause, priority }: { readonly to: VrrpState; readonly cause: TransitionCause; readonly priority: number },
    ): readonly Notice[] {
        const present = (kind === "GROUP" ? this.#groups : this.#routers).get(name);
        const departed = this.#departed.get(`${kind} ${name}`);
        if (to === "initialize" && cause.type === "reconfigured" && (departed === undefined || kind === "GROUP")) {
            // It begins anew under its name at once, or its members go on without it: that is told.
            return [];
        }
        const subject = departed ?? present;
        const state = notifiedState(to, cause, subject?.tellsDeletion ?? false);
        return subject === undefined || state === undefined ? [] : this.#tell({ kind, subject, state, priority, cause: cause.type });
    }

    #tell(change: Change): readonly Notice[] {
        const { kind, subject, state, priority } = change;
        const { name, scripts } = subject;
        const key = `${kind} ${name}`;
        const own = scripts[SCRIPTS[state]];
        const notices: Notice[] = [];
        if (own !== undefined) {
            notices.push({ type: "script", subject: key, occasion: `notify_${SCRIPTS[state]} of ${name}`, command: own });
        }
        if (scripts.every !== undefined) {
            const words = [...scripts.every.words, kind, name, state, String(priority)];
            notices.push({ type: "script", subject: key, occasion: `notify of ${name}`, command: { ...scripts.every, words } });
        }
        if (this.#settings?.hasPipes === true) {
            notices.push(line(kind, name, `${state} ${priority}`));
        }
        if (subject.mails && this.#settings !== undefined && (state !== "FAULT" || this.#settings.mailsFaults)) {
            notices.push(mail(this.#settings.routerId, change));
        }
        return [...notices, ...this.#webhooks(change)];
    }

    #webhooks({ kind, subject, state, priority, cause }: Change): readonly Notice[] {
        const urls = subject.webhooks ?? [];
        const router_id = this.#settings?.routerId ?? "";
        const event: WebhookEvent =
            kind === "GROUP"
                ? { event: "group-state", router_id, group: subject.name, state, cause }
                : { event: "instance-state", router_id, instance: subject.name, state, priority, cause };
        return urls.length === 0 ? [] : [{ type: "webhook", urls, event }];
    }

    #lowerPriority(name: string, priority: number): readonly Notice[] {
        const command = this.#routers.get(name)?.scripts.lowerPriority;
        const occasion = `notify_master_rx_lower_pri of ${name}`;
        return [
            ...(command === undefined ? [] : [{ type: "script", subject: `INSTANCE ${name}`, occasion, command } as const]),
            ...(this.#settings?.hasPipes === true ? [line("INSTANCE", name, `MASTER_RX_LOWER_PRI ${priority}`)] : []),
        ];
    }

    #priorityChanged({ router, to, state }: VrrpReport & { readonly type: "priority-changed" }): readonly Notice[] {
        const subject = this.#routers.get(router);
        const where = state === "active" ? "MASTER" : state === "backup" ? "BACKUP" : undefined;
        if (where === undefined || subject?.tellsPriority !== true) {
            return [];
        }
        const { hasPipes = false, routerId = "" } = this.#settings ?? {};
        const { webhooks: urls = [] } = subject;
        const event = { event: "instance-priority", router_id: routerId, instance: router, state: where, priority: to } as const;
        return [
            ...(hasPipes ? [line("INSTANCE", router, `${where}_PRIORITY ${to}`)] : []),
            ...(urls.length > 0 ? [{ type: "webhook", urls, event } as const] : []),
        ];
    }
}

const SCRIPTS = { MASTER: "master", BACKUP: "backup", FAULT: "fault", STOP: "stop", DELETED: "deleted" } as const satisfies Record<
    NotifiedState,
    keyof NotifyScripts
>;

/** What entering a state is called; undefined when nobody is told. */
function notifiedState(to: VrrpState, cause: TransitionCause | undefined, tellsDeletion: boolean): NotifiedState | undefined {
    switch (to) {
        case "active":
            return "MASTER";
        case "backup":
            return "BACKUP";
        case "fault":
            return "FAULT";
        case "initialize":
            if (cause?.type === "reconfigured") {
                return tellsDeletion ? "DELETED" : "FAULT";
            }
            return cause?.type === "stop" ? "STOP" : undefined;
        default:
            return unreachable(to);
    }
}

/** Members of a group move together. */
function commonState(states: readonly (VrrpState | undefined)[]): VrrpState {
    const [first = "initialize"] = states;
    return states.includes("fault") ? "fault" : states.every((state) => state === first) ? first : "backup";
}

function line(kind: Change["kind"], name: string, rest: string): Notice {
    return { type: "line", origin: "vrrp", text: `${kind} "${name}" ${rest}` };
}

function mail(routerId: string, { kind, subject: { name }, state, priority }: Change): Notice {
    const what = kind === "GROUP" ? "VRRP Group" : "VRRP Instance";
    const event = state === "STOP" ? "Stopping" : state === "DELETED" ? "Deleted" : `Entering ${state} state`;
    const detail = kind === "GROUP" ? "" : `, priority ${priority}`;
    return { type: "mail", subject: `[${routerId}] ${what} ${name} - ${event}`, body: `=> ${what} ${name}: ${event}${detail} <=` };
}

function named(subjects: readonly NotifySubject[]): ReadonlyMap<string, NotifySubject> {
    return new Map(subjects.map((subject) => [subject.name, subject]));
}

function keyed(settings: NotifySettings | undefined): ReadonlyMap<string, NotifySubject> {
    return new Map([
        ...(settings?.routers ?? []).map((subject) => [`INSTANCE ${subject.name}`, subject] as const),
        ...(settings?.groups ?? []).map((subject) => [`GROUP ${subject.name}`, subject] as const),
    ]);
}
