import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { VirtualAddress } from "../address/virtual-address.ts";
import { toHex } from "../base/bytes.ts";
import { type IpAddress, parseIp } from "../base/ip.ts";
import { desiredContents, type GuardedVmac, type TableContents } from "./contents.ts";
import type { FirewallSettings } from "./firewall-settings.ts";
import { type FirewallCommand, planTable, type StandingTable } from "./plan.ts";

const SETTINGS: FirewallSettings = { table: "keepalived", priority: -1, counters: false, matchesByIndex: false };
const NOTHING: TableContents = { guardsVmacs: false, sets: new Map() };

function one(text: string, interfaceName = "eth0"): VirtualAddress {
    return { address: parseIp(text) as IpAddress, prefixLength: 32, interfaceName, scope: 0, flags: 0, isTracked: true };
}

function contents(addresses: readonly string[], vmacs: readonly GuardedVmac[] = []): Record<"ip" | "ip6", TableContents> {
    return desiredContents({ blocked: addresses.map((text) => one(text)), vmacs, indexOf: () => 7 }, SETTINGS);
}

/** What a plan does, in short. */
function shown(commands: readonly FirewallCommand[]): string[] {
    return commands.map((command) =>
        "elements" in command ? `${command.type} ${command.set} ${command.elements.map(({ key }) => toHex(key))}` : command.type,
    );
}

const plan = (standing: StandingTable, desired: TableContents): string[] => shown(planTable("ip", standing, desired, SETTINGS));

function keysOf({ sets }: TableContents): Set<string> {
    return new Set(sets.get("vips")?.keys());
}

/** As strictly as the kernel: what is not there cannot be removed; and nothing is added twice. */
function carryOut(command: FirewallCommand, keys: Set<string>): void {
    for (const { key } of "elements" in command ? command.elements : []) {
        const isRemoval = command.type === "delete-elements";
        expect(keys.has(toHex(key))).toBe(isRemoval);
        isRemoval ? keys.delete(toHex(key)) : keys.add(toHex(key));
    }
}

describe("what is wanted", () => {
    it("sorts addresses by family and reach", () => {
        const { ip, ip6 } = contents(["10.0.0.1", "fd00::1", "fe80::1"]);
        expect([...ip.sets.keys()]).toEqual(["vips"]);
        expect([...ip6.sets.keys()]).toEqual(["vips", "vips_link_local_name"]);
    });

    it("takes the number of an interface where that is asked for, and nothing while there is none", () => {
        const blocked = [one("fe80::1"), one("fe80::1", "eth9")];
        const indexOf = (name: string) => (name === "eth0" ? 258 : undefined);
        const { ip6 } = desiredContents({ blocked, vmacs: [], indexOf }, { ...SETTINGS, matchesByIndex: true });
        expect([...(ip6.sets.get("vips_link_local")?.keys() ?? [])]).toEqual(["fe80000000000000000000000000000102010000"]);
    });

    it("gives each family the virtual MACs that are its own", () => {
        const { ip, ip6 } = contents([], [{ family: 6, interfaceIndex: 5, baseIndex: 2 }]);
        expect(ip.guardsVmacs).toBe(false);
        expect([...ip6.sets.keys()]).toEqual(["vmac_map", "vmac_set"]);
    });
});

describe("a plan", () => {
    const blocked = contents(["10.0.0.1"]).ip;

    it("makes a table where none of ours is, and lets it be where none is needed", () => {
        for (const standing of ["absent", "foreign", "stale"] as const) {
            expect(plan(standing, blocked)).toEqual(["replace-table", "new-elements vips 0a000001"]);
        }
        expect(plan("absent", NOTHING)).toEqual([]);
        expect(plan("foreign", NOTHING)).toEqual([]);
        expect(plan("stale", NOTHING)).toEqual(["delete-table"]);
    });

    it("changes what differs, removals first, and nothing else", () => {
        expect(plan(contents(["10.0.0.1", "10.0.0.2"]).ip, contents(["10.0.0.2", "10.0.0.3"]).ip)).toEqual([
            "delete-elements vips 0a000001",
            "new-elements vips 0a000003",
        ]);
        expect(plan(blocked, blocked)).toEqual([]);
    });

    it("empties a table that is no longer needed", () => {
        expect(plan(blocked, NOTHING)).toEqual(["delete-elements vips 0a000001"]);
    });

    it("moves a virtual MAC to another base", () => {
        const on = (baseIndex: number) => contents([], [{ family: 4, interfaceIndex: 5, baseIndex }]).ip;
        expect(plan(on(2), on(3))).toEqual(["delete-elements vmac_map 05000000", "new-elements vmac_map 05000000"]);
    });

    it("makes a table anew whose rules are to know virtual MACs", () => {
        const guarding = contents(["10.0.0.1"], [{ family: 4, interfaceIndex: 5, baseIndex: 2 }]).ip;
        expect(plan(blocked, guarding)[0]).toBe("replace-table");
        expect(plan(guarding, blocked)).toEqual(["delete-elements vmac_map 05000000"]);
    });

    it("spreads what does not fit into one message", () => {
        const many = contents(Array.from({ length: 1_100 }, (_, index) => `10.0.${index >> 8}.${index & 255}`)).ip;
        const commands = planTable("ip", "absent", many, SETTINGS);
        expect(commands.map((command) => ("elements" in command ? command.elements.length : 0))).toEqual([0, 512, 512, 76]);
    });

    it("leads from any contents to any others", () => {
        const some = fc.uniqueArray(fc.integer({ min: 1, max: 20 }).map((last) => `10.0.0.${last}`));
        fc.assert(
            fc.property(some, some, (before, after) => {
                const keys = keysOf(contents(before).ip);
                for (const command of planTable("ip", contents(before).ip, contents(after).ip, SETTINGS)) {
                    carryOut(command, keys);
                }
                expect([...keys].sort()).toEqual([...keysOf(contents(after).ip)].sort());
            }),
        );
    });
});
