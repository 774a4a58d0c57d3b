import { expect, it } from "vitest";
import { seconds } from "../../base/instant.ts";
import { root } from "../blocks/root.ts";
import { readForTest } from "../test-reader.ts";
import { completeConfiguration } from "./complete.ts";
import type { CompletedAnnouncements } from "./completed-router.ts";

function announcements(globals: string, instance: string): CompletedAnnouncements | undefined {
    const text = `global_defs {\n${globals}\n}\nvrrp_instance VI {\nvirtual_router_id 51\ninterface eth0\n${instance}\nvirtual_ipaddress {\n10.0.0.9\n}\n}`;
    return completeConfiguration(readForTest(root, text).value, () => {}).routers[0]?.announcements;
}

it("extra announcements are the instance's, else the global ones, and zero is none", () => {
    expect(announcements("vrrp_garp_extra_if all 30", "")?.extra).toEqual({ interval: seconds(30), isForAll: true });
    expect(announcements("vrrp_garp_extra_if all 30", "garp_extra_if 2.5")?.extra).toEqual({ interval: seconds(2.5), isForAll: false });
    expect(announcements("vrrp_garp_extra_if all 30", "garp_extra_if 0")).not.toHaveProperty("extra");
    expect(announcements("", "")).not.toHaveProperty("extra");
});

it.each([
    ["vrrp_garp_master_repeat 2", "garp_master_repeat 3", { masterRepeat: 2 }, { masterRepeat: 3 }],
    ["vrrp_garp_master_delay 2", "garp_master_delay 3", { masterDelay: seconds(2) }, { masterDelay: seconds(3) }],
    ["vrrp_garp_master_refresh 2", "garp_master_refresh 3", { refresh: seconds(2) }, { refresh: seconds(3) }],
    ["vrrp_garp_master_refresh_repeat 2", "garp_master_refresh_repeat 3", { refreshRepeat: 2 }, { refreshRepeat: 3 }],
    ["vrrp_garp_lower_prio_repeat 2", "garp_lower_prio_repeat 3", { lowerPriorityRepeat: 2 }, { lowerPriorityRepeat: 3 }],
    ["vrrp_garp_lower_prio_delay 2", "garp_lower_prio_delay 3", { lowerPriorityDelay: seconds(2) }, { lowerPriorityDelay: seconds(3) }],
    ["vrrp_min_garp", "garp_master_repeat 3", { masterRepeat: 1, masterDelay: seconds(0) }, { masterRepeat: 3, masterDelay: seconds(0) }],
])("%s holds where an instance does not say %s", (globals, instance, global, own) => {
    expect(announcements(globals, "")).toMatchObject(global);
    expect(announcements(globals, instance)).toMatchObject(own);
});
