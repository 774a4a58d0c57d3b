import { describe, expect, it } from "vitest";
import type { BalanceReport } from "../balance/reports.ts";
import { NO_TIME } from "../base/instant.ts";
import { balanceLogLines } from "./balance-log-lines.ts";

const SUBJECT = { service: "[10.0.0.1]:tcp:80", server: "[10.0.0.2]:tcp:80" };
const QUORUM = { type: "quorum", service: SUBJECT.service, key: "", quorum: 2, hysteresis: 1, isStart: false } as const;
const sorryServer = { name: "[10.0.0.9]:tcp:80", inhibits: false };
const CHECK = { ...SUBJECT, type: "check", kind: "tcp", reason: "connection refused", latency: NO_TIME, isChange: true } as const;

describe("lines as Keepalived's users know them", () => {
    it.each<[BalanceReport, ...string[]]>([
        [{ ...SUBJECT, type: "server-state", isUp: true, inhibits: false }, "Adding service [10.0.0.2]:tcp:80 to VS [10.0.0.1]:tcp:80"],
        [
            { ...SUBJECT, type: "server-state", isUp: false, inhibits: false },
            "Removing service [10.0.0.2]:tcp:80 from VS [10.0.0.1]:tcp:80",
        ],
        [{ ...SUBJECT, type: "server-state", isUp: true, inhibits: true }, "Enabling service [10.0.0.2]:tcp:80 of VS [10.0.0.1]:tcp:80"],
        [{ ...SUBJECT, type: "server-state", isUp: false, inhibits: true }, "Disabling service [10.0.0.2]:tcp:80 of VS [10.0.0.1]:tcp:80"],
        [{ ...QUORUM, isUp: true, weight: 3 }, "Gained quorum 2+1=3 <= 3 for VS [10.0.0.1]:tcp:80"],
        [{ ...QUORUM, isUp: false, weight: 0, isStart: true }, "Starting with quorum down 2-1=1 > 0 for VS [10.0.0.1]:tcp:80"],
        [{ ...QUORUM, isUp: true, weight: 3, isStart: true, sorryServer }, "Gained quorum 2+1=3 <= 3 for VS [10.0.0.1]:tcp:80"],
        [
            { ...QUORUM, isUp: true, weight: 3, sorryServer },
            "Gained quorum 2+1=3 <= 3 for VS [10.0.0.1]:tcp:80",
            "Removing sorry server [10.0.0.9]:tcp:80 from VS [10.0.0.1]:tcp:80",
            "Adding alive servers to the pool for VS [10.0.0.1]:tcp:80",
        ],
        [
            { ...QUORUM, isUp: false, weight: 0, sorryServer },
            "Lost quorum 2-1=1 > 0 for VS [10.0.0.1]:tcp:80",
            "Adding sorry server [10.0.0.9]:tcp:80 to VS [10.0.0.1]:tcp:80",
            "Removing alive servers from the pool for VS [10.0.0.1]:tcp:80",
        ],
        [
            { ...SUBJECT, type: "weight", from: 1, to: 2, isActive: false },
            "Changing weight from 1 to 2 for inactive service [10.0.0.2]:tcp:80 of VS [10.0.0.1]:tcp:80",
        ],
        [{ ...CHECK, outcome: "success", retries: 0 }, "TCP connection to [10.0.0.2]:tcp:80 success."],
        [{ ...CHECK, outcome: "failure", retries: 0 }, "TCP_CHECK on service [10.0.0.2]:tcp:80 failed. (connection refused)"],
        [
            { ...CHECK, outcome: "failure", retries: 3 },
            "TCP_CHECK on service [10.0.0.2]:tcp:80 failed after 3 retries. (connection refused)",
        ],
        [{ ...CHECK, kind: "smtp", outcome: "success", retries: 0 }, "Remote SMTP server [10.0.0.2]:tcp:80 succeed on service."],
        [{ ...CHECK, kind: "udp", outcome: "success", retries: 0 }, "UDP connection to [10.0.0.2]:tcp:80 success."],
        [{ ...CHECK, kind: "ping", outcome: "success", retries: 0 }, "ICMP connection to [10.0.0.2]:tcp:80 success."],
        [
            { ...CHECK, kind: "ping", outcome: "failure", retries: 2 },
            "ICMP CHECK on service [10.0.0.2]:tcp:80 failed after 2 retries. (connection refused)",
        ],
        [{ ...CHECK, kind: "dns", outcome: "failure", retries: 0 }, "DNS_CHECK ([10.0.0.2]:tcp:80) failed. (connection refused)"],
        [{ type: "table-refused", reasons: ["a", "b"] }, "IPVS refuses a", "IPVS refuses b"],
        [{ type: "service-removed", service: SUBJECT.service }, "Removing VS [10.0.0.1]:tcp:80"],
    ])("%j", (report, ...lines) => {
        expect(balanceLogLines(report).map(({ text }) => text)).toEqual(lines);
    });
});
