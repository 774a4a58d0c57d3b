import { seconds } from "../../base/instant.ts";
import { ip } from "../arguments/addresses.ts";
import { command } from "../arguments/commands.ts";
import { entry, oneOrMore, optional, sequence } from "../arguments/composites.ts";
import { integer, timer } from "../arguments/numbers.ts";
import { webAddress } from "../arguments/web-address.ts";
import { bool, interfaceName, marker, oneOf, optionalWord, text } from "../arguments/words.ts";
import { type BlockValue, block, flag, keyword, list, subBlock } from "../schema.ts";
import { addressEntry } from "./address-entry.ts";
import { authentication, authHmac } from "./authentication.ts";
import { routeEntry } from "./route-entry.ts";
import { ruleEntry } from "./rule-entry.ts";
import { trackEntry, trackInterfaceEntry } from "./track-entry.ts";
import { useIpvlan, useVmac } from "./vmac.ts";

const GLOBAL = { defaultText: "the global setting", status: "acts" } as const;
const notifyScript = command({ withUser: true });
const garpExtra = sequence({ all: marker("all"), interval: timer({ minimum: seconds(0), maximum: seconds(86400) }) });
const peer = entry({
    positional: { address: ip() },
    options: {
        min_ttl: keyword(integer({ name: "TTL", minimum: 0, maximum: 255 }), {
            documentation: "Advertisements with a lower TTL are dropped.",
            status: "acts",
        }),
        max_ttl: keyword(integer({ name: "TTL", minimum: 0, maximum: 255 }), {
            documentation: "Advertisements with a higher TTL are dropped.",
            status: "acts",
        }),
    },
});

/** `vrrp_instance NAME { … }`: one virtual router. */
export const vrrpInstance = block({
    documentation: "One virtual router: addresses that one of several machines holds at a time.",
    head: { name: text("NAME") },
    keywords: {
        use_vmac: keyword(useVmac, {
            documentation: "Sends from the virtual router's MAC address, on a macvlan interface made for it.",
            defaultText: "the interface's own MAC address",
            status: "acts",
        }),
        use_vmac_addr: flag({ documentation: "Addresses on other interfaces get macvlan interfaces too.", status: "acts" }),
        vmac_xmit_base: flag({ documentation: "Advertisements go over the base interface.", status: "acts" }),
        use_ipvlan: keyword(useIpvlan, { documentation: "Uses an ipvlan interface made for it.", status: "acts" }),
        unicast_peer: list(peer, {
            documentation: "Advertises to these addresses instead of the multicast group.",
            uniqueBy: ({ address }) => address.bytes.join("."),
            status: "acts",
        }),
        unicast_fault_no_peer: flag({ documentation: "Unicast without peers is FAULT.", status: "acts" }),
        check_unicast_src: flag({ documentation: "Only the peers' advertisements are accepted.", ...GLOBAL }),
        old_unicast_checksum: keyword(optionalWord("never"), {
            documentation: "Version 3 unicast checksum as in Keepalived up to 1.3.6; never switches its detection off.",
            defaultText: "detected",
            status: "acts",
        }),
        native_ipv6: flag({ documentation: "IPv6 even without an IPv6 address.", status: "acts" }),
        state: keyword(oneOf(["MASTER", "BACKUP"], { otherwise: "BACKUP" }), {
            documentation: "State wished for at the start; priority decides.",
            defaultText: "MASTER with priority 255, else BACKUP",
            status: "acts",
        }),
        interface: keyword(interfaceName(), { documentation: "The interface to advertise on.", reload: "restarts-object", status: "acts" }),
        vrf: keyword(interfaceName("VRF-IFACE"), { documentation: "The VRF of a unicast instance without interface.", status: "acts" }),
        dont_track_primary: flag({ documentation: "The state of the instance's own interface does not matter.", status: "acts" }),
        track_interface: list(trackInterfaceEntry(), { documentation: "More interfaces whose state matters.", status: "acts" }),
        track_script: list(trackEntry(253, "vrrp_script"), { documentation: "Scripts whose result matters.", status: "acts" }),
        track_file: list(trackEntry(254, "track_file", "vrrp_track_file"), {
            documentation: "Files whose number matters.",
            status: "acts",
        }),
        track_process: list(trackEntry(254, "vrrp_track_process"), { documentation: "Processes whose presence matters.", status: "acts" }),
        track_bfd: list(trackEntry(253, "bfd_instance"), { documentation: "BFD sessions whose state matters.", status: "acts" }),
        mcast_src_ip: keyword(ip(), {
            documentation: "Source address of multicast advertisements.",
            defaultText: "the interface's first address",
            status: "acts",
        }),
        unicast_src_ip: keyword(ip(), {
            documentation: "Source address of unicast advertisements.",
            defaultText: "the interface's first address",
            status: "acts",
        }),
        mcast_dst_ip: keyword(ip({ multicast: true }), { documentation: "Multicast group to advertise to.", since: "2.2.0", ...GLOBAL }),
        track_src_ip: flag({ documentation: "FAULT while the source address is missing.", status: "acts" }),
        virtual_router_id: keyword(integer({ name: "VRID", minimum: 1, maximum: 255 }), {
            documentation: "The virtual router's number. Required; the same on all its machines.",
            reload: "restarts-object",
            status: "acts",
        }),
        unicast_ttl: keyword(integer({ name: "TTL", minimum: 0, maximum: 255 }), {
            documentation: "TTL or hop limit of unicast advertisements.",
            defaultText: "255",
            status: "acts",
        }),
        version: keyword(integer({ name: "VERSION", minimum: 2, maximum: 3 }), {
            documentation: "VRRP version.",
            defaultText: "vrrp_version, or 3 for IPv6",
            reload: "restarts-object",
            status: "acts",
        }),
        priority: keyword(integer({ name: "PRIORITY", minimum: 1, maximum: 255, otherwise: 100 }), {
            documentation: "Who has the highest is master; 255 is the owner of the addresses.",
            defaultText: "100, or 255 with state MASTER",
            status: "acts",
        }),
        advert_int: keyword(timer({ minimum: seconds(0.01), maximum: seconds(255) }), {
            documentation: "Time between advertisements; whole seconds in version 2, hundredths up to 40.95 in version 3.",
            default: seconds(1),
            status: "acts",
        }),
        virtual_ipaddress: list(addressEntry, { documentation: "The addresses, which advertisements list.", status: "acts" }),
        virtual_ipaddress_excluded: list(addressEntry, {
            documentation: "More addresses, which advertisements do not list; also of the other family.",
            status: "acts",
        }),
        no_virtual_ipaddress: flag({ documentation: "There may be no address.", since: "2.2.8", status: "acts" }),
        promote_secondaries: flag({ documentation: "Sets the interface's promote_secondaries.", status: "acts" }),
        linkbeat_use_polling: flag({ documentation: "Polls the link.", deprecated: "use linkbeat_interfaces", status: "acts" }),
        v3_checksum_as_v2: keyword(bool(), {
            documentation: "Version 3 IPv4 checksum without the pseudo header.",
            since: "2.2.8",
            ...GLOBAL,
        }),
        virtual_routes: list(routeEntry, { documentation: "Routes that stand while master.", status: "acts" }),
        virtual_rules: list(ruleEntry, { documentation: "Routing rules that stand while master.", status: "acts" }),
        accept: flag({ documentation: "Packets to the addresses are accepted.", status: "acts" }),
        no_accept: flag({ documentation: "Packets to the addresses are blocked by the firewall.", status: "acts" }),
        skip_check_adv_addr: keyword(bool(), { documentation: "A master's address list is checked once only.", ...GLOBAL }),
        strict_mode: keyword(bool(), { documentation: "Strictly what the RFC says.", defaultText: "vrrp_strict", status: "acts" }),
        preempt: flag({ documentation: "Takes over from a master of lower priority (the default).", status: "acts" }),
        nopreempt: flag({ documentation: "Does not take over from a master of lower priority.", status: "acts" }),
        preempt_delay: keyword(timer({ minimum: seconds(0), maximum: seconds(1000), otherwise: seconds(0) }), {
            documentation: "Wait before taking over from a master of lower priority.",
            default: seconds(0),
            status: "acts",
        }),
        debug: keyword(integer({ name: "LEVEL", minimum: 0, maximum: 4 }), {
            documentation: "Above 0 the log has details of this virtual router, whatever the command line says.",
            default: 0,
            status: "acts",
        }),
        notify_backup: keyword(notifyScript, { documentation: "Run on entering BACKUP.", firstWins: true, status: "acts" }),
        notify_master: keyword(notifyScript, { documentation: "Run on entering MASTER.", firstWins: true, status: "acts" }),
        notify_fault: keyword(notifyScript, { documentation: "Run on entering FAULT.", firstWins: true, status: "acts" }),
        notify_stop: keyword(notifyScript, { documentation: "Run on stopping.", firstWins: true, status: "acts" }),
        notify_deleted: keyword(optional(notifyScript), {
            documentation: "Run when a reload removes the instance.",
            firstWins: true,
            status: "acts",
        }),
        notify: keyword(notifyScript, {
            documentation: "Run on every change, with INSTANCE, name, state and priority.",
            firstWins: true,
            status: "acts",
        }),
        notify_master_rx_lower_pri: keyword(notifyScript, {
            documentation: "Run when the master hears an advertisement of lower priority.",
            firstWins: true,
            status: "acts",
        }),
        notify_webhook: keyword(oneOrMore(webAddress()), {
            documentation: "Called by POST with JSON at every change of state, besides those in global_defs.",
            status: "acts",
        }),
        smtp_alert: keyword(bool(), { documentation: "Mail on changes.", defaultText: "smtp_alert_vrrp, smtp_alert, off", status: "acts" }),
        notify_priority_changes: keyword(bool(), {
            documentation: "Changes of priority are written to the FIFO.",
            ...GLOBAL,
            status: "acts",
        }),
        lvs_sync_daemon_interface: keyword(interfaceName(), {
            documentation: "Interface of the connection synchronisation.",
            status: "acts",
            deprecated: "use lvs_sync_daemon in global_defs",
        }),
        garp_master_delay: keyword(timer({ minimum: seconds(0) }), {
            documentation: "When the second burst of gratuitous ARP comes after becoming master.",
            ...GLOBAL,
        }),
        garp_master_refresh: keyword(timer({ minimum: seconds(0) }), {
            documentation: "Period of gratuitous ARP while master; 0 is never.",
            ...GLOBAL,
        }),
        garp_master_repeat: keyword(integer({ minimum: 1, otherwise: 1 }), { documentation: "Messages an address in a burst.", ...GLOBAL }),
        garp_master_refresh_repeat: keyword(integer({ minimum: 1, otherwise: 1 }), {
            documentation: "Messages an address in a refresh.",
            ...GLOBAL,
        }),
        garp_lower_prio_delay: keyword(timer({ minimum: seconds(0) }), {
            documentation: "When the second burst comes after an advertisement of lower priority.",
            ...GLOBAL,
        }),
        garp_lower_prio_repeat: keyword(integer({ minimum: 0 }), {
            documentation: "Messages an address after an advertisement of lower priority.",
            ...GLOBAL,
        }),
        down_timer_adverts: keyword(integer({ minimum: 1, maximum: 100 }), {
            documentation: "Lost advertisements after which the master counts as down.",
            ...GLOBAL,
        }),
        timer_expired_backup: keyword(optional(integer({ minimum: 1, maximum: 254 })), {
            documentation: "With nopreempt: back to BACKUP when this process was so late that others may have taken over.",
            defaultText: "off",
            since: "2.2.8",
            aliases: ["thread_timer_expired"],
            status: "acts",
        }),
        garp_extra_if: keyword(garpExtra, {
            documentation: "Period of a single gratuitous ARP on virtual MAC interfaces that do not advertise.",
            deprecatedAliases: ["vmac_garp_intvl"],
            ...GLOBAL,
        }),
        lower_prio_no_advert: keyword(bool(), { documentation: "The master does not answer a lower priority.", ...GLOBAL }),
        higher_prio_send_advert: keyword(bool(), { documentation: "The master advertises once more before it yields.", ...GLOBAL }),
        owner_ignore_adverts: keyword(bool(), { documentation: "The owner drops all advertisements.", since: "2.3.3", ...GLOBAL }),
        kernel_rx_buf_size: keyword(integer({ name: "BYTES", minimum: 0 }), {
            documentation: "What it adds to the receive buffer of its socket.",
            defaultText: "vrrp_rx_bufs_policy",
            status: "acts",
        }),
        authentication: subBlock(authentication, { documentation: "VRRP version 2's authentication.", status: "acts" }),
        auth_hmac: subBlock(authHmac, { documentation: "HMAC-SHA256 on every advertisement.", since: "2.4.0", status: "acts" }),
    },
});

export type VrrpInstance = BlockValue<typeof vrrpInstance>;
