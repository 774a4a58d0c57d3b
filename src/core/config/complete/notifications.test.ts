import { describe, expect, it } from "vitest";
import { root } from "../blocks/root.ts";
import type { ScriptJudge } from "../script-judge.ts";
import { readForTest } from "../test-reader.ts";
import { type CompletedConfiguration, completeConfiguration } from "./complete.ts";

/** A machine on which everything is fine but `/bad` (insecure) and `/gone`, and everybody is number 7. */
const JUDGE: ScriptJudge = {
    judge: ({ words, user, isSecured }) => {
        const [path = ""] = words;
        const refused = path === "/gone" || (path === "/bad" && isSecured);
        return {
            ...(!refused && { command: { path, words, ...(user !== undefined && { user: { uid: 7, gid: 7, groups: [] } }) } }),
            complaints: refused ? [{ code: "script-not-found", errorClass: "general", message: `no ${path}` }] : [],
            isInsecure: path === "/bad",
        };
    },
    owner: (user) => (user === "nobody-knows" ? "there is no user nobody-knows" : { uid: 7, gid: 7 }),
};

const INSTANCE = ["vrrp_instance V {", "virtual_router_id 1", "interface eth0", "virtual_ipaddress { ", "192.0.2.1", "}"];

function complete(globals: readonly string[], instance: readonly string[] = [], more: readonly string[] = []) {
    const codes: string[] = [];
    const messages: string[] = [];
    const text = ["global_defs {", ...globals, "}", ...more, ...INSTANCE, ...instance, "}"].join("\n");
    const completed: CompletedConfiguration = completeConfiguration(
        readForTest(root, text).value,
        (_at, { code, message, errorClass }) => {
            if (errorClass !== "note") {
                codes.push(code);
                messages.push(message);
            }
        },
        undefined,
        { judge: JUDGE },
    );
    return { ...completed, codes, messages, subject: completed.notifications.vrrp?.routers[0] };
}

describe("who is told of virtual routers", () => {
    it("nobody, when nothing is configured", () => {
        const { notifications, trackScripts, codes } = complete([]);
        expect(notifications).toEqual({ pipes: [] });
        expect(trackScripts).toEqual([]);
        expect(codes).toEqual([]);
    });

    it("its scripts, with their arguments in quotes and their users", () => {
        const { subject } = complete(
            ["script_user web", "enable_script_security"],
            ["notify_master \"/m 'a b' c\"", "notify /n root", "notify_deleted"],
        );
        const user = { uid: 7, gid: 7, groups: [] };
        expect(subject?.scripts).toEqual({
            master: { path: "/m", words: ["/m", "a b", "c"], user },
            every: { path: "/n", words: ["/n"], user },
        });
        expect(subject?.tellsDeletion).toBe(true);
    });

    it.each<[string, readonly string[], boolean]>([
        ["the instance's own word comes first", ["smtp_alert off"], false],
        ["then that for virtual routers", [], true],
    ])("mails: %s", (_name, instance, isMailed) => {
        const relay = ["smtp_server 192.0.2.9", "notification_email {", "ops@example.net", "}", "smtp_alert off", "smtp_alert_vrrp on"];
        const globals = [...relay, `vrrp_notify_fifo /run/v`];
        expect(complete(globals, instance).subject?.mails).toBe(isMailed);
        expect(complete(globals.slice(1), instance).subject?.mails).toBe(false);
    });

    it("priority changes: instance, then group, then everybody", () => {
        const globals = ["notify_fifo /run/f", "vrrp_notify_priority_changes on"];
        const group = ["vrrp_sync_group G {", "group {", "V", "}", "notify_priority_changes off", "}"];
        expect(complete(globals).subject?.tellsPriority).toBe(true);
        expect(complete(globals, [], group).subject?.tellsPriority).toBe(false);
        expect(complete(globals, ["notify_priority_changes on"], group).subject?.tellsPriority).toBe(true);
    });

    it("named pipes: those of one path are one, with the owner and the reader of the first", () => {
        const { notifications, codes } = complete([
            "enable_script_security",
            "notify_fifo /run/f web",
            "notify_fifo_script /r",
            "vrrp_notify_fifo /run/f",
            "lvs_notify_fifo /run/l nobody-knows",
        ]);
        expect(notifications.pipes).toEqual([
            { path: "/run/f", origins: ["vrrp", "lvs"], owner: { uid: 7, gid: 7 }, reader: { path: "/r", words: ["/r"] } },
            { path: "/run/l", origins: ["lvs"] },
        ]);
        expect(codes).toEqual(["pipe-owner-unknown"]);
    });
});

describe("script security", () => {
    it("is missed when scripts run without it, and insecure ones are mentioned", () => {
        expect(complete([], ["notify /n"]).messages).toEqual([
            "SECURITY VIOLATION - scripts are being executed but script_security not enabled.",
        ]);
        expect(complete([], ["notify /bad"]).messages[0]).toContain("There are insecure scripts.");
        expect(complete(["enable_script_security"], ["notify /n"]).messages).toEqual([]);
    });

    it("leaves out what must not be run, once for all who name it", () => {
        const { subject, messages } = complete(["enable_script_security"], ["notify /bad", "notify_master /bad", "notify_fault /gone"]);
        expect(subject).toBeUndefined();
        expect(messages).toEqual(["(V) notify_master: no /bad", "(V) notify_fault: no /gone"]);
    });

    it("leaves out a track script that must not be run, and those who track it go without", () => {
        const scripts = ["vrrp_script s {", "script /gone", "}"];
        const { routers, trackScripts, codes } = complete(["enable_script_security"], ["track_script {", "s", "}"], scripts);
        expect(trackScripts).toEqual([]);
        expect(routers[0]?.trackers).toBeUndefined();
        expect(codes).toEqual(["script-not-found", "tracker-refused"]);
    });
});

describe("track scripts", () => {
    const script = (...lines: readonly string[]) => ["vrrp_script s {", "script /s", ...lines, "}"];

    it("run only when somebody tracks them", () => {
        expect(complete([], [], script()).trackScripts).toEqual([]);
    });

    it("have an interval of a second, and a timeout as long as their interval", () => {
        const track = ["track_script {", "s", "}"];
        expect(complete([], track, script()).trackScripts).toEqual([
            { name: "s", command: { path: "/s", words: ["/s"] }, interval: 1e6, timeout: 1e6, rise: 1, fall: 1, startsFailed: false },
        ]);
        const changed = complete([], track, script("interval 2.5", "rise 2", "fall 3", "init_fail", "user web")).trackScripts[0];
        expect(changed).toMatchObject({
            interval: 2.5e6,
            timeout: 2.5e6,
            rise: 2,
            fall: 3,
            startsFailed: true,
            command: { user: { uid: 7 } },
        });
        expect(complete([], track, script("interval 5", "timeout 2")).trackScripts[0]?.timeout).toBe(2e6);
    });
});
