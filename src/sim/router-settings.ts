import type { VirtualAddress } from "../core/address/virtual-address.ts";
import { centiseconds, NO_TIME } from "../core/base/instant.ts";
import { type IpAddress, ipFromBytes } from "../core/base/ip.ts";
import type { VirtualRouterSettings } from "../core/vrrp/settings.ts";
import { TRACKED_SCRIPT } from "./router-make.ts";
import type { RouterPlan, Scenario } from "./scenario.ts";

/** What the interface on a segment is called. */
export function interfaceNameOf(segment: number): string {
    return `eth${segment}`;
}

/** The own address of a machine on a segment; addresses rise with the machine's number. */
export function ownAddress(family: 4 | 6, segment: number, index: number): IpAddress {
    return ipFromBytes(ownAddressBytes(family, segment, index));
}

function ownAddressBytes(family: 4 | 6, segment: number, index: number): Uint8Array {
    return family === 4
        ? Uint8Array.of(10, segment, 2, index + 1)
        : Uint8Array.of(0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, index + 1);
}

function virtualAddress(family: 4 | 6, segment: number): VirtualAddress {
    const bytes =
        family === 4 ? Uint8Array.of(10, segment, 2, 100) : Uint8Array.of(0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x01, segment);
    return {
        address: ipFromBytes(bytes),
        prefixLength: family === 4 ? 32 : 128,
        interfaceName: interfaceNameOf(segment),
        scope: 0,
        flags: 0,
        isTracked: true,
    };
}

/** The virtual router of one machine on a segment. */
export function settingsOf(scenario: Scenario, plan: RouterPlan, segment: number): VirtualRouterSettings {
    const { family, version, interval } = scenario;
    const group = family === 4 ? Uint8Array.of(224, 0, 0, 18) : Uint8Array.of(0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x12);
    return {
        name: `VI_${segment + 1}`,
        vrid: plan.vrid + segment,
        version,
        family,
        interfaceName: interfaceNameOf(segment),
        priority: plan.priority,
        wantsMaster: plan.priority === 255,
        advertisementInterval: interval,
        downTimerAdverts: 3,
        preempt: plan.preempt,
        preemptDelay: plan.preemptDelay,
        accept: true,
        startupDelay: NO_TIME,
        authentication: { type: "none" },
        checksum: "standard",
        destination: { type: "multicast", group: ipFromBytes(group) },
        tracksSourceAddress: false,
        tracksInterface: true,
        addresses: [virtualAddress(family, segment)],
        excludedAddresses: [],
        announcements: {
            masterRepeat: 5,
            masterDelay: centiseconds(500),
            refresh: NO_TIME,
            refreshRepeat: 1,
            lowerPriorityRepeat: 5,
            lowerPriorityDelay: centiseconds(500),
        },
        lowerPriorityNoAdvert: false,
        higherPrioritySendAdvert: false,
        ownerIgnoresAdverts: false,
        checksAddressesOnce: false,
        checksUnicastSource: false,
        faultWithoutPeers: false,
        strict: false,
        ...(plan.tracker !== undefined && { trackers: [{ kind: "script", name: TRACKED_SCRIPT, ...plan.tracker }] }),
    };
}
