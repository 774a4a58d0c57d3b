import { microseconds, seconds } from "../../base/instant.ts";
import { ip, port } from "../arguments/addresses.ts";
import { command } from "../arguments/commands.ts";
import { oneOrMore, optional, sequence } from "../arguments/composites.ts";
import { integer, timer } from "../arguments/numbers.ts";
import { orElse } from "../arguments/or-else.ts";
import { pattern } from "../arguments/pattern.ts";
import { lvsTimeouts, syncDaemon } from "../arguments/services.ts";
import { umask } from "../arguments/umask.ts";
import { webAddress } from "../arguments/web-address.ts";
import { bool, interfaceName, marker, oneOf, path, text } from "../arguments/words.ts";
import { block, flag, keyword, list } from "../schema.ts";

/** `global_defs { … }` */
export const globalDefs = block({
    documentation: "Settings for everything.",
    keywords: {
        process_names: flag({
            documentation: "Gives the child processes speaking names in ps and top.",
            reload: "next-start",
            status: "acts",
        }),
        process_name: keyword(orElse(text("NAME"), true), {
            documentation: "Name of the parent process, at most 15 bytes.",
            defaultText: "keepalived",
            reload: "next-start",
            status: "acts",
        }),
        vrrp_process_name: keyword(orElse(text("NAME"), true), {
            documentation: "Name of the VRRP process.",
            defaultText: "keepalived_vrrp",
            reload: "next-start",
            status: "acts",
        }),
        checker_process_name: keyword(orElse(text("NAME"), true), {
            documentation: "Name of the process that runs the health checks.",
            defaultText: "keepalived_lvs",
            since: "2.2.0",
            deprecatedAliases: ["lvs_process_name"],
            reload: "next-start",
            status: "acts",
        }),
        bfd_process_name: keyword(orElse(text("NAME"), true), {
            documentation: "Name of the BFD process.",
            defaultText: "keepalived_bfd",
            reload: "next-start",
            status: "acts",
        }),
        use_symlink_paths: keyword(bool(), {
            documentation: "Runs scripts by the path as written, symbolic links unresolved.",
            defaultText: "off",
            since: "2.3.0",
            status: "acts",
        }),
        set_supplementary_groups: keyword(bool(), {
            documentation: "Gives a script all groups of its user when no group is named.",
            defaultText: "off",
            status: "acts",
        }),
        router_id: keyword(text("STRING"), {
            documentation: "Names this machine in mail subjects and SNMP.",
            defaultText: "the host name",
            status: "acts",
        }),
        notification_email_from: keyword(text("ADDRESS"), {
            documentation: "Sender of alert mails.",
            defaultText: "user@host",
            status: "acts",
        }),
        smtp_server: keyword(sequence({ host: text("HOST"), port: optional(port(0)) }), {
            documentation: "Relay that takes the alert mails; without it none are sent.",
            status: "acts",
        }),
        smtp_helo_name: keyword(text("STRING"), {
            documentation: "Name given in the HELO of alert mails.",
            defaultText: "the host name",
            status: "acts",
        }),
        smtp_connect_timeout: keyword(timer({ minimum: seconds(0.000001), maximum: seconds(4294) }), {
            documentation: "How long to wait for the mail relay.",
            defaultText: "30",
            status: "acts",
        }),
        notification_email: list(text("ADDRESS"), {
            manyPerLine: true,
            documentation: "Recipients of alert mails, one a line.",
            status: "acts",
        }),
        smtp_alert: keyword(bool(), {
            documentation: "Whether state changes are mailed, for everything that does not say itself.",
            status: "acts",
        }),
        smtp_alert_vrrp: keyword(bool(), { documentation: "As smtp_alert, for virtual routers and their groups.", status: "acts" }),
        smtp_alert_checker: keyword(bool(), { documentation: "As smtp_alert, for virtual and real servers.", status: "acts" }),
        notify_webhook: keyword(oneOrMore(webAddress()), {
            documentation: "Called by POST with JSON whenever a virtual router, sync group, virtual or real server changes.",
            status: "acts",
        }),
        notify_webhook_key: keyword(text("KEY", { isSecret: true }), {
            documentation: "Webhooks are signed with it: X-Holdfast-Signature holds the HMAC-SHA256 of the body.",
            status: "acts",
        }),
        notify_webhook_key_file: keyword(path("FILE"), {
            documentation: "The file with the key, in the place of notify_webhook_key.",
            status: "acts",
        }),
        notify_webhook_timeout: keyword(timer({ minimum: seconds(0.1), maximum: seconds(300) }), {
            documentation: "How long a webhook may take to answer.",
            defaultText: "10",
            status: "acts",
        }),
        smtp_tls: keyword(oneOf(["off", "opportunistic", "starttls", "tls"]), {
            documentation: "Encryption of mail: none, where offered, STARTTLS or none, from the first byte; the last two verify the relay.",
            defaultText: "opportunistic; starttls with smtp_user",
            status: "acts",
        }),
        smtp_tls_ca: keyword(path("FILE"), {
            documentation: "Certificates that the relay's is verified by, in place of the well-known ones.",
            status: "acts",
        }),
        smtp_user: keyword(text("NAME"), { documentation: "Name to log in to the mail relay with.", status: "acts" }),
        smtp_password: keyword(text("PASSWORD", { isSecret: true }), { documentation: "Password for smtp_user.", status: "acts" }),
        smtp_password_file: keyword(path("FILE"), {
            documentation: "The file with the password, in the place of smtp_password.",
            status: "acts",
        }),
        no_email_faults: flag({ documentation: "No mail when a virtual router goes to FAULT.", status: "acts" }),
        no_checker_emails: flag({ documentation: "Mails only a real server's change, not that of each of its checkers.", status: "acts" }),
        checker_log_all_failures: keyword(bool(), {
            documentation: "Logs every failed probe, retries too.",
            defaultText: "off",
            status: "acts",
        }),
        startup_script: keyword(command({ withUser: true }), {
            documentation: "Run before anything else starts.",
            firstWins: true,
            status: "acts",
        }),
        startup_script_timeout: keyword(timer({ minimum: seconds(1), maximum: seconds(1000) }), {
            documentation: "How long the startup script may take, in seconds.",
            defaultText: "10",
            status: "acts",
        }),
        shutdown_script: keyword(command({ withUser: true }), {
            documentation: "Run after everything else has ended.",
            firstWins: true,
            status: "acts",
        }),
        shutdown_script_timeout: keyword(timer({ minimum: seconds(1), maximum: seconds(1000) }), {
            documentation: "How long the shutdown script may take, in seconds.",
            defaultText: "10",
            status: "acts",
        }),
        max_auto_priority: keyword(orElse(integer({ minimum: -1, maximum: 99 }), "unlimited"), {
            documentation:
                "Real-time priority up to which a process may raise itself when its timers run late; -1 silences the hint about it.",
            defaultText: "0",
            reload: "next-start",
            status: "acts",
        }),
        min_auto_priority_delay: keyword(timer({ unit: "microseconds", minimum: microseconds(1), maximum: microseconds(10_000_000) }), {
            documentation: "Lateness in microseconds that makes a process raise its priority.",
            defaultText: "1000000",
            reload: "next-start",
            status: "acts",
        }),
        dynamic_interfaces: keyword(orElse(oneOf(["allow_if_changes"]), true), {
            documentation:
                "Interfaces may be absent at the start and come later; with allow_if_changes they may come back as another kind, or upon another one.",
            defaultText: "off",
            status: "acts",
        }),
        default_interface: keyword(interfaceName(), {
            documentation: "Interface of static addresses that name none.",
            defaultText: "eth0",
            status: "acts",
        }),
        disable_local_igmp: flag({
            documentation:
                "With virtual MACs, keeps the kernel from sending IPv4 membership reports for local groups, instead of sending them with the base's MAC address.",
            status: "acts",
            since: "2.2.0",
            reload: "refuses-reload",
        }),
        v3_checksum_as_v2: keyword(bool(), {
            documentation: "Version 3 checksums over IPv4 without the pseudo header, for peers that expect that.",
            defaultText: "off",
            since: "2.2.8",
            status: "acts",
        }),
        lvs_timeouts: keyword(lvsTimeouts, {
            documentation: "Time-outs of IPVS connections in seconds; put back at the end.",
            defaultText: "the kernel's",
            status: "acts",
        }),
        lvs_flush: flag({ documentation: "Empties the IPVS table at start.", status: "acts" }),
        lvs_flush_on_stop: keyword(orElse(oneOf(["VS"]), true), {
            documentation: "Empties the IPVS table at the end, or removes just our services (VS).",
            defaultText: "off",
            deprecatedAliases: ["lvs_flush_onstop"],
            status: "acts",
        }),
        data_plane: keyword(oneOf(["auto", "ipvs", "nftables"]), {
            documentation: "Who balances: IPVS, nftables, or IPVS where the kernel has it.",
            defaultText: "auto",
            reload: "refuses-reload",
            status: "acts",
        }),
        lvs_sync_daemon: keyword(syncDaemon, {
            documentation: "Has the kernel copy its connection table to the other director over this interface.",
            status: "acts",
        }),
        vrrp_mcast_group4: keyword(ip({ family: 4, multicast: true }), {
            documentation: "Multicast group of IPv4 advertisements.",
            defaultText: "224.0.0.18",
            status: "acts",
        }),
        vrrp_mcast_group6: keyword(ip({ family: 6, multicast: true }), {
            documentation: "Multicast group of IPv6 advertisements.",
            defaultText: "ff02::12",
            status: "acts",
        }),
        vrrp_garp_master_delay: keyword(timer({ minimum: seconds(0) }), {
            documentation: "Seconds between becoming master and the second burst of gratuitous ARP; 0 leaves it out.",
            defaultText: "5",
            status: "acts",
        }),
        vrrp_garp_master_repeat: keyword(integer({ minimum: 1, otherwise: 1 }), {
            documentation: "Announcements of each address in a burst.",
            defaultText: "5",
            status: "acts",
        }),
        vrrp_garp_master_refresh: keyword(timer({ minimum: seconds(0) }), {
            documentation: "Seconds between repeated announcements while master; 0 means none.",
            defaultText: "0",
            status: "acts",
        }),
        vrrp_garp_master_refresh_repeat: keyword(integer({ minimum: 1, otherwise: 1 }), {
            documentation: "Announcements of each address at a refresh.",
            defaultText: "1",
            status: "acts",
        }),
        vrrp_garp_lower_prio_delay: keyword(timer({ minimum: seconds(0) }), {
            documentation: "Seconds to the second burst after an advertisement of lower priority was heard.",
            defaultText: "vrrp_garp_master_delay",
            status: "acts",
        }),
        vrrp_garp_lower_prio_repeat: keyword(integer({ minimum: 0 }), {
            documentation: "Announcements of each address after an advertisement of lower priority was heard.",
            defaultText: "vrrp_garp_master_repeat",
            status: "acts",
        }),
        vrrp_down_timer_adverts: keyword(integer({ minimum: 1, maximum: 100 }), {
            documentation: "Advertisements in a row that must be missing before a backup takes over.",
            defaultText: "3",
            status: "acts",
        }),
        vrrp_garp_interval: keyword(timer({ minimum: seconds(0.000001), maximum: seconds(4294) }), {
            documentation: "Least time between two gratuitous ARPs on one interface.",
            defaultText: "0",
            status: "acts",
        }),
        vrrp_gna_interval: keyword(timer({ minimum: seconds(0.000001), maximum: seconds(4294) }), {
            documentation: "Least time between two unsolicited neighbour advertisements on one interface.",
            defaultText: "0",
            status: "acts",
        }),
        vrrp_min_garp: keyword(bool(), {
            documentation: "One announcement and no repetition, for everything not set before this line.",
            defaultText: "off",
            status: "acts",
        }),
        vrrp_garp_extra_if: keyword(sequence({ all: marker("all"), interval: timer({ minimum: seconds(0), maximum: seconds(86_400) }) }), {
            documentation: "Period of announcements on further interfaces that hold the addresses.",
            defaultText: "0",
            since: "2.2.0",
            deprecatedAliases: ["vrrp_vmac_garp_intvl"],
            status: "acts",
        }),
        vrrp_lower_prio_no_advert: keyword(bool(), {
            documentation: "A master leaves an advertisement of lower priority unanswered.",
            defaultText: "off",
            status: "acts",
        }),
        vrrp_higher_prio_send_advert: keyword(bool(), {
            documentation: "A master sends one last advertisement before it yields to a higher priority.",
            defaultText: "off",
            status: "acts",
        }),
        vrrp_version: keyword(integer({ minimum: 2, maximum: 3 }), {
            documentation: "Protocol version of virtual routers that name none; those of IPv6 use 3 by default.",
            defaultText: "2",
            status: "acts",
        }),
        vrrp_iptables: keyword(orElse(oneOrMore(text("CHAIN")), []), {
            documentation: "Blocks packets; by nftables, which takes the place of iptables.",
            defaultText: "INPUT OUTPUT",
            status: "acts",
        }),
        vrrp_ipsets: keyword(orElse(oneOrMore(text("SET")), []), {
            documentation: "Sets of blocked addresses; those of the nftables table take the place of ipsets.",
            defaultText: "keepalived",
            status: "acts",
        }),
        nftables: keyword(orElse(text("TABLE"), true), {
            documentation: "Blocks packets by nftables, in this table.",
            defaultText: "keepalived",
            reload: "refuses-reload",
            status: "acts",
        }),
        nftables_priority: keyword(integer({ minimum: -2_147_483_648, maximum: 2_147_483_647 }), {
            documentation: "Priority of our nftables chains.",
            defaultText: "-1",
            status: "acts",
        }),
        nftables_ifindex: flag({ documentation: "Matches link-local entries by interface number in place of the name.", status: "acts" }),
        nftables_counters: flag({ documentation: "Counts packets and bytes in our nftables rules.", status: "acts" }),
        nftables_ipvs: keyword(orElse(text("TABLE"), true), {
            documentation: "Gives all addresses of a virtual server group one firewall mark by nftables.",
            defaultText: "off",
            since: "2.2.2",
            reload: "refuses-reload",
            status: "acts",
        }),
        nftables_ipvs_priority: keyword(integer({ minimum: -2_147_483_648, maximum: 2_147_483_647 }), {
            documentation: "Priority of the chain that sets those marks.",
            defaultText: "-1",
            status: "acts",
        }),
        nftables_ipvs_start_fwmark: keyword(integer({ minimum: 1, maximum: 4_294_967_295 }), {
            documentation: "First firewall mark handed out.",
            defaultText: "1000",
            status: "acts",
        }),
        vrrp_check_unicast_src: flag({ documentation: "Takes unicast advertisements from listed peers only.", status: "acts" }),
        vrrp_skip_check_adv_addr: keyword(bool(), {
            documentation: "Compares the address list of a master's first advertisement only.",
            defaultText: "off",
            status: "acts",
        }),
        vrrp_strict: keyword(bool(), {
            documentation: "Holds all virtual routers to the letter of the RFC: no passwords, no unicast, an own address for state MASTER.",
            defaultText: "off",
            status: "acts",
        }),
        vrrp_priority: keyword(integer({ minimum: -20, maximum: 19 }), {
            documentation: "Nice value of the VRRP process.",
            defaultText: "unchanged",
            reload: "next-start",
            status: "acts",
        }),
        vrrp_no_swap: flag({ documentation: "Keeps the VRRP process in memory.", reload: "next-start", status: "acts" }),
        vrrp_rt_priority: keyword(integer({ minimum: 1, maximum: 99, otherwise: "nearest" }), {
            documentation: "Real-time priority (SCHED_RR) of the VRRP process.",
            defaultText: "0",
            reload: "next-start",
            status: "acts",
        }),
        vrrp_cpu_affinity: keyword(oneOrMore(integer({ name: "CPU", minimum: 0 })), {
            documentation: "Processors on which the VRRP process may run.",
            defaultText: "all",
            reload: "next-start",
            status: "acts",
        }),
        vrrp_rlimit_rttime: keyword(timer({ unit: "microseconds", minimum: microseconds(1) }), {
            documentation: "Microseconds that the VRRP process may run in real time without a pause.",
            defaultText: "10000",
            deprecatedAliases: ["vrrp_rlimit_rtime"],
            reload: "next-start",
            status: "acts",
        }),
        checker_priority: keyword(integer({ minimum: -20, maximum: 19 }), {
            documentation: "Nice value of the checker process.",
            defaultText: "unchanged",
            reload: "next-start",
            status: "acts",
        }),
        checker_no_swap: flag({ documentation: "Keeps the checker process in memory.", reload: "next-start", status: "acts" }),
        checker_rt_priority: keyword(integer({ minimum: 1, maximum: 99, otherwise: "nearest" }), {
            documentation: "Real-time priority (SCHED_RR) of the checker process.",
            defaultText: "0",
            reload: "next-start",
            status: "acts",
        }),
        checker_cpu_affinity: keyword(oneOrMore(integer({ name: "CPU", minimum: 0 })), {
            documentation: "Processors on which the checker process may run.",
            defaultText: "all",
            reload: "next-start",
            status: "acts",
        }),
        checker_rlimit_rttime: keyword(timer({ unit: "microseconds", minimum: microseconds(1) }), {
            documentation: "Microseconds that the checker process may run in real time without a pause.",
            defaultText: "10000",
            deprecatedAliases: ["checker_rlimit_rtime"],
            reload: "next-start",
            status: "acts",
        }),
        bfd_priority: keyword(integer({ minimum: -20, maximum: 19 }), {
            documentation: "Nice value of the BFD process.",
            defaultText: "unchanged",
            reload: "next-start",
            status: "acts",
        }),
        bfd_no_swap: flag({ documentation: "Keeps the BFD process in memory.", reload: "next-start", status: "acts" }),
        bfd_rt_priority: keyword(integer({ minimum: 1, maximum: 99, otherwise: "nearest" }), {
            documentation: "Real-time priority (SCHED_RR) of the BFD process.",
            defaultText: "0",
            reload: "next-start",
            status: "acts",
        }),
        bfd_cpu_affinity: keyword(oneOrMore(integer({ name: "CPU", minimum: 0 })), {
            documentation: "Processors on which the BFD process may run.",
            defaultText: "all",
            reload: "next-start",
            status: "acts",
        }),
        bfd_rlimit_rttime: keyword(timer({ unit: "microseconds", minimum: microseconds(1) }), {
            documentation: "Microseconds that the BFD process may run in real time without a pause.",
            defaultText: "no limit",
            deprecatedAliases: ["bfd_rlimit_rtime"],
            reload: "next-start",
            status: "acts",
        }),
        notify_fifo: keyword(sequence({ path: path(), user: optional(text("USER")), group: optional(text("GROUP")) }), {
            documentation: "Named pipe that is told every state change, with its owner and group.",
            status: "acts",
        }),
        notify_fifo_script: keyword(command({ withUser: true }), {
            documentation: "Program that reads notify_fifo; the pipe's path is its last argument.",
            firstWins: true,
            status: "acts",
        }),
        vrrp_notify_fifo: keyword(sequence({ path: path(), user: optional(text("USER")), group: optional(text("GROUP")) }), {
            documentation: "Named pipe that is told the changes of virtual routers and groups.",
            status: "acts",
        }),
        vrrp_notify_fifo_script: keyword(command({ withUser: true }), {
            documentation: "Program that reads vrrp_notify_fifo.",
            status: "acts",
        }),
        lvs_notify_fifo: keyword(sequence({ path: path(), user: optional(text("USER")), group: optional(text("GROUP")) }), {
            documentation: "Named pipe that is told the changes of virtual and real servers.",
            status: "acts",
        }),
        lvs_notify_fifo_script: keyword(command({ withUser: true }), {
            documentation: "Program that reads lvs_notify_fifo.",
            status: "acts",
        }),
        vrrp_notify_priority_changes: keyword(bool(), {
            documentation: "Tells the named pipes of changed priorities as well.",
            defaultText: "off",
            status: "acts",
        }),
        fifo_write_vrrp_states_on_reload: flag({
            documentation: "Repeats all states to the named pipes after a reload.",
            since: "2.2.7",
            status: "acts",
        }),
        snmp_socket: keyword(text("SOCKET"), {
            documentation: "Where the SNMP master agent listens for AgentX.",
            defaultText: "net-snmp's",
        }),
        enable_traps: flag({ documentation: "Sends SNMP notifications." }),
        enable_snmp_vrrp: flag({
            documentation: "Offers the VRRP part of KEEPALIVED-MIB.",
            since: "2.2.8",
            deprecatedAliases: ["enable_snmp_keepalived"],
        }),
        enable_snmp_rfc: flag({ documentation: "Offers the MIBs of RFC 2787 and RFC 6527." }),
        enable_snmp_rfcv2: flag({ documentation: "Offers the MIB of RFC 2787 (version 2)." }),
        enable_snmp_rfcv3: flag({ documentation: "Offers the MIB of RFC 6527 (version 3)." }),
        enable_snmp_checker: flag({ documentation: "Offers the health check part of KEEPALIVED-MIB." }),
        snmp_vs_stats_update_interval: keyword(timer({ minimum: seconds(0.001), maximum: seconds(30) }), {
            documentation: "How old the statistics of virtual servers in SNMP may be.",
            defaultText: "5",
            since: "2.3.0",
        }),
        snmp_rs_stats_update_interval: keyword(timer({ minimum: seconds(0.001), maximum: seconds(30) }), {
            documentation: "How old the statistics of real servers in SNMP may be.",
            defaultText: "snmp_vs_stats_update_interval",
            since: "2.3.0",
        }),
        enable_dbus: flag({ documentation: "Offers the D-Bus service." }),
        dbus_service_name: keyword(text("NAME"), { documentation: "Name taken on the system bus.", defaultText: "org.keepalived.Vrrp1" }),
        dbus_no_interface_name: keyword(text("NAME"), {
            documentation: "Path element of virtual routers without an interface on D-Bus.",
            since: "2.3.0",
        }),
        script_user: keyword(sequence({ user: text("USER"), group: optional(text("GROUP")) }), {
            documentation: "Who runs scripts that name nobody; a group may follow.",
            defaultText: "keepalived_script",
            status: "acts",
        }),
        process_user: keyword(sequence({ user: text("USER"), group: optional(text("GROUP")) }), {
            documentation: "Who the VRRP, BFD and checker processes run as, with the capabilities that they need and no others.",
            defaultText: "the daemon's own user",
            reload: "refuses-reload",
            status: "acts",
        }),
        enable_script_security: flag({ documentation: "Refuses to run as root what others than root could have changed.", status: "acts" }),
        vrrp_netlink_cmd_rcv_bufs: keyword(integer({ name: "BYTES", minimum: 1 }), {
            documentation: "Receive buffer of the VRRP process's netlink command socket, in bytes.",
            defaultText: "65536",
            reload: "next-start",
            status: "acts",
        }),
        vrrp_netlink_cmd_rcv_bufs_force: keyword(bool(), {
            documentation: "Lets that buffer exceed the system's limit.",
            defaultText: "off",
            reload: "next-start",
            status: "acts",
        }),
        vrrp_netlink_monitor_rcv_bufs: keyword(integer({ name: "BYTES", minimum: 1 }), {
            documentation: "Receive buffer of the VRRP process's netlink change stream, in bytes.",
            defaultText: "65536",
            reload: "next-start",
            status: "acts",
        }),
        vrrp_netlink_monitor_rcv_bufs_force: keyword(bool(), {
            documentation: "Lets that buffer exceed the system's limit.",
            defaultText: "off",
            reload: "next-start",
            status: "acts",
        }),
        lvs_netlink_cmd_rcv_bufs: keyword(integer({ name: "BYTES", minimum: 1 }), {
            documentation: "Receive buffer of the checker process's netlink command socket, in bytes.",
            defaultText: "65536",
            reload: "next-start",
            status: "acts",
        }),
        lvs_netlink_cmd_rcv_bufs_force: keyword(bool(), {
            documentation: "Lets that buffer exceed the system's limit.",
            defaultText: "off",
            reload: "next-start",
            status: "acts",
        }),
        lvs_netlink_monitor_rcv_bufs: keyword(integer({ name: "BYTES", minimum: 1 }), {
            documentation: "Receive buffer of the checker process's netlink change stream, in bytes.",
            defaultText: "65536",
            reload: "next-start",
            status: "acts",
        }),
        lvs_netlink_monitor_rcv_bufs_force: keyword(bool(), {
            documentation: "Lets that buffer exceed the system's limit.",
            defaultText: "off",
            reload: "next-start",
            status: "acts",
        }),
        process_monitor_rcv_bufs: keyword(integer({ name: "BYTES", minimum: 1 }), {
            documentation: "Receive buffer of the process monitor, in bytes.",
            defaultText: "the kernel's",
            reload: "next-start",
            status: "acts",
        }),
        process_monitor_rcv_bufs_force: keyword(bool(), {
            documentation: "Lets that buffer exceed the system's limit.",
            defaultText: "off",
            reload: "next-start",
            status: "acts",
        }),
        rs_init_notifies: flag({ documentation: "Runs a real server's notify scripts for its first state too.", status: "acts" }),
        vrrp_rx_bufs_policy: keyword(pattern("MTU|ADVERT|BYTES", /^(MTU|ADVERT|\d+)$/), {
            documentation: "How VRRP receive buffers are sized: by MTU, by advertisement, or a number of bytes.",
            defaultText: "the kernel's",
            status: "acts",
        }),
        vrrp_rx_bufs_multiplier: keyword(integer({ minimum: 1 }), {
            documentation: "How many MTUs or advertisements a receive buffer holds for each virtual router.",
            defaultText: "3",
            status: "acts",
        }),
        vrrp_startup_delay: keyword(timer({ minimum: seconds(0.001) }), {
            documentation: "How long virtual routers stay quiet after the start.",
            defaultText: "0",
            status: "acts",
        }),
        vrrp_delay_after_boot: keyword(timer({ minimum: seconds(0) }), {
            documentation: "As vrrp_startup_delay, counted from the boot of the machine.",
            defaultText: "0",
            since: "2.4.0",
            status: "acts",
        }),
        log_unknown_vrids: flag({ documentation: "Logs advertisements of virtual routers that are not configured here.", status: "acts" }),
        vrrp_owner_ignore_adverts: keyword(bool(), {
            documentation: "An address owner ignores all advertisements.",
            defaultText: "off",
            since: "2.3.3",
            status: "acts",
        }),
        vmac_prefix: keyword(text("PREFIX"), {
            documentation: "How the names of virtual MAC interfaces begin.",
            defaultText: "vrrp",
            status: "acts",
        }),
        vmac_addr_prefix: keyword(text("PREFIX"), {
            documentation: "How the names of virtual MAC interfaces made for single addresses begin.",
            defaultText: "vmac_prefix",
            status: "acts",
        }),
        umask: keyword(umask, {
            documentation: "Rights withheld from files that are created.",
            defaultText: "IXUSR|IRWXG|IRWXO",
            reload: "next-start",
            status: "acts",
        }),
        random_seed: keyword(integer({ minimum: 0, maximum: 4_294_967_295 }), {
            documentation: "Starting value of random numbers, for repeatable configurations.",
            defaultText: "the time",
            status: "acts",
        }),
        reload_check_config: keyword(orElse(path("LOGFILE"), true), {
            documentation: "What is wrong with a new configuration goes to this file too; it is always checked before it is taken.",
            status: "acts",
            defaultText: "off",
            since: "2.2.0",
        }),
        reload_time_file: keyword(path("PATH"), { documentation: "File that holds the time of the next reload.", status: "acts" }),
        reload_repeat: flag({ documentation: "Repeats a reload of reload_time_file every day.", status: "acts" }),
        reload_file: keyword(orElse(path("PATH"), true), {
            documentation: "File that exists while a reload is running.",
            status: "acts",
            defaultText: "off",
            since: "2.2.0",
        }),
        include_check: keyword(orElse(oneOrMore(text("CHECK")), []), {
            documentation: "What a plain include must satisfy: read, match, wildcard_match, brace_match, each with + or -.",
            status: "acts",
            since: "2.2.0",
        }),
        config_save_dir: keyword(path("DIR"), {
            documentation: "Directory for copies of the configuration before and after each reload.",
            status: "acts",
            defaultText: "off",
            since: "2.2.3",
        }),
        tmp_config_directory: keyword(path("DIR"), {
            documentation:
                "Where Keepalived keeps the copy of the configuration that its processes read; here they are told by the parent, and no copy is made.",
            defaultText: "memory",
            reload: "refuses-reload",
            status: "acts",
        }),
        data_use_instance: keyword(bool(), {
            documentation: "Puts the names of namespace and instance into the names of dump files.",
            status: "acts",
            defaultText: "off",
            since: "2.2.3",
        }),
        json_version: keyword(integer({ minimum: 1, maximum: 2 }), {
            documentation: "Layout of the JSON dump.",
            defaultText: "1",
            since: "2.2.8",
            status: "acts",
        }),
        iproute_usr_dir: keyword(path("DIR"), {
            documentation: "Where the distribution's rt_tables and its like are.",
            defaultText: "/usr/share/iproute2",
            since: "2.3.4",
            status: "acts",
        }),
        iproute_etc_dir: keyword(path("DIR"), {
            documentation: "Where the administrator's rt_tables and its like are.",
            defaultText: "/etc/iproute2",
            since: "2.3.4",
            status: "acts",
        }),
        state_dump_file: keyword(path("PATH"), {
            documentation: "Where the state goes on SIGUSR1.",
            defaultText: "keepalived.data",
            status: "acts",
        }),
        stats_dump_file: keyword(path("PATH"), {
            documentation: "Where the counters go on SIGUSR2.",
            defaultText: "keepalived.stats",
            status: "acts",
        }),
        json_dump_file: keyword(path("PATH"), {
            documentation: "Where the JSON dump goes.",
            defaultText: "keepalived.json",
            status: "acts",
        }),
    },
});
