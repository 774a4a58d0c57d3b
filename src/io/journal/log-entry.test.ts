import { describe, expect, it } from "vitest";
import { logFilePath } from "./file-sink.ts";
import { consoleText, fileText, type LogEntry, syslogText } from "./log-entry.ts";

const entry: LogEntry = {
    time: new Date(2026, 10, 1, 7, 8, 9, 45),
    ident: "Keepalived_vrrp",
    pid: 4711,
    line: { level: "warning", text: "(VI_1) odd\nname" },
};

describe("a log line", () => {
    it("has the form of each sink, and stays one line", () => {
        expect(syslogText(entry, 3)).toBe("<28>Nov  1 07:08:09 Keepalived_vrrp[4711]: (VI_1) odd name");
        expect(consoleText(entry)).toBe("Sun Nov  1 07:08:09 2026: (VI_1) odd name\n");
        expect(fileText(entry)).toBe("Sun Nov  1 07:08:09.045000000 2026: (VI_1) odd name\n");
    });

    it.each([
        ["/tmp/keepalived.log", "Keepalived", "/tmp/keepalived.log"],
        ["/tmp/keepalived.log", "Keepalived_vrrp", "/tmp/keepalived_vrrp.log"],
        ["/var/log/k", "Keepalived_vrrp_blue", "/var/log/k_vrrp"],
        ["/k.log", "Keepalived_bfd", "/k_bfd.log"],
        ["k.log", "Keepalived_bfd", "k_bfd.log"],
    ])("of a log file %s by %s goes to %s", (path, ident, expected) => {
        expect(logFilePath(path, ident)).toBe(expected);
    });
});
