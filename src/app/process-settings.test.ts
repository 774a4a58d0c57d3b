import { expect, it } from "vitest";
import { seconds } from "../core/base/instant.ts";
import { root } from "../core/config/blocks/root.ts";
import { completeConfiguration } from "../core/config/complete/complete.ts";
import { readForTest } from "../core/config/test-reader.ts";
import type { VrrpProcessSettings } from "../core/supervise/process-settings.ts";
import { pacingOf } from "./announcement-pacings.ts";
import { readCommandLine } from "./command-line.ts";
import { vrrpProcessSettings } from "./process-settings.ts";

function settings(...lines: readonly string[]): VrrpProcessSettings {
    const { value } = readForTest(root, lines.join("\n"));
    const options = readCommandLine([]);
    if (!options.ok) {
        throw new Error(options.error);
    }
    return vrrpProcessSettings(
        value,
        completeConfiguration(value, () => {}),
        options.value,
    );
}

const globals = (...lines: readonly string[]) => ["global_defs {", ...lines, "}"];
const instance = (...lines: readonly string[]) => [
    ...["vrrp_instance VI {", "interface eth0", "virtual_router_id 1", "virtual_ipaddress {", "10.0.0.9 dev eth7", "}"],
    ...["track_interface {", "eth8", "}", ...lines, "}"],
];

it("announcements keep the gaps of their garp_group, which its interfaces share, else the global ones, each interface by itself", () => {
    const { pacing } = settings(
        ...globals("vrrp_garp_interval 0.5", "vrrp_gna_interval 0.25"),
        ...["garp_group {", "garp_interval 2", "gna_interval 3", "interface eth1", "interfaces {", "eth2", "}", "}"],
        ...["garp_group {", "garp_interval 4", "interface eth3", "}"],
    );
    const first = { group: "garp_group 0", arpInterval: seconds(2), advertisementInterval: seconds(3) };
    expect(["eth1", "eth2"].map((name) => pacingOf(pacing, name))).toEqual([first, first]);
    expect(pacingOf(pacing, "eth3")).toEqual({ group: "garp_group 1", arpInterval: seconds(4), advertisementInterval: 0 });
    expect(pacingOf(pacing, "eth9")).toEqual({ group: "eth9", arpInterval: seconds(0.5), advertisementInterval: seconds(0.25) });
    expect(pacingOf(settings().pacing, "eth9")).toBeUndefined();
});

it("interfaces have to stay what they are, but for those that are made for virtual routers, and not with allow_if_changes", () => {
    expect(settings(...instance()).steadyLinks).toEqual(["eth0", "eth7", "eth8"]);
    expect(settings(...globals("dynamic_interfaces"), ...instance("use_vmac")).steadyLinks).toEqual(["eth0", "eth7", "eth8"]);
    expect(settings(...globals("dynamic_interfaces allow_if_changes"), ...instance()).steadyLinks).toEqual([]);
});

it("some keywords of global_defs are for the whole process", () => {
    expect(settings()).toMatchObject({ logsUnknownVrids: false, silencesLocalReports: false, detailedRouters: [] });
    const all = globals("log_unknown_vrids", "disable_local_igmp", "process_monitor_rcv_bufs 5000", "process_monitor_rcv_bufs_force");
    expect(settings(...all, ...instance("debug 1"))).toMatchObject({
        logsUnknownVrids: true,
        silencesLocalReports: true,
        detailedRouters: ["VI"],
        processMonitorBuffer: { bytes: 5_000, isForced: true },
    });
});
