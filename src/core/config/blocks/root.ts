import { seconds } from "../../base/instant.ts";
import { optional, sequence } from "../arguments/composites.ts";
import { timer } from "../arguments/numbers.ts";
import { orElse } from "../arguments/or-else.ts";
import { interfaceName, optionalWord, path, text } from "../arguments/words.ts";
import { block, flag, keyword, list, subBlock, subBlocks } from "../schema.ts";
import { addressEntry } from "./address-entry.ts";
import { bfdInstance } from "./bfd-instance.ts";
import { garpGroup } from "./garp-group.ts";
import { globalDefs } from "./global-defs.ts";
import { routeEntry } from "./route-entry.ts";
import { ruleEntry } from "./rule-entry.ts";
import { ssl } from "./ssl.ts";
import { trackFile } from "./track-file.ts";
import { trackGroup } from "./track-group.ts";
import { virtualServer } from "./virtual-server.ts";
import { virtualServerGroup } from "./virtual-server-group.ts";
import { vrrpInstance } from "./vrrp-instance.ts";
import { vrrpScript } from "./vrrp-script.ts";
import { vrrpSyncGroup } from "./vrrp-sync-group.ts";
import { vrrpTrackProcess } from "./vrrp-track-process.ts";

/** What stands outside of all blocks. */
export const root = block({
    documentation: "What stands outside of all blocks.",
    keywords: {
        linkbeat_use_polling: flag({
            documentation: "Finds out by polling, not from the kernel's messages, whether links are up.",
            status: "acts",
        }),
        net_namespace: keyword(text("NAME"), {
            documentation: "Network namespace to enter before anything is started.",
            reload: "refuses-reload",
            status: "acts",
        }),
        net_namespace_ipvs: keyword(orElse(text("NAME"), true), {
            documentation: "Network namespace in which only IPVS is handled; without a name that of process 1.",
            defaultText: "that of the process",
            reload: "refuses-reload",
            status: "acts",
        }),
        namespace_with_ipsets: flag({
            documentation:
                "Permits ipsets inside a namespace on kernels before 3.13; nothing is left to permit on those that the daemon runs on.",
            status: "acts",
        }),
        use_pid_dir: flag({ documentation: "Keeps pid files in a directory of our own.", reload: "refuses-reload", status: "acts" }),
        instance: keyword(text("NAME"), {
            documentation: "Tells several daemons on one machine apart: part of pid files, log names and dump files.",
            reload: "refuses-reload",
            status: "acts",
        }),
        child_wait_time: keyword(timer({ minimum: seconds(0), maximum: seconds(4_294_967_295) }), {
            documentation: "Seconds that the children get to end by themselves; the runner, which has scripts to end, gets 25 at least.",
            defaultText: "5",
            status: "acts",
        }),
        global_defs: subBlock(globalDefs, { documentation: "Settings for everything.", status: "acts" }),
        track_group: subBlocks(trackGroup, {
            documentation: "Virtual routers to which static addresses, routes and rules can be tied.",
            uniqueHead: true,
            status: "acts",
        }),
        static_ipaddress: list(addressEntry, { documentation: "Addresses that stand as long as the daemon runs.", status: "acts" }),
        static_routes: list(routeEntry, { documentation: "Routes that stand as long as the daemon runs.", status: "acts" }),
        static_rules: list(ruleEntry, { documentation: "Routing rules that stand as long as the daemon runs.", status: "acts" }),
        vrrp_sync_group: subBlocks(vrrpSyncGroup, {
            documentation: "Virtual routers that change state together.",
            uniqueHead: true,
            status: "acts",
        }),
        garp_group: subBlocks(garpGroup, { documentation: "Limits announcements on several interfaces together.", status: "acts" }),
        vrrp_instance: subBlocks(vrrpInstance, { documentation: "One virtual router.", status: "acts", uniqueHead: true }),
        vrrp_script: subBlocks(vrrpScript, {
            documentation: "A program run at intervals, whose success virtual routers can track.",
            status: "acts",
        }),
        vrrp_track_process: subBlocks(vrrpTrackProcess, {
            documentation: "Processes whose presence virtual routers can track.",
            status: "acts",
        }),
        track_file: subBlocks(trackFile, {
            documentation: "A file whose number virtual routers and checkers can track.",
            deprecatedAliases: ["vrrp_track_file"],
            status: "acts",
        }),
        interface_up_down_delays: list(
            sequence({
                interface: interfaceName(),
                down: timer({ minimum: seconds(0), maximum: seconds(255) }),
                up: optional(timer({ minimum: seconds(0), maximum: seconds(255) })),
            }),
            { documentation: "How long an interface must be down or up before that counts.", status: "acts" },
        ),
        linkbeat_interfaces: list(sequence({ interface: interfaceName(), method: optionalWord("MII", "ETHTOOL", "IOCTL") }), {
            documentation: "Interfaces whose link is found out by polling.",
            status: "acts",
        }),
        SSL: subBlock(ssl, { documentation: "Certificates and keys of HTTPS checks.", status: "acts" }),
        virtual_server_group: subBlocks(virtualServerGroup, {
            documentation: "Addresses and firewall marks that share real servers.",
            status: "acts",
        }),
        virtual_server: subBlocks(virtualServer, { documentation: "One service of the load balancer.", status: "acts" }),
        bfd_instance: subBlocks(bfdInstance, {
            documentation: "One BFD session, which finds a dead path in milliseconds.",
            uniqueHead: true,
            status: "acts",
        }),
        include: keyword(path("FILE"), { documentation: "Reads other files here; it may hold wildcards.", status: "acts" }),
        includer: keyword(path("FILE"), {
            documentation: "As include; a file that cannot be read is an error.",
            since: "2.2.0",
            status: "acts",
        }),
        includem: keyword(path("FILE"), {
            documentation: "As include; a file that does not exist is an error.",
            since: "2.2.0",
            status: "acts",
        }),
        includew: keyword(path("FILE"), {
            documentation: "As include; a wildcard that matches nothing is an error.",
            since: "2.2.0",
            status: "acts",
        }),
        includeb: keyword(path("FILE"), {
            documentation: "As include; a brace alternative that matches nothing is an error.",
            since: "2.2.0",
            status: "acts",
        }),
        includea: keyword(path("FILE"), { documentation: "As include, with all four checks.", since: "2.2.0", status: "acts" }),
    },
});
