import { describe, expect, test } from "vitest";
import { wantedRoles } from "./wanted-roles.ts";

const ALL = { vrrp: true, checkers: true, bfd: true, evenUnconfigured: false };
const USUAL = { parts: ALL, configured: ["vrrp"], hasRunner: false, hasLeftovers: false } as const;

describe("the processes that are to run", () => {
    test("are those for which something is configured", () => {
        expect(wantedRoles(USUAL)).toEqual(["vrrp"]);
    });

    // Given a configuration without virtual routers. When something was left behind. Then there is a process to remove it.
    test("have one that removes what was left behind", () => {
        expect(wantedRoles({ ...USUAL, configured: ["checkers"], hasLeftovers: true })).toEqual(["checkers", "vrrp"]);
    });

    // Given -C. When something was left behind. Then VRRP stays out of it all the same.
    test("are never more than the command line allows", () => {
        expect(wantedRoles({ ...USUAL, parts: { ...ALL, vrrp: false }, hasLeftovers: true })).toEqual([]);
    });

    // Given --all. When scripts are configured. Then there is a runner beside the three: nobody else runs scripts.
    test("are all with --all, and the runner where it is needed", () => {
        const parts = { ...ALL, evenUnconfigured: true };
        expect(wantedRoles({ ...USUAL, parts })).toEqual(["checkers", "vrrp", "bfd"]);
        expect(wantedRoles({ ...USUAL, parts, configured: ["vrrp", "runner"] })).toEqual(["checkers", "vrrp", "bfd", "runner"]);
    });

    test("keep the runner once it is there", () => {
        expect(wantedRoles({ ...USUAL, hasRunner: true })).toEqual(["vrrp", "runner"]);
    });
});
