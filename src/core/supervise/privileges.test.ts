import { describe, expect, it } from "vitest";
import { milliseconds } from "../base/instant.ts";
import { missingRights, parentCapabilities, privilegesOf, type RoleDuties } from "./privileges.ts";

const PLAIN: RoleDuties = { scheduling: {}, watchesProcessesFromAfar: false, tableNamespace: undefined };

describe("what a process may do", () => {
    it("is little where little is configured", () => {
        expect(privilegesOf("vrrp", PLAIN)).toEqual({
            capabilities: ["NET_ADMIN", "NET_RAW", "NET_BIND_SERVICE", "DAC_READ_SEARCH"],
            startsScripts: false,
        });
        expect(privilegesOf("bfd", PLAIN).capabilities).toEqual(["NET_ADMIN", "NET_RAW", "NET_BIND_SERVICE"]);
        expect(privilegesOf("runner", PLAIN).startsScripts).toBe(true);
        expect(privilegesOf("runner", PLAIN).capabilities).not.toContain("NET_ADMIN");
    });

    it.each<[string, RoleDuties["scheduling"], string[]]>([
        ["a better priority", { niceness: -5 }, ["SYS_NICE"]],
        ["real time", { realtimePriority: 10 }, ["SYS_NICE"]],
        ["real time when it is late", { autoPriority: { maximum: 50, delay: milliseconds(1) } }, ["SYS_NICE"]],
        ["memory", { locksMemory: true }, ["IPC_LOCK"]],
        ["certain processors", { processors: [1] }, []],
    ])("grows by what %s takes", (_, scheduling, more) => {
        expect(privilegesOf("bfd", { ...PLAIN, scheduling }).capabilities.slice(3)).toEqual(more);
    });

    it("reaches into another namespace only where something is to be done there", () => {
        expect(privilegesOf("checkers", { ...PLAIN, tableNamespace: "lb" }).capabilities.slice(4)).toEqual(["SYS_ADMIN"]);
        expect(privilegesOf("checkers", { ...PLAIN, tableNamespace: "" }).capabilities.slice(4)).toEqual(["SYS_ADMIN", "SYS_PTRACE"]);
        expect(privilegesOf("bfd", { ...PLAIN, tableNamespace: "lb" }).capabilities).not.toContain("SYS_ADMIN");
        expect(privilegesOf("vrrp", { ...PLAIN, watchesProcessesFromAfar: true }).capabilities.slice(4)).toEqual([
            "SYS_ADMIN",
            "SYS_PTRACE",
        ]);
    });

    it("is never more than the parent has kept", () => {
        const duties = { vrrp: { ...PLAIN, watchesProcessesFromAfar: true }, runner: PLAIN, checkers: PLAIN, bfd: PLAIN };
        const kept = parentCapabilities(duties);
        for (const role of ["vrrp", "runner", "checkers", "bfd"] as const) {
            expect(kept).toEqual(expect.arrayContaining([...privilegesOf(role, duties[role]).capabilities]));
        }
        expect(parentCapabilities({ ...duties, vrrp: PLAIN })).not.toContain("SYS_ADMIN");
        expect(new Set(kept).size).toBe(kept.length);
    });
});

describe("what a container or a service manager did not give", () => {
    it("is named once for each role that cannot work without it", () => {
        const roles = ["vrrp", "checkers", "runner", "bfd"] as const;
        expect(missingRights(roles, () => true)).toEqual([]);
        expect(missingRights(roles, (capability) => capability !== "NET_RAW")).toEqual([
            "CAP_NET_RAW missing: VRRP cannot set and announce addresses. A container is given it by --cap-add NET_RAW, a service by AmbientCapabilities= and CapabilityBoundingSet=",
        ]);
        const none = missingRights(roles, () => false);
        expect(none.map((line) => line.split(":", 1)[0])).toEqual(["CAP_NET_ADMIN and CAP_NET_RAW missing", "CAP_NET_ADMIN missing"]);
    });
});
