import { describe, expect, it } from "vitest";
import { centiseconds, seconds } from "../base/instant.ts";
import type { FaultReason, TransitionCause, VrrpReport, VrrpState } from "../vrrp/reports.ts";
import { ip, virtualAddress } from "../vrrp/test-bench.ts";
import { vrrpLogLines } from "./log-lines.ts";
import { stateNumber, stateWord } from "./words.ts";

const router = "VI_1";
const from = ip("10.77.0.2");

function became(before: VrrpState, to: VrrpState, cause: TransitionCause): VrrpReport {
    return { type: "state-changed", router, from: before, to, cause, priority: 100 };
}

function fault(reason: FaultReason): VrrpReport {
    return { type: "fault-raised", router, reason };
}

type Row = readonly [report: VrrpReport, ...lines: string[]];

const ALWAYS: readonly Row[] = [
    [became("initialize", "backup", { type: "startup" }), "(VI_1) Entering BACKUP STATE (init)"],
    [became("initialize", "fault", { type: "startup" }), "(VI_1) Entering FAULT STATE (init)"],
    [became("initialize", "active", { type: "owner" }), "(VI_1) Entering MASTER STATE"],
    [became("backup", "active", { type: "active-down-timer", silence: seconds(3) }), "(VI_1) Entering MASTER STATE"],
    [became("active", "fault", { type: "fault", reason: "interface-down" }), "(VI_1) Entering FAULT STATE"],
    [became("fault", "backup", { type: "fault-cleared" }), "(VI_1) Entering BACKUP STATE"],
    [became("active", "initialize", { type: "stop" })],
    [became("active", "initialize", { type: "reconfigured" })],
    [
        became("active", "backup", { type: "higher-priority", from, priority: 150 }),
        "(VI_1) Master received advert from 10.77.0.2 with higher priority 150, ours 100",
        "(VI_1) Entering BACKUP STATE",
    ],
    [
        became("active", "backup", { type: "higher-priority", from, priority: 100 }),
        "(VI_1) Master received advert from 10.77.0.2 with same priority 100 but higher IP address than ours",
        "(VI_1) Entering BACKUP STATE",
    ],
    [
        became("active", "backup", { type: "address-removed", address: ip("10.77.9.9") }),
        "(VI_1) ip address 10.77.9.9 was removed by somebody else, going back to BACKUP for a moment",
        "(VI_1) Entering BACKUP STATE",
    ],
    [
        became("active", "backup", { type: "stalled", lateness: seconds(4) }),
        "(VI_1) Expired after 4 sec without running, others have taken over",
        "(VI_1) Entering BACKUP STATE",
    ],
    [{ type: "priority-zero-seen", router, from, state: "backup" }, "(VI_1) Backup received priority 0 advertisement"],
    [
        { type: "lower-priority-discarded", router, from, priority: 50, own: 100 },
        "(VI_1) received lower priority (50) advert from 10.77.0.2 - discarding",
    ],
    [
        { type: "lower-priority-seen", router, from, priority: 50, own: 100, forcesElection: true },
        "(VI_1) Received advert from 10.77.0.2 with lower priority 50, ours 100, forcing new election",
    ],
    [
        { type: "lower-priority-seen", router, from, priority: 50, own: 100, forcesElection: false },
        "(VI_1) Received advert from 10.77.0.2 with lower priority 50, ours 100",
    ],
    [{ type: "address-list-differs", router, from, detail: "expected 2 VIPs but received 1" }, "(VI_1) expected 2 VIPs but received 1"],
    [
        { type: "interval-differs", router, from, own: seconds(1), theirs: centiseconds(10) },
        "(VI_1) advertisement interval of 10.77.0.2 is 0.1 sec, ours 1 sec",
    ],
    [{ type: "same-address-seen", router, from }, "(VI_1) WARNING - equal priority advert received from remote host with our IP address."],
    [
        { type: "owner-conflict", router, from },
        "(VI_1) CONFIGURATION ERROR: local instance and a remote instance (10.77.0.2) are both configured as address owner, please fix - reducing local priority",
    ],
    [{ type: "group-syncing", group: "VG_1", to: "active" }, "VRRP_Group(VG_1) Syncing instances to MASTER state"],
    [
        { type: "fault-raised", router, reason: "tracker", detail: "script chk" },
        "(VI_1) entering FAULT state (tracked object failed: script chk)",
    ],
    [{ type: "priority-changed", router, from: 100, to: 50, state: "active" }, "(VI_1) Changing effective priority from 100 to 50"],
    [{ type: "address-refused", router, address: ip("10.77.9.9"), code: "EACCES" }, "(VI_1) cannot set 10.77.9.9: EACCES"],
    [fault("interface-down"), "(VI_1) entering FAULT state (interface down)"],
    [fault("no-source-address"), "(VI_1) entering FAULT state (no address for interface)"],
    [
        {
            type: "advertisement-rejected",
            router,
            vrid: 51,
            source: from,
            reason: "ttl",
            detail: "invalid TTL/HL. Received 1 and expect 255",
        },
        "(VI_1) invalid TTL/HL. Received 1 and expect 255",
    ],
    [
        { type: "advertisement-rejected", router: undefined, vrid: 7, source: from, reason: "unknown-vrid", detail: "Unknown VRID(7)" },
        "Unknown VRID(7)",
    ],
];

const WITH_DETAIL: readonly Row[] = [
    [
        became("backup", "active", { type: "active-down-timer", silence: seconds(3) }),
        "(VI_1) Receive advertisement timeout",
        "(VI_1) Entering MASTER STATE",
    ],
    [became("initialize", "active", { type: "owner" }), "(VI_1) Receive advertisement timeout", "(VI_1) Entering MASTER STATE"],
    [{ type: "addresses-set", router, count: 1 }, "(VI_1) setting VIPs."],
    [{ type: "addresses-removed", router, count: 1 }, "(VI_1) removing VIPs."],
    [{ type: "priority-zero-sent", router }, "(VI_1) sent 0 priority"],
    [{ type: "priority-zero-seen", router, from, state: "active" }, "(VI_1) Master received priority 0 message"],
    [{ type: "fault-cleared", router, reason: "interface-down" }, "(VI_1) leaving FAULT state reason (interface down)"],
    [
        { type: "announcing", router, addresses: [virtualAddress("10.77.9.9"), virtualAddress("fe80::5e:99")], rounds: 2 },
        "(VI_1) Sending/queueing gratuitous ARPs on eth0 for 10.77.9.9",
        "(VI_1) Sending/queueing Unsolicited Neighbour Adverts on eth0 for fe80::5e:99",
        "Sending gratuitous ARP on eth0 for 10.77.9.9",
        "Sending unsolicited Neighbour Advert on eth0 for fe80::5e:99",
        "Sending gratuitous ARP on eth0 for 10.77.9.9",
        "Sending unsolicited Neighbour Advert on eth0 for fe80::5e:99",
    ],
];

describe("the log", () => {
    it.each(ALWAYS.map((row) => [...row] as const))("says without details of %j", (...[report, ...lines]: Row) => {
        expect(vrrpLogLines(report, false).map(({ text }) => text)).toEqual(lines);
    });

    it.each(WITH_DETAIL.map((row) => [...row] as const))("says with details of %j", (...[report, ...lines]: Row) => {
        expect(vrrpLogLines(report, true).map(({ text }) => text)).toEqual(lines);
        expect(vrrpLogLines(report, false).map(({ text }) => text)).toEqual(lines.filter((line) => line.includes("Entering")));
    });

    it("gives a mistake in the configuration and a refusal the level of an error", () => {
        const reports: VrrpReport[] = [
            { type: "owner-conflict", router, from },
            { type: "address-refused", router, address: from, code: "EACCES" },
        ];
        expect(reports.flatMap((report) => vrrpLogLines(report, false)).map(({ level }) => level)).toEqual(["error", "error"]);
    });
});

describe("a state", () => {
    it.each([
        ["initialize", "INIT", 0],
        ["backup", "BACKUP", 1],
        ["active", "MASTER", 2],
        ["fault", "FAULT", 3],
    ] as const)("%s is %s and %i for Keepalived's users", (state, word, number) => {
        expect([stateWord(state), stateNumber(state)]).toEqual([word, number]);
    });
});
