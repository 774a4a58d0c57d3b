import type { OptionSpec } from "./getopt.ts";

/** One option of the daemon: how it is given, and what `--help` says of it. */
export interface DaemonOption extends OptionSpec {
    /** What stands for the argument in the help text. */
    readonly placeholder?: string;
    readonly help: string;
    /** Accepted, but of no effect in this version; said once at the start. */
    readonly isIdle?: true;
}

/** Every option of Keepalived's daemon, those of its optional builds among them, in the order of `--help`. */
export const DAEMON_OPTIONS = [
    {
        short: "f",
        long: "use-file",
        argument: "required",
        placeholder: "FILE",
        help: "Configuration file (default /etc/keepalived/keepalived.conf)",
    },
    { short: "P", long: "vrrp", argument: "none", help: "Run the VRRP part only" },
    { short: "C", long: "check", argument: "none", help: "Run the health checkers only" },
    { short: "B", long: "no_bfd", argument: "none", help: "Do not run BFD" },
    { long: "all", argument: "none", help: "Start every process, even one without configuration" },
    { short: "l", long: "log-console", argument: "none", help: "Log to standard error as well (with -n)" },
    { short: "D", long: "log-detail", argument: "none", help: "Log in detail; twice for more" },
    {
        short: "S",
        long: "log-facility",
        argument: "required",
        placeholder: "FACILITY",
        help: "Syslog facility: 0-7, local0-local7, user or daemon (default)",
    },
    { short: "g", long: "log-file", argument: "optional", placeholder: "FILE", help: "Log to FILE (default /tmp/keepalived.log)" },
    { long: "flush-log-file", argument: "none", help: "Write each line to the log file at once (always so)" },
    { short: "G", long: "no-syslog", argument: "none", help: "Do not log to syslog" },
    { short: "u", long: "umask", argument: "required", placeholder: "MASK", help: "File creation mask, as a number" },
    { short: "X", long: "release-vips", argument: "none", help: "Take addresses down when a reload ends a MASTER", isIdle: true },
    { short: "V", long: "dont-release-vrrp", argument: "none", help: "Leave addresses up when stopping" },
    { short: "I", long: "dont-release-ipvs", argument: "none", help: "Leave IPVS as it is when stopping" },
    { short: "R", long: "dont-respawn", argument: "none", help: "Stop when a child process dies, instead of restarting it" },
    { short: "n", long: "dont-fork", argument: "none", help: "Stay in the foreground" },
    { short: "d", long: "dump-conf", argument: "none", help: "Log the configuration as understood" },
    {
        short: "p",
        long: "pid",
        argument: "required",
        placeholder: "FILE",
        help: "Pid file of the daemon (default /run/keepalived.pid)",
    },
    {
        short: "r",
        long: "vrrp_pid",
        argument: "required",
        placeholder: "FILE",
        help: "Pid file of the VRRP process (default /run/keepalived_vrrp.pid)",
    },
    { short: "c", long: "checkers_pid", argument: "required", placeholder: "FILE", help: "Pid file of the checker process" },
    { short: "b", long: "bfd_pid", argument: "required", placeholder: "FILE", help: "Pid file of the BFD process" },
    { short: "a", long: "address-monitoring", argument: "none", help: "Log each address that is added or removed" },
    { short: "x", long: "snmp", argument: "none", help: "Enable SNMP", isIdle: true },
    { short: "A", long: "snmp-agent-socket", argument: "required", placeholder: "SOCKET", help: "AgentX socket", isIdle: true },
    { short: "s", long: "namespace", argument: "required", placeholder: "NAME", help: "Run in this network namespace" },
    { short: "m", long: "core-dump", argument: "none", help: "Allow core files" },
    {
        short: "M",
        long: "core-dump-pattern",
        argument: "optional",
        placeholder: "PATTERN",
        help: "Allow core files (the system's pattern is left alone)",
        isIdle: true,
    },
    { short: "e", long: "all-config", argument: "none", help: "Complain about every file that an include does not find", isIdle: true },
    {
        short: "i",
        long: "config-id",
        argument: "required",
        placeholder: "NAME",
        help: "Value for lines that begin with @NAME (default the host's name)",
    },
    {
        long: "signum",
        argument: "required",
        placeholder: "NAME",
        help: "Print the number of a signal: STOP, RELOAD, DATA, STATS, STATS_CLEAR, JSON",
    },
    {
        short: "t",
        long: "config-test",
        argument: "optional",
        placeholder: "FILE",
        help: "Check the configuration and exit; complaints go to FILE or standard error",
    },
    { long: "config-fd", argument: "required", placeholder: "FD", help: "Of no use here", isIdle: true },
    { long: "ignore-sigint", argument: "none", help: "Do not stop at ^C" },
    { long: "perf", argument: "optional", placeholder: "WHEN", help: "Of no use here", isIdle: true },
    { long: "debug", argument: "optional", placeholder: "OPTIONS", help: "Of no use here", isIdle: true },
    { long: "no-mem-check", argument: "none", help: "Of no use here", isIdle: true },
    { short: "L", long: "mem-check-log", argument: "none", help: "Of no use here", isIdle: true },
    { short: "O", long: "mem-err-debug", argument: "none", help: "Of no use here", isIdle: true },
    { short: "T", long: "genhash", argument: "none", help: "Act as genhash" },
    { short: "v", long: "version", argument: "none", help: "Say which version this is" },
    { short: "h", long: "help", argument: "none", help: "Say this" },
] as const satisfies readonly DaemonOption[];

/** The long name of one of the daemon's options. */
export type DaemonOptionName = (typeof DAEMON_OPTIONS)[number]["long"];

/** The text of `--help`. */
export function usageText(program: string): string {
    const lines = DAEMON_OPTIONS.map((option: DaemonOption) => {
        const short = option.short === undefined ? "    " : `-${option.short}, `;
        const argument = option.placeholder === undefined ? "" : `=${option.placeholder}`;
        const long = `--${option.long}${option.argument === "optional" ? `[${argument}]` : argument}`;
        return `  ${short}${long.padEnd(28)} ${option.help}`;
    });
    return `Usage: ${program} [OPTION...]\n${lines.join("\n")}\n`;
}
