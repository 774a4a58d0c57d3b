import { describe, expect, it } from "vitest";
import { unreachable } from "../base/result.ts";
import type { TransitionCause, VrrpReport, VrrpState } from "../vrrp/reports.ts";
import type { Notice } from "./notice.ts";
import type { NotifyScripts, NotifySettings, NotifySubject } from "./notify-settings.ts";
import { VrrpNotifier } from "./vrrp-notifier.ts";

const NAMES = ["master", "backup", "fault", "stop", "deleted", "every", "lowerPriority"] as const;
const SCRIPTS: NotifyScripts = Object.fromEntries(NAMES.map((name) => [name, { path: `/${name}`, words: [`/${name}`, "own word"] }]));

function subject(name: string, changes: Partial<NotifySubject> = {}): NotifySubject {
    return { name, scripts: SCRIPTS, tellsPriority: true, tellsDeletion: true, mails: true, ...changes };
}

function settings(changes: Partial<NotifySettings> = {}): NotifySettings {
    return {
        routers: [subject("V")],
        groups: [subject("G")],
        hasPipes: true,
        repeatsStates: true,
        mailsFaults: true,
        routerId: "lb1",
        ...changes,
    };
}

function notifier(changes: Partial<NotifySettings> = {}): VrrpNotifier {
    const made = new VrrpNotifier();
    made.configure(settings(changes));
    return made;
}

function changed(to: VrrpState, cause: TransitionCause = { type: "startup" }): VrrpReport {
    return { type: "state-changed", router: "V", from: "initialize", to, cause, priority: 150 };
}

/** `script: its words`, `line: text`, `mail: subject`. */
function texts(notices: readonly Notice[]): readonly string[] {
    return notices.map((notice) => {
        switch (notice.type) {
            case "script":
                return `${notice.subject} runs ${notice.command.words.join(" ")}`;
            case "line":
                return notice.text;
            case "mail":
                return `mail ${notice.subject}`;
            case "webhook":
                return `${notice.urls.join(" ")} ${JSON.stringify(notice.event)}`;
            default:
                return unreachable(notice);
        }
    });
}

describe("webhooks", () => {
    const urls = ["https://hooks.example/a", "http://10.0.0.9/b"];
    const quiet = { name: "V", scripts: {}, tellsPriority: true, tellsDeletion: false, mails: false, webhooks: urls } as const;

    it("are told of virtual routers with priority and cause, of their groups without a priority", () => {
        const told = new VrrpNotifier();
        told.configure({
            routers: [quiet],
            groups: [{ ...quiet, name: "G" }],
            hasPipes: false,
            repeatsStates: false,
            mailsFaults: true,
            routerId: "lb1",
        });
        const event = { router_id: "lb1", state: "MASTER", cause: "startup" } as const;
        expect(told.notices(changed("active"))).toEqual([
            { type: "webhook", urls, event: { ...event, event: "instance-state", instance: "V", priority: 150 } },
        ]);
        const group = { type: "group-state-changed", group: "G", from: "backup", to: "active", cause: { type: "startup" } } as const;
        expect(told.notices(group)).toEqual([{ type: "webhook", urls, event: { ...event, event: "group-state", group: "G" } }]);
        expect(told.notices({ type: "priority-changed", router: "V", from: 150, to: 90, state: "active" } as VrrpReport)).toEqual([
            {
                type: "webhook",
                urls,
                event: { event: "instance-priority", router_id: "lb1", instance: "V", state: "MASTER", priority: 90 },
            },
        ]);
    });
});

describe("what is told of virtual routers and sync groups", () => {
    it.each<{ readonly word: string; readonly to: VrrpState; readonly cause: TransitionCause; readonly mail: string }>([
        { word: "MASTER", to: "active", cause: { type: "startup" }, mail: "Entering MASTER state" },
        { word: "BACKUP", to: "backup", cause: { type: "startup" }, mail: "Entering BACKUP state" },
        { word: "FAULT", to: "fault", cause: { type: "fault", reason: "interface-down" }, mail: "Entering FAULT state" },
        { word: "STOP", to: "initialize", cause: { type: "stop" }, mail: "Stopping" },
    ])("$word: its own script, then notify, the pipes, a mail", ({ word, to, cause, mail }) => {
        expect(texts(notifier().notices(changed(to, cause)))).toEqual([
            `INSTANCE V runs /${word.toLowerCase()} own word`,
            `INSTANCE V runs /every own word INSTANCE V ${word} 150`,
            `INSTANCE "V" ${word} 150`,
            `mail [lb1] VRRP Instance V - ${mail}`,
        ]);
    });

    it("groups are told with priority 0", () => {
        const report: VrrpReport = { type: "group-state-changed", group: "G", from: "backup", to: "active", cause: { type: "startup" } };
        expect(texts(notifier().notices(report))).toEqual([
            "GROUP G runs /master own word",
            "GROUP G runs /every own word GROUP G MASTER 0",
            'GROUP "G" MASTER 0',
            "mail [lb1] VRRP Group G - Entering MASTER state",
        ]);
    });

    it("one that a reload removes is told as DELETED or FAULT, by what was configured for it; one that begins anew is not", () => {
        const gone = changed("initialize", { type: "reconfigured" });
        const made = notifier({ routers: [subject("V"), subject("W", { tellsDeletion: false })] });
        expect(made.notices(gone)).toEqual([]);
        made.configure(settings({ routers: [] }));
        expect(texts(made.notices(gone))).toEqual([
            "INSTANCE V runs /deleted own word",
            "INSTANCE V runs /every own word INSTANCE V DELETED 150",
            'INSTANCE "V" DELETED 150',
            "mail [lb1] VRRP Instance V - Deleted",
        ]);
        expect(texts(made.notices({ ...gone, type: "state-changed", router: "W" } as VrrpReport))).toContain('INSTANCE "W" FAULT 150');
        made.configure(settings({ routers: [] }));
        expect(made.notices(gone)).toEqual([]);
    });

    it("is told of even when with it the last one goes of whom anything was told", () => {
        const made = notifier({ hasPipes: false });
        made.configure(undefined);
        expect(texts(made.notices(changed("initialize", { type: "reconfigured" })))).toEqual([
            "INSTANCE V runs /deleted own word",
            "INSTANCE V runs /every own word INSTANCE V DELETED 150",
        ]);
    });

    it("a group that a reload dissolves is not told of: its members go on", () => {
        const made = notifier();
        made.configure(settings({ groups: [] }));
        const cause: TransitionCause = { type: "reconfigured" };
        expect(made.notices({ type: "group-state-changed", group: "G", from: "active", to: "initialize", cause })).toEqual([]);
    });

    it("a master that hears a lower priority says so to its script and the pipes only", () => {
        const report: VrrpReport = {
            type: "lower-priority-seen",
            router: "V",
            from: { family: 4, bytes: Uint8Array.of(192, 0, 2, 1) },
            priority: 50,
            own: 150,
            forcesElection: true,
        };
        expect(texts(notifier().notices(report))).toEqual([
            "INSTANCE V runs /lowerPriority own word",
            'INSTANCE "V" MASTER_RX_LOWER_PRI 150',
        ]);
    });

    it.each<[VrrpState, readonly string[]]>([
        ["active", ['INSTANCE "V" MASTER_PRIORITY 120']],
        ["backup", ['INSTANCE "V" BACKUP_PRIORITY 120']],
        ["fault", []],
    ])("a changed priority in %s goes to the pipes", (state, expected) => {
        const report: VrrpReport = { type: "priority-changed", router: "V", from: 100, to: 120, state };
        expect(texts(notifier().notices(report))).toEqual(expected);
        expect(notifier({ routers: [subject("V", { tellsPriority: false })] }).notices(report)).toEqual([]);
    });

    it("only what is wanted: no pipes, no mails, no mails of FAULT", () => {
        const quiet = notifier({ hasPipes: false, routers: [subject("V", { mails: false, scripts: {} })] });
        expect(quiet.notices(changed("active"))).toEqual([]);
        const fault = changed("fault", { type: "fault", reason: "tracker" });
        expect(texts(notifier({ mailsFaults: false }).notices(fault)).filter((text) => text.startsWith("mail"))).toEqual([]);
        expect(new VrrpNotifier().notices(changed("active"))).toEqual([]);
    });

    it("repeats all states to the pipes when it is to", () => {
        const routers = [
            { name: "V", state: "active", effectivePriority: 150 },
            { name: "W", state: "backup", effectivePriority: 90 },
            { name: "X", state: "initialize", effectivePriority: 90 },
        ] as const;
        const groups = [
            { name: "G", members: ["V"] },
            { name: "H", members: ["V", "W"] },
        ];
        const expected = ['INSTANCE "V" MASTER 150', 'INSTANCE "W" BACKUP 90', 'GROUP "G" MASTER 0', 'GROUP "H" BACKUP 0'];
        expect(texts(notifier().standing(routers, groups))).toEqual(expected);
        expect([notifier().repeatsStates, notifier({ repeatsStates: false }).repeatsStates]).toEqual([true, false]);
    });
});
