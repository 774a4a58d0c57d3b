import { command } from "../arguments/commands.ts";
import { oneOrMore } from "../arguments/composites.ts";
import { webAddress } from "../arguments/web-address.ts";
import { bool, nameOf, text } from "../arguments/words.ts";
import { block, flag, keyword, list } from "../schema.ts";
import { trackEntry, trackInterfaceEntry } from "./track-entry.ts";

/** `vrrp_sync_group NAME { … }` */
export const vrrpSyncGroup = block({
    documentation: "Virtual routers that change state together.",
    head: { name: text("NAME") },
    keywords: {
        group: list(nameOf("vrrp_instance"), {
            manyPerLine: true,
            documentation: "Virtual routers that change state together. Required.",
            status: "acts",
        }),
        track_interface: list(trackInterfaceEntry(), { documentation: "Interfaces tracked for every member.", status: "acts" }),
        track_script: list(trackEntry(253, "vrrp_script"), { documentation: "Scripts tracked for every member.", status: "acts" }),
        track_file: list(trackEntry(254, "track_file", "vrrp_track_file"), {
            documentation: "Files tracked for every member.",
            status: "acts",
        }),
        track_process: list(trackEntry(254, "vrrp_track_process"), {
            documentation: "Processes tracked for every member.",
            status: "acts",
        }),
        track_bfd: list(trackEntry(253, "bfd_instance"), { documentation: "BFD sessions tracked for every member.", status: "acts" }),
        notify_backup: keyword(command({ withUser: true }), {
            documentation: "Run when the group becomes BACKUP.",
            firstWins: true,
            status: "acts",
        }),
        notify_master: keyword(command({ withUser: true }), {
            documentation: "Run when the group becomes MASTER.",
            firstWins: true,
            status: "acts",
        }),
        notify_fault: keyword(command({ withUser: true }), {
            documentation: "Run when the group goes to FAULT.",
            firstWins: true,
            status: "acts",
        }),
        notify_stop: keyword(command({ withUser: true }), { documentation: "Run when the group stops.", firstWins: true, status: "acts" }),
        notify: keyword(command({ withUser: true }), {
            documentation: "Run at every change, with GROUP, name, state and 0 as arguments.",
            status: "acts",
        }),
        notify_webhook: keyword(oneOrMore(webAddress()), {
            documentation: "Called by POST with JSON at every change of state, besides those in global_defs.",
            status: "acts",
        }),
        smtp_alert: keyword(bool(), { documentation: "Mails every change of state.", defaultText: "smtp_alert_vrrp", status: "acts" }),
        global_tracking: flag({
            documentation: "Without effect: a group's trackers count for all members.",
            deprecated: "remove it, groups track for all their members",
            status: "acts",
        }),
        sync_group_tracking_weight: flag({
            documentation: "Keeps weighted trackers on members; they must weigh the same on all machines.",
            status: "acts",
        }),
        notify_priority_changes: keyword(bool(), {
            documentation: "Tells the named pipes of changed priorities of members.",
            defaultText: "vrrp_notify_priority_changes",
            status: "acts",
        }),
    },
});
