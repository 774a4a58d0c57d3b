import type { NotifyScripts, NotifySettings, NotifySubject } from "../../notify/notify-settings.ts";
import type { NotifyPipeSettings } from "../../supervise/runner-settings.ts";
import type { Position } from "../position.ts";
import type { Globals } from "./globals.ts";
import type { Configuration } from "./scope.ts";
import type { Scripts, WrittenCommand } from "./scripts.ts";
import { webhooksOf } from "./webhooks.ts";

/** Who is told what; the name of this machine is for others to add. */
export interface CompletedNotifications {
    /** Absent: nobody wants to know anything about virtual routers. */
    readonly vrrp?: Omit<NotifySettings, "routerId">;
    readonly pipes: readonly NotifyPipeSettings[];
}

type Instance = Configuration["vrrp_instance"][number];
type Group = Configuration["vrrp_sync_group"][number];
type Keyword = keyof NotifyKeywords;

/** The scripts that instances and groups have in common. */
interface NotifyKeywords {
    readonly notify_master: WrittenCommand | undefined;
    readonly notify_backup: WrittenCommand | undefined;
    readonly notify_fault: WrittenCommand | undefined;
    readonly notify_stop: WrittenCommand | undefined;
    readonly notify: WrittenCommand | undefined;
}

/** @param running names of the virtual routers that run */
export function completeNotifications(
    configuration: Configuration,
    running: ReadonlySet<string>,
    scripts: Scripts,
): CompletedNotifications {
    const globals = configuration.global_defs;
    const pipes = completePipes(globals, scripts);
    const hasPipes = pipes.some(({ origins }) => origins.includes("vrrp"));
    const context: Context = { globals, scripts, hasPipes };
    const memberOf = new Map(configuration.vrrp_sync_group.flatMap((group) => (group.group ?? []).map((name) => [name, group] as const)));
    const routers: NotifySubject[] = [];
    for (const instance of configuration.vrrp_instance) {
        const subject = running.has(instance.name) ? routerSubject(instance, memberOf.get(instance.name), context) : undefined;
        if (subject !== undefined) {
            routers.push(subject);
        }
    }
    const groups = configuration.vrrp_sync_group.flatMap((group) => groupSubject(group, context) ?? []);
    const isAny = hasPipes || routers.length > 0 || groups.length > 0;
    const vrrp = {
        routers,
        groups,
        hasPipes,
        repeatsStates: globals?.fifo_write_vrrp_states_on_reload ?? false,
        mailsFaults: globals?.no_email_faults !== true,
    };
    return { pipes, ...(isAny && { vrrp }) };
}

interface Context {
    readonly globals: Globals | undefined;
    readonly scripts: Scripts;
    readonly hasPipes: boolean;
}

function routerSubject(instance: Instance, group: Group | undefined, context: Context): NotifySubject | undefined {
    const { globals, scripts, hasPipes } = context;
    const isMail = isMailed(instance, globals);
    const webhooks = webhooksOf(instance, globals);
    if (!hasPipes && !isMail && webhooks.length === 0 && !hasScripts(instance)) {
        // There may be thousands that nobody wants to hear of.
        return undefined;
    }
    const at = (keyword: Keyword | "notify_deleted" | "notify_master_rx_lower_pri"): Position => instance.positions[keyword] ?? instance.at;
    const deleted = scripts.resolve(instance.notify_deleted, at("notify_deleted"), `(${instance.name}) notify_deleted`);
    const lowerPriority = scripts.resolve(
        instance.notify_master_rx_lower_pri,
        at("notify_master_rx_lower_pri"),
        `(${instance.name}) notify_master_rx_lower_pri`,
    );
    const ownScripts: NotifyScripts = {
        ...sharedScripts(instance, instance.name, at, scripts),
        ...(deleted !== undefined && { deleted }),
        ...(lowerPriority !== undefined && { lowerPriority }),
    };
    return subjectOf(
        {
            name: instance.name,
            scripts: ownScripts,
            tellsPriority:
                instance.notify_priority_changes ?? group?.notify_priority_changes ?? globals?.vrrp_notify_priority_changes ?? false,
            tellsDeletion: instance.positions.notify_deleted !== undefined,
            mails: isMail,
            ...(webhooks.length > 0 && { webhooks }),
        },
        context,
    );
}

function hasScripts(instance: Instance): boolean {
    const { notify_master, notify_backup, notify_fault, notify_stop, notify, notify_deleted, notify_master_rx_lower_pri } = instance;
    const shared = notify_master ?? notify_backup ?? notify_fault ?? notify_stop ?? notify;
    return (shared ?? notify_deleted ?? notify_master_rx_lower_pri) !== undefined;
}

function groupSubject(group: Group, context: Context): NotifySubject | undefined {
    const webhooks = webhooksOf(group, context.globals);
    const at = (keyword: Keyword): Position => group.positions[keyword] ?? group.at;
    return subjectOf(
        {
            name: group.name,
            scripts: sharedScripts(group, group.name, at, context.scripts),
            tellsPriority: false,
            tellsDeletion: false,
            mails: isMailed(group, context.globals),
            ...(webhooks.length > 0 && { webhooks }),
        },
        context,
    );
}

function subjectOf(subject: NotifySubject, { hasPipes }: Context): NotifySubject | undefined {
    return hasPipes || subject.mails || subject.webhooks !== undefined || Object.keys(subject.scripts).length > 0 ? subject : undefined;
}

/** Without a relay and somebody to write to there is no mail. */
export function hasMail(globals: Globals | undefined): boolean {
    return globals?.smtp_server !== undefined && (globals.notification_email ?? []).length > 0;
}

function isMailed({ smtp_alert: own }: Instance | Group, globals: Globals | undefined): boolean {
    return hasMail(globals) && (own ?? globals?.smtp_alert_vrrp ?? globals?.smtp_alert ?? false);
}

function sharedScripts(written: NotifyKeywords, name: string, at: (keyword: Keyword) => Position, scripts: Scripts): NotifyScripts {
    const find = (keyword: Keyword) => scripts.resolve(written[keyword], at(keyword), `(${name}) ${keyword}`);
    const [master, backup, fault] = [find("notify_master"), find("notify_backup"), find("notify_fault")];
    const [stop, every] = [find("notify_stop"), find("notify")];
    return {
        ...(master !== undefined && { master }),
        ...(backup !== undefined && { backup }),
        ...(fault !== undefined && { fault }),
        ...(stop !== undefined && { stop }),
        ...(every !== undefined && { every }),
    };
}

/** The pipe of everything comes first: one of the same path beside it is the same. */
function completePipes(globals: Globals | undefined, scripts: Scripts): readonly NotifyPipeSettings[] {
    if (globals === undefined) {
        return [];
    }
    const kinds = [
        { keyword: "notify_fifo", origins: ["vrrp", "lvs"] },
        { keyword: "vrrp_notify_fifo", origins: ["vrrp"] },
        { keyword: "lvs_notify_fifo", origins: ["lvs"] },
    ] as const;
    const pipes = new Map<string, NotifyPipeSettings>();
    for (const { keyword, origins } of kinds) {
        const written = globals[keyword];
        const at = globals.positions[keyword] ?? globals.at;
        if (written === undefined) {
            continue;
        }
        const same = pipes.get(written.path);
        const reader = scripts.resolve(globals[`${keyword}_script`], globals.positions[`${keyword}_script`] ?? at, `${keyword}_script`);
        const owner = scripts.owner(written.user, written.group, at);
        pipes.set(
            written.path,
            same === undefined
                ? { path: written.path, origins, ...(owner !== undefined && { owner }), ...(reader !== undefined && { reader }) }
                : { ...same, origins: [...new Set([...same.origins, ...origins])] },
        );
    }
    return [...pipes.values()];
}
