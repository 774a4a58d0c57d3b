import { expect, it } from "vitest";
import { microseconds, milliseconds, seconds } from "../core/base/instant.ts";
import { root } from "../core/config/blocks/root.ts";
import { readForTest } from "../core/config/test-reader.ts";
import { readCommandLine } from "./command-line.ts";
import { autoPriorityOf, everyProcessSettings, netlinkBuffersOf } from "./every-process-settings.ts";

function settings(part: "vrrp" | "checker" | "bfd", ...globals: readonly string[]) {
    const options = readCommandLine([]);
    return options.ok
        ? everyProcessSettings(part, readForTest(root, `global_defs {\n${globals.join("\n")}\n}`).value, options.value)
        : undefined;
}

it.each(["vrrp", "checker", "bfd"] as const)("%s: what is written for a process is told to that one alone", (part) => {
    const lines = (whose: string) => [
        ...[`${whose}_priority -5`, `${whose}_rt_priority 7`, `${whose}_rlimit_rttime 9000`, `${whose}_cpu_affinity 0 2`],
        ...[`${whose}_no_swap`, `${whose}_process_name mine`],
    ];
    const scheduling = {
        ...{ niceness: -5, realtimePriority: 7, realtimeLimit: microseconds(9_000), processors: [0, 2] },
        locksMemory: true,
    };
    expect(settings(part, ...lines(part))).toMatchObject({ scheduling, processName: "mine" });
    const others = ["vrrp", "checker", "bfd"].filter((other) => other !== part);
    const untouched = settings(part, ...others.flatMap(lines));
    expect(untouched?.scheduling).toEqual({});
    expect(untouched).not.toHaveProperty("processName");
});

it("takes receive buffers of netlink sockets as written, each process its own, beyond the limit only when told", () => {
    const globals = { vrrp_netlink_cmd_rcv_bufs: 70_000, vrrp_netlink_monitor_rcv_bufs: 80_000, vrrp_netlink_monitor_rcv_bufs_force: true };
    expect(netlinkBuffersOf("vrrp", globals as never)).toEqual({
        command: { bytes: 70_000, isForced: false },
        monitor: { bytes: 80_000, isForced: true },
    });
    expect(netlinkBuffersOf("lvs", globals as never)).toEqual({});
    expect(netlinkBuffersOf("lvs", { lvs_netlink_cmd_rcv_bufs: 4_096, lvs_netlink_cmd_rcv_bufs_force: true } as never)).toEqual({
        command: { bytes: 4_096, isForced: true },
    });
});

it("lets a process raise itself only where that is asked for", () => {
    expect(autoPriorityOf({ max_auto_priority: "unlimited" } as never)).toEqual({ maximum: 99, delay: seconds(1) });
    const limited = { max_auto_priority: 5, min_auto_priority_delay: milliseconds(20) };
    expect(autoPriorityOf(limited as never)).toEqual({ maximum: 5, delay: milliseconds(20) });
    expect([undefined, { max_auto_priority: -1 }, { max_auto_priority: 0 }].map((globals) => autoPriorityOf(globals as never))).toEqual([
        undefined,
        undefined,
        undefined,
    ]);
});
