import { describe, expect, it } from "vitest";
import { type DaemonOptions, readCommandLine } from "./command-line.ts";
import { DAEMON_OPTIONS, usageText } from "./daemon-option-table.ts";

function read(...words: string[]): DaemonOptions {
    const result = readCommandLine(words);
    if (!result.ok) {
        throw new Error(result.error);
    }
    return result.value;
}

describe("the daemon's command line", () => {
    it("has Keepalived's defaults", () => {
        expect(read()).toEqual({
            action: { type: "run" },
            configurationFile: "/etc/keepalived/keepalived.conf",
            parts: { vrrp: true, checkers: true, bfd: true, evenUnconfigured: false },
            pidFiles: {},
            log: { syslog: true, console: false, facility: 3, detail: 0, configuration: false, addresses: false },
            staysInForeground: false,
            respawns: true,
            keepsAddressesAtStop: false,
            keepsServicesAtStop: false,
            allowsCoreFiles: false,
            ignoresInterrupt: false,
            remarks: [],
        });
    });

    it.each([
        ["-nld -p /run/keepalived.pid", { staysInForeground: true, pidFiles: { parent: "/run/keepalived.pid" } }],
        ["-P -f F -p P -r V", { configurationFile: "F", pidFiles: { parent: "P", vrrp: "V" }, parts: { vrrp: true, checkers: false } }],
        ["-f F --dont-fork --vrrp --log-detail --log-console", { log: { detail: 1, console: true }, staysInForeground: true }],
        ["--use-file=/a --pid=/b", { configurationFile: "/a", pidFiles: { parent: "/b" } }],
        ["--use-file /a --config-test", { configurationFile: "/a", action: { type: "test" } }],
        ["-t/tmp/log -f x", { action: { type: "test", file: "/tmp/log" }, configurationFile: "x" }],
        ["--config-test=/tmp/log", { action: { type: "test", file: "/tmp/log" } }],
        ["-C", { parts: { vrrp: false, checkers: true, bfd: true } }],
        ["-CP", { parts: { vrrp: true, checkers: true } }],
        ["-DDD", { log: { detail: 2 } }],
        ["-S local5", { log: { facility: 21 } }],
        ["-S 5", { log: { facility: 21 } }],
        ["-S user", { log: { facility: 1 } }],
        ["-u 022", { umask: 0o22 }],
        ["-u 0x12", { umask: 0o22 }],
        ["-g", { log: { file: "/tmp/keepalived.log" } }],
        ["-g/var/log/k", { log: { file: "/var/log/k" } }],
        ["--signum=JSON", { action: { type: "signal-number", name: "JSON" } }],
        ["-v", { action: { type: "version" } }],
        ["--help", { action: { type: "help" } }],
        ["--dont-rel -n", { keepsAddressesAtStop: true }, "ambiguous"],
        ["--dont-release-v", { keepsAddressesAtStop: true }],
        ["-I", { keepsServicesAtStop: true }],
    ])("understands %s", (line, expected, complaint = "") => {
        const result = readCommandLine(line.split(" "));
        expect(result.ok ? "" : result.error).toContain(complaint);
        if (result.ok) {
            expect(result.value).toMatchObject(expected);
        }
    });

    it.each([
        ["--nonsense", "unrecognized option '--nonsense'"],
        ["-nZ", "invalid option -- 'Z'"],
        ["-f", "option requires an argument -- 'f'"],
        ["--pid", "option '--pid' requires an argument"],
        ["--vrrp=1", "option '--vrrp' doesn't allow an argument"],
        ["-u 01777", "invalid umask '01777'"],
    ])("refuses %s", (line, complaint) => {
        expect(readCommandLine(line.split(" "))).toEqual({ ok: false, error: complaint });
    });

    it("goes on with words that mean nothing, an unknown facility and options of other builds, and says so", () => {
        expect(read("-S", "mail", "word", "--snmp", "--perf=all").remarks).toEqual([
            "Unexpected argument(s): word",
            "Option --snmp is accepted but has no effect in this version",
            "Option --perf is accepted but has no effect in this version",
            "Invalid log facility 'mail', using daemon instead",
        ]);
    });

    it("names every option once, and all of them in the help text", () => {
        const shorts = DAEMON_OPTIONS.flatMap((option) => ("short" in option ? [option.short] : []));
        expect(new Set(shorts).size).toBe(shorts.length);
        for (const { long } of DAEMON_OPTIONS) {
            expect(usageText("keepalived")).toContain(`--${long}`);
        }
    });
});
