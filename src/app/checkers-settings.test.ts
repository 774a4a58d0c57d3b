import { expect, it } from "vitest";
import { root } from "../core/config/blocks/root.ts";
import { completeConfiguration } from "../core/config/complete/complete.ts";
import { readForTest } from "../core/config/test-reader.ts";
import type { CheckersProcessSettings } from "../core/supervise/process-settings.ts";
import { checkersProcessSettings } from "./checkers-settings.ts";
import { readCommandLine } from "./command-line.ts";

const SERVICE = ["virtual_server 10.0.0.1 80 {", "protocol TCP", "real_server 10.0.0.2 80 {", "weight 1", "}", "}"];

function settings(globals: readonly string[] = [], others: readonly string[] = [], words: readonly string[] = []): CheckersProcessSettings {
    const { value } = readForTest(root, ["global_defs {", ...globals, "}", ...others, ...SERVICE].join("\n"));
    const options = readCommandLine(words);
    if (!options.ok) {
        throw new Error(options.error);
    }
    const completed = completeConfiguration(value, () => {});
    return checkersProcessSettings(value, completed, options.value);
}

it("nothing is emptied, timed or told unless it is written", () => {
    const { balancer, dataPlane, notify } = settings();
    expect(balancer).toMatchObject({ flushesAtStart: false, atStop: "remove", tellsFirstStates: false, daemons: [] });
    expect(balancer).not.toHaveProperty("timeouts");
    expect(dataPlane).toEqual({ choice: "auto", table: "holdfast_lvs" });
    expect(notify).toBeUndefined();
});

it("the table is emptied at the start and at the end, kept, and timed where that is written", () => {
    expect(settings(["lvs_flush", "rs_init_notifies"]).balancer).toMatchObject({ flushesAtStart: true, tellsFirstStates: true });
    expect(settings(["lvs_flush_on_stop"]).balancer.atStop).toBe("flush");
    // Only its own: that is what happens anyway.
    expect(settings(["lvs_flush_on_stop VS"]).balancer.atStop).toBe("remove");
    expect(settings(["lvs_flush_on_stop"], [], ["-I"]).balancer.atStop).toBe("keep");
    expect(settings(["lvs_timeouts tcp 1000 tcpfin 100 udp 200"]).balancer.timeouts).toEqual({ tcp: 1_000, tcpFin: 100, udp: 200 });
    expect(settings(["lvs_timeouts udp 5"]).balancer.timeouts).toEqual({ udp: 5 });
});

it("the data plane is the one that is written, and each instance has tables of its own", () => {
    expect(settings(["data_plane nftables"], ["instance one"]).dataPlane).toEqual({ choice: "nftables", table: "holdfast_lvs_one" });
    expect(settings(["data_plane ipvs"]).dataPlane.choice).toBe("ipvs");
});

it("groups are marked in a table that has Keepalived's name, priority and first mark, or those that are written", () => {
    expect(settings(["nftables_ipvs"]).dataPlane.groupMarks).toEqual({ table: "keepalived_ipvs", priority: -1, first: 1_000 });
    const written = ["nftables_ipvs own", "nftables_ipvs_priority 5", "nftables_ipvs_start_fwmark 7"];
    expect(settings(written).dataPlane.groupMarks).toEqual({ table: "own", priority: 5, first: 7 });
});

it("its netlink sockets have the buffers that are written", () => {
    expect(settings().netlinkBuffers).toEqual({});
    const written = ["lvs_netlink_cmd_rcv_bufs 4000", "lvs_netlink_monitor_rcv_bufs 5000", "lvs_netlink_monitor_rcv_bufs_force"];
    expect(settings(written).netlinkBuffers).toEqual({
        command: { bytes: 4_000, isForced: false },
        monitor: { bytes: 5_000, isForced: true },
    });
});

it("mails and pipes are told in the router's name, of each check unless that is unwanted", () => {
    const mail = ["router_id lab", "notification_email {", "a@b.test", "}", "smtp_server 10.0.0.5"];
    expect(settings(mail).notify).toEqual({ hasPipes: false, mailsEachCheck: true, routerId: "lab" });
    expect(settings([...mail, "no_checker_emails"]).notify).toMatchObject({ mailsEachCheck: false });
    expect(settings([...mail, "smtp_alert_checker false"]).notify).toBeUndefined();
    expect(settings(["lvs_notify_fifo /run/x"]).notify).toMatchObject({ hasPipes: true });
});
