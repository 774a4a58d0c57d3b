import { expect, it } from "vitest";
import { milliseconds, seconds } from "../core/base/instant.ts";
import { autoPriorityOf, netlinkBuffersOf } from "./every-process-settings.ts";

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
