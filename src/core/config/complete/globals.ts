import { type Duration, seconds } from "../../base/instant.ts";
import type { IpAddress } from "../../base/ip.ts";
import type { globalDefs } from "../blocks/global-defs.ts";
import type { Position } from "../position.ts";
import type { BlockValue } from "../schema.ts";
import { extraAnnouncements } from "./announcements.ts";
import type { CompletedAnnouncements } from "./completed-router.ts";

/** `global_defs` as it was written. */
export type Globals = BlockValue<typeof globalDefs>;

/** What virtual routers take from `global_defs` where they say nothing themselves. */
export interface CompletedGlobals {
    readonly version: 2 | 3;
    readonly strict: boolean;
    /** Where strict mode was switched on. */
    readonly strictAt: Position | undefined;
    readonly group4: IpAddress;
    readonly group6: IpAddress;
    readonly downTimerAdverts: number;
    readonly startupDelay: Duration;
    readonly delayAfterBoot: Duration;
    readonly syncDaemon: Globals["lvs_sync_daemon"];
    readonly lowerPriorityNoAdvert: boolean;
    readonly higherPrioritySendAdvert: boolean;
    readonly ownerIgnoresAdverts: boolean;
    readonly checksAddressesOnce: boolean;
    readonly checksUnicastSource: boolean;
    readonly version3ChecksumAsVersion2: boolean;
    readonly announcements: CompletedAnnouncements;
    /** `vrrp_rx_bufs_policy` and `_multiplier`; a number is a number of bytes. */
    readonly receiveBuffer: { readonly policy: "MTU" | "ADVERT" | number | undefined; readonly multiplier: number };
}

const GROUP_4: IpAddress = { family: 4, bytes: Uint8Array.of(224, 0, 0, 18) };
const GROUP_6: IpAddress = { family: 6, bytes: Uint8Array.of(0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x12) };

/** The defaults of virtual routers: what `global_defs` says, else what Keepalived does. */
export function completeGlobals(globals: Globals | undefined): CompletedGlobals {
    return {
        version: globals?.vrrp_version === 3 ? 3 : 2,
        strict: globals?.vrrp_strict ?? false,
        strictAt: globals?.positions.vrrp_strict,
        group4: globals?.vrrp_mcast_group4 ?? GROUP_4,
        group6: globals?.vrrp_mcast_group6 ?? GROUP_6,
        downTimerAdverts: globals?.vrrp_down_timer_adverts ?? 3,
        startupDelay: globals?.vrrp_startup_delay ?? seconds(0),
        delayAfterBoot: globals?.vrrp_delay_after_boot ?? seconds(0),
        syncDaemon: globals?.lvs_sync_daemon,
        lowerPriorityNoAdvert: globals?.vrrp_lower_prio_no_advert ?? false,
        higherPrioritySendAdvert: globals?.vrrp_higher_prio_send_advert ?? false,
        ownerIgnoresAdverts: globals?.vrrp_owner_ignore_adverts ?? false,
        checksAddressesOnce: globals?.vrrp_skip_check_adv_addr ?? false,
        checksUnicastSource: globals?.vrrp_check_unicast_src ?? false,
        version3ChecksumAsVersion2: globals?.v3_checksum_as_v2 ?? false,
        announcements: completeGlobalAnnouncements(globals),
        receiveBuffer: { policy: receiveBufferPolicy(globals?.vrrp_rx_bufs_policy), multiplier: globals?.vrrp_rx_bufs_multiplier ?? 3 },
    };
}

function receiveBufferPolicy(written: string | undefined): "MTU" | "ADVERT" | number | undefined {
    return written === undefined || written === "MTU" || written === "ADVERT" ? written : Number(written);
}

/** `vrrp_min_garp` takes the place of each figure that is not written; the lower-priority ones follow those for a new master. */
function completeGlobalAnnouncements(globals: Globals | undefined): CompletedAnnouncements {
    const isLeast = globals?.vrrp_min_garp ?? false;
    const masterRepeat = globals?.vrrp_garp_master_repeat ?? (isLeast ? 1 : 5);
    const masterDelay = globals?.vrrp_garp_master_delay ?? seconds(isLeast ? 0 : 5);
    return {
        masterRepeat,
        masterDelay,
        refresh: globals?.vrrp_garp_master_refresh ?? seconds(0),
        refreshRepeat: globals?.vrrp_garp_master_refresh_repeat ?? 1,
        lowerPriorityRepeat: globals?.vrrp_garp_lower_prio_repeat ?? masterRepeat,
        lowerPriorityDelay: globals?.vrrp_garp_lower_prio_delay ?? masterDelay,
        ...extraAnnouncements(globals?.vrrp_garp_extra_if),
    };
}
