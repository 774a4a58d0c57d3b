import { inSeconds } from "../../base/instant.ts";
import type { TrackerUse } from "../../track/tracker-use.ts";
import { stateNumber } from "../words.ts";
import { addressText, authenticationFailures, type Calendar, type RouterView, rejectionCount } from "./router-view.ts";
import { routeDumpText, ruleDumpText } from "./routing-text.ts";

/**
 * State and statistics as JSON with Keepalived's keys, on one line.
 *
 * @param version 1 for a list of instances, 2 for an object that holds it (`json_version`)
 * @param bfd sessions; an addition to the object
 */
export function renderJson(views: readonly RouterView[], calendar: Calendar, version: 1 | 2, bfd: readonly object[] = []): string {
    const instances = views.map((view) => ({ data: dataOf(view, calendar), stats: statisticsOf(view) }));
    return `${JSON.stringify(version === 1 ? instances : { vrrp: instances, ...(bfd.length > 0 && { bfd }) })}\n`;
}

function dataOf(view: RouterView, calendar: Calendar): object {
    const { settings, snapshot } = view;
    const state = snapshot?.state ?? "initialize";
    const changed = snapshot?.lastTransition;
    return {
        iname: settings.name,
        dont_track_primary: Number(!settings.tracksInterface),
        skip_check_adv_addr: Number(settings.checksAddressesOnce),
        strict_mode: Number(settings.strict),
        vmac_ifname: "",
        ifp_ifname: settings.interfaceName,
        master_priority: snapshot?.activePriority ?? 0,
        last_transition: changed === undefined ? 0 : calendar.unixSeconds(changed.at),
        ...announcementsOf(view),
        lower_prio_no_advert: Number(settings.lowerPriorityNoAdvert),
        higher_prio_send_advert: Number(settings.higherPrioritySendAdvert),
        vrid: settings.vrid,
        base_priority: settings.priority,
        effective_priority: snapshot?.effectivePriority ?? settings.priority,
        vipset: state === "active",
        promote_secondaries: false,
        adver_int: inSeconds(settings.advertisementInterval),
        master_adver_int: inSeconds(snapshot?.activeAdvertisementInterval ?? settings.advertisementInterval),
        accept: Number(settings.accept),
        nopreempt: !settings.preempt,
        preempt_delay: inSeconds(settings.preemptDelay),
        state: stateNumber(state),
        wantstate: stateNumber(settings.wantsMaster ? "active" : "backup"),
        version: settings.version,
        smtp_alert: false,
        notify_deleted: false,
        ...addressesOf(view),
        ...trackedOf(view),
        ...authenticationOf(view),
    };
}

function announcementsOf({ settings: { announcements } }: RouterView): object {
    return {
        garp_delay: inSeconds(announcements.masterDelay),
        garp_refresh: inSeconds(announcements.refresh),
        garp_rep: announcements.masterRepeat,
        garp_refresh_rep: announcements.refreshRepeat,
        garp_lower_prio_delay: inSeconds(announcements.lowerPriorityDelay),
        garp_lower_prio_rep: announcements.lowerPriorityRepeat,
    };
}

function addressesOf({ settings, snapshot }: RouterView): object {
    const isSet = snapshot?.state === "active";
    const texts = (addresses: typeof settings.addresses) => addresses.map((address) => addressText(address, isSet));
    return {
        ...(settings.addresses.length > 0 && { vips: texts(settings.addresses) }),
        ...(settings.excludedAddresses.length > 0 && { evips: texts(settings.excludedAddresses) }),
        ...(settings.routes && { vroutes: settings.routes.map(routeDumpText) }),
        ...(settings.rules && { vrules: settings.rules.map(ruleDumpText) }),
    };
}

function trackedOf({ settings: { trackers = [] } }: RouterView): object {
    const namesOf = (kind: TrackerUse["kind"]) => trackers.filter((use) => use.kind === kind).map(({ name }) => name);
    const [interfaces, scripts, processes] = [namesOf("interface"), namesOf("script"), namesOf("process")];
    return {
        ...(interfaces.length > 0 && { track_ifp: interfaces }),
        ...(scripts.length > 0 && { track_script: scripts }),
        ...(processes.length > 0 && { track_process: processes }),
    };
}

function authenticationOf({ settings }: RouterView): object {
    const type = JSON_AUTHENTICATION_TYPES[settings.authentication.type];
    return type === 0 ? { auth_type: 0 } : { auth_type: type, auth_data: "********" };
}

/** Version 2's Auth Type; a signed advertisement has none. */
const JSON_AUTHENTICATION_TYPES = { none: 0, pass: 1, header: 2, hmac: 0 } as const;

function statisticsOf({ snapshot }: RouterView): object {
    const counters = snapshot?.counters;
    const rejected = (reason: Parameters<typeof rejectionCount>[1]) => rejectionCount(counters, reason);
    return {
        advert_rcvd: counters?.advertisementsReceived ?? 0,
        advert_sent: counters?.advertisementsSent ?? 0,
        become_master: counters?.becameActive ?? 0,
        release_master: counters?.releasedActive ?? 0,
        packet_len_err: rejected("packet-length"),
        advert_interval_err: rejected("interval-mismatch"),
        ip_ttl_err: rejected("ttl"),
        invalid_type_rcvd: rejected("type"),
        addr_list_err: counters?.addressListErrors ?? 0,
        invalid_authtype: rejected("authentication-type-invalid"),
        authtype_mismatch: rejected("authentication-type-mismatch"),
        auth_failure: authenticationFailures(counters),
        auth_ext_missing: rejected("extension-missing") + (counters?.unsignedAccepted ?? 0),
        auth_ext_malformed: rejected("extension-malformed"),
        auth_ext_unknown_key: rejected("extension-unknown-key"),
        auth_ext_invalid_hmac: rejected("extension-invalid-hmac"),
        auth_ext_stale: rejected("extension-stale"),
        auth_ext_replay: rejected("extension-replayed"),
        pri_zero_rcvd: counters?.priorityZeroReceived ?? 0,
        pri_zero_sent: counters?.priorityZeroSent ?? 0,
    };
}
