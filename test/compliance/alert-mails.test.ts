import { type AddressInfo, createServer, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { RunnerProcess } from "../../src/app/runner/runner-process.ts";
import { seconds } from "../../src/core/base/instant.ts";
import type { MailSettings } from "../../src/core/supervise/runner-settings.ts";
import { startHeardRunner } from "./heard-runner.ts";
import { MailSink, type SinkAnswers } from "./mail-sink.ts";
import { until } from "./own-namespace.ts";

const NOTICE = {
    type: "mail",
    subject: "[lb1] VRRP Instance VI_1 - Entering MASTER state",
    body: "=> VRRP Instance VI_1: Entering MASTER state <=",
} as const;

/** Given a runner with a relay, when notices are to be mailed, then the relay gets each once, also one that was away. */
describe("alert mails", () => {
    let runner: RunnerProcess;
    let sink: MailSink;
    const log: string[] = [];
    const done: number[] = [];

    beforeEach(() => {
        runner = startHeardRunner({ log, done });
    });

    afterEach(async () => {
        await new Promise<void>((resolve) => runner.stop(resolve));
        await sink.close();
    });

    function configure(port: number): void {
        const mail: MailSettings = {
            host: "127.0.0.1",
            port,
            heloName: "lb1.example",
            from: "keepalived@lb1.example",
            recipients: ["ops@example.net", "Night Watch <night@example.net>"],
            connectTimeout: seconds(2),
            encryption: "opportunistic",
        };
        runner.configure({ scripts: [], pipes: [], scheduling: {}, mail }, []);
    }

    async function open(answers: SinkAnswers = {}, port = 0): Promise<number> {
        sink = new MailSink(answers);
        return await sink.listen(port);
    }

    it("reach all recipients through a relay that knows only HELO", async () => {
        configure(await open({ EHLO: "502 what?" }));
        runner.tell(7, NOTICE);
        await until(() => done.length > 0);
        expect(done).toEqual([7]);
        expect(sink.commands).toEqual(expect.arrayContaining(["HELO lb1.example", "MAIL FROM:<keepalived@lb1.example>"]));
        expect(sink.commands.filter((line) => line.startsWith("RCPT"))).toEqual([
            "RCPT TO:<ops@example.net>",
            "RCPT TO:<night@example.net>",
        ]);
        expect(sink.mails).toHaveLength(1);
        expect(sink.mails[0]).toContain(`Subject: ${NOTICE.subject}`);
        expect(sink.mails[0]?.trimEnd().endsWith(NOTICE.body)).toBe(true);
    });

    it("are given up when the relay refuses them for good", async () => {
        configure(await open({ MAIL: "550 not from here" }));
        runner.tell(8, NOTICE);
        await until(() => done.length > 0);
        expect(log[0]).toContain(`Alert mail "${NOTICE.subject}" is not sent:`);
        expect(log[0]).toContain("550 not from here");
    });

    it("wait for a relay that is away or busy, and lose nothing", async () => {
        const port = await open({ MAIL: "451 later" });
        configure(port);
        runner.tell(1, NOTICE);
        runner.tell(2, { ...NOTICE, subject: "second" });
        await until(() => log.some((line) => line.includes("451 later")));
        await sink.close();
        expect(done).toEqual([]);
        await open({}, port);
        await until(() => done.length === 2, 20_000);
        expect(done).toEqual([1, 2]);
        expect(sink.mails[1]).toContain("Subject: second");
    });

    // Given a relay that takes connections and says nothing. When the daemon stops, and the mail's time is over. Then somebody reads that it was lost.
    it("that are on their way at the very end are counted in the log", async () => {
        const callers: Socket[] = [];
        const relay = createServer((socket) => callers.push(socket));
        await new Promise<void>((resolve) => relay.listen(0, "127.0.0.1", resolve));
        const { port } = relay.address() as AddressInfo;
        configure(port);
        runner.tell(9, NOTICE);
        await until(() => callers.length > 0);
        vi.useFakeTimers({ toFake: ["Date", "setInterval", "clearInterval"] });
        try {
            const stopped = new Promise<void>((resolve) => runner.stop(resolve));
            vi.advanceTimersByTime(21_000);
            await stopped;
        } finally {
            vi.useRealTimers();
        }
        expect(log).toContain("Alert mails that did not come to their end before the daemon had to leave: 1");
        for (const socket of callers) {
            socket.destroy();
        }
        relay.close();
        // What each test ends with.
        runner = startHeardRunner({ log, done });
        await open();
    });
});
