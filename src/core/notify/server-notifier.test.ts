import { beforeEach, describe, expect, it } from "vitest";
import { realServer, virtualServer } from "../balance/test-bench.ts";
import { NO_TIME } from "../base/instant.ts";
import type { Notice } from "./notice.ts";
import { ServerNotifier } from "./server-notifier.ts";

const SERVICE = "[10.0.0.1]:tcp:80";
const SERVER = "[10.0.0.2]:tcp:80";
const PLACE = { service: SERVICE, server: SERVER };
const SETTINGS = { hasPipes: true, mailsEachCheck: true, routerId: "lab" };
const script = (name: string) => ({ path: `/${name}`, words: [`/${name}`] });
const lines = (notices: readonly Notice[]) => notices.map((notice) => (notice.type === "line" ? notice.text : notice.type));

const told = virtualServer({
    quorumUp: script("quorum-up"),
    quorumDown: script("quorum-down"),
    mailsQuorum: true,
    isOmega: true,
    realServers: [realServer("10.0.0.2", { notifyUp: script("up"), notifyDown: script("down"), mails: true })],
});
const checked = { type: "check", ...PLACE, kind: "tcp", reason: "", latency: NO_TIME, retries: 0, isChange: true } as const;
const quorum = { type: "quorum", service: SERVICE, key: told.key, quorum: 3, hysteresis: 1, isStart: false } as const;

let notifier: ServerNotifier;

beforeEach(() => {
    notifier = new ServerNotifier();
    notifier.configure(SETTINGS, [told]);
});

describe("of a real server is told", () => {
    it("that it went down and came up, by its script and then by the pipes", () => {
        expect(notifier.notices({ type: "server-state", ...PLACE, isUp: false, inhibits: false })).toEqual([
            {
                type: "script",
                subject: `RS ${SERVER} ${SERVICE}`,
                occasion: `notify_down of ${SERVER} of ${SERVICE}`,
                command: script("down"),
            },
            { type: "line", origin: "lvs", text: `RS ${SERVER} ${SERVICE} DOWN` },
        ]);
        expect(notifier.notices({ type: "server-state", ...PLACE, isUp: true, inhibits: false })).toMatchObject([
            { command: script("up") },
            { text: `RS ${SERVER} ${SERVICE} UP` },
        ]);
    });

    it("how it stands at first, where that is asked for", () => {
        expect(lines(notifier.notices({ type: "server-started", ...PLACE, isUp: true }))).toEqual(["script", `RS ${SERVER} ${SERVICE} UP`]);
    });

    it("that a reload removed it, if it was up, though it is not in the settings any more", () => {
        notifier.configure(SETTINGS, []);
        expect(lines(notifier.notices({ type: "server-removed", ...PLACE, wasUp: true }))).toEqual([
            "script",
            `RS ${SERVER} ${SERVICE} DOWN`,
        ]);
        expect(notifier.notices({ type: "server-removed", ...PLACE, wasUp: false })).toEqual([]);
        notifier.configure(SETTINGS, []);
        expect(notifier.notices({ type: "server-removed", ...PLACE, wasUp: true })).toEqual([]);
    });

    it("by mail what a checker found", () => {
        expect(notifier.notices({ ...checked, outcome: "failure" })).toEqual([
            {
                type: "mail",
                subject: `[lab] Realserver ${SERVER} of virtual server ${SERVICE} - DOWN`,
                body: "=> TCP CHECK failed on service <=",
            },
        ]);
        expect(notifier.notices({ ...checked, outcome: "success", isChange: false })).toEqual([]);
    });

    it("by mail only that it changed itself, with no_checker_emails", () => {
        notifier.configure({ ...SETTINGS, mailsEachCheck: false, hasPipes: false }, [told]);
        expect(notifier.notices({ ...checked, outcome: "success" })).toEqual([]);
        expect(notifier.notices({ type: "server-state", ...PLACE, isUp: true, inhibits: false })).toMatchObject([
            { type: "script" },
            { type: "mail", body: "=> TCP CHECK succeed on service <=" },
        ]);
    });
});

describe("of a virtual server is told", () => {
    it("that it gained and lost its quorum, by script, pipes and mail", () => {
        expect(notifier.notices({ ...quorum, isUp: true, weight: 4 })).toEqual([
            { type: "script", subject: `VS ${SERVICE}`, occasion: `quorum_up of ${SERVICE}`, command: script("quorum-up") },
            { type: "line", origin: "lvs", text: `VS ${SERVICE} UP` },
            { type: "mail", subject: `[lab] Virtualserver ${SERVICE} - UP`, body: "=> 3+1=4 <= 4 <=" },
        ]);
        expect(notifier.notices({ ...quorum, isUp: false, weight: 1 })).toMatchObject([
            { command: script("quorum-down") },
            { text: `VS ${SERVICE} DOWN` },
            { body: "=> 3-1=2 > 1 <=" },
        ]);
    });
});

describe("of virtual servers of one name is told", () => {
    const group = (protocol: string) =>
        virtualServer({
            key: `[web]:0 ${protocol}`,
            name: "[web]:0",
            quorumUp: script(`quorum-${protocol}`),
            isOmega: protocol === "tcp",
            realServers: [
                realServer("10.0.0.2", { name: `[10.0.0.2]:${protocol}:80`, notifyUp: script(protocol), notifyDown: script(protocol) }),
            ],
        });

    it.each(["tcp", "udp"])("what is %s's", (protocol) => {
        notifier.configure(SETTINGS, [group("tcp"), group("udp")]);
        const [service, key, server] = ["[web]:0", `[web]:0 ${protocol}`, `[10.0.0.2]:${protocol}:80`];
        expect(notifier.notices({ type: "server-state", service, server, isUp: true, inhibits: false })[0]).toMatchObject({
            command: script(protocol),
        });
        expect(notifier.notices({ ...quorum, service, key, isUp: true, weight: 4 })[0]).toMatchObject({
            command: script(`quorum-${protocol}`),
        });
        expect(notifier.notices({ type: "server-stopped", service, server, wasUp: true })).toHaveLength(protocol === "tcp" ? 2 : 0);
    });
});

describe("webhooks", () => {
    it("are called with the real server's or the quorum's change", () => {
        const urls = ["http://hooks.test/"];
        const hooked = { ...told, webhooks: urls, realServers: told.realServers.map((server) => ({ ...server, webhooks: urls })) };
        notifier.configure({ ...SETTINGS, hasPipes: false, mailsEachCheck: false }, [hooked]);
        const calls = (notices: ReturnType<typeof notifier.notices>) => notices.filter(({ type }) => type === "webhook");
        expect(calls(notifier.notices({ type: "server-state", ...PLACE, isUp: false, inhibits: false }))).toEqual([
            {
                type: "webhook",
                urls,
                event: { event: "server-state", router_id: "lab", real_server: SERVER, virtual_server: SERVICE, state: "DOWN" },
            },
        ]);
        expect(calls(notifier.notices({ ...quorum, isUp: true, weight: 4 }))).toMatchObject([
            { urls, event: { event: "quorum", virtual_server: SERVICE, state: "UP" } },
        ]);
    });
});

describe("at the end is told", () => {
    const stopped = { type: "server-stopped", ...PLACE, wasUp: true } as const;
    const over = { type: "service-stopped", service: SERVICE, key: told.key, hadQuorum: true } as const;

    it("with omega, that what was up is down", () => {
        expect(lines(notifier.notices(stopped))).toEqual(["script", `RS ${SERVER} ${SERVICE} DOWN`]);
        expect(lines(notifier.notices(over))).toEqual(["script", `VS ${SERVICE} DOWN`, "mail"]);
        expect(notifier.notices({ ...stopped, wasUp: false })).toEqual([]);
        expect(notifier.notices({ ...over, hadQuorum: false })).toEqual([]);
    });

    it("nothing without it", () => {
        notifier.configure(SETTINGS, [{ ...told, isOmega: false }]);
        expect(notifier.notices(stopped)).toEqual([]);
        expect(notifier.notices(over)).toEqual([]);
    });
});

it("says nothing when nobody wants to know", () => {
    notifier.configure(undefined, [told]);
    notifier.configure(undefined, [told]);
    expect(notifier.notices({ type: "server-state", ...PLACE, isUp: true, inhibits: false })).toEqual([]);
    expect(notifier.notices({ ...quorum, isUp: true, weight: 4 })).toEqual([]);
});
