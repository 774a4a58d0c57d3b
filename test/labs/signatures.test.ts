import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Lab } from "../../src/app/cli/lab/lab.ts";
import type { LabDaemon } from "../../src/app/cli/lab/lab-daemon.ts";
import { pause, until } from "../../src/app/cli/lab/until.ts";
import { configuration, type InstancePlan } from "./harness/configuration.ts";
import { UNDER_TEST } from "./harness/daemon-kind.ts";
import { Injector } from "./harness/injector.ts";
import { canRunLabs } from "./harness/prerequisites.ts";
import { masterDownInterval } from "./harness/protocol-limits.ts";
import { openPair, startRouter, untilLogged, untilMaster } from "./harness/router-pair.ts";
import { readStats } from "./harness/stats-file.ts";

/** Debian's Keepalived 2.2.7 has no `auth_hmac`: it came with 2.4.0. */
const CAN_SIGN = UNDER_TEST === "holdfast";

const KEY = "hex:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
const TRAILER = 28;
const ENDS = { 4: ["10.77.0.1", "10.77.0.2"], 6: ["fd77::1", "fd77::2"] } as const;

function signed(...lines: readonly string[]): readonly string[] {
    return ["auth_hmac {", ...lines.map((line) => `    ${line}`), "}"];
}

const CASES = [
    { title: "version 3, IPv4, multicast", plan: { version: 3, family: 4, interval: 0.5 }, isUnicast: false },
    { title: "version 2, IPv4, unicast", plan: { version: 2, family: 4, interval: 1 }, isUnicast: true },
    { title: "version 3, IPv6, multicast", plan: { version: 3, family: 6, interval: 0.5 }, isUnicast: false },
    { title: "version 3, IPv6, unicast", plan: { version: 3, family: 6, interval: 0.5 }, isUnicast: true },
] as const;

describe.runIf(canRunLabs() && CAN_SIGN)("signed advertisements", () => {
    let lab: Lab;

    beforeEach(() => {
        lab = openPair();
    });

    afterEach(() => {
        lab.close();
    });

    async function statsOf(daemon: LabDaemon): Promise<ReadonlyMap<string, number>> {
        daemon.signal("SIGUSR2");
        await until(() => daemon.file("keepalived.stats").includes("Priority Zero"), { what: "the statistics file", limit: 5_000 });
        return readStats(daemon.file("keepalived.stats"));
    }

    describe.each(CASES)("$title", ({ plan, isUnicast }) => {
        function planFor(node: "r1" | "r2", priority: number): InstancePlan {
            const [first, second] = ENDS[plan.family];
            const [own, peer] = node === "r1" ? [first, second] : [second, first];
            const unicast = isUnicast ? [`unicast_src_ip ${own}`, "unicast_peer {", `    ${peer}`, "}"] : [];
            return { ...plan, priority, lines: [...signed(`key 1 ${KEY}`), ...unicast] };
        }

        // Given master and backup. When an advertisement comes a second time, and one with the highest priority that nobody signed. Then both are
        // refused and counted by their reasons, nothing changes, and the backup takes over when the master dies.
        test("a replayed and a forged one are refused and counted", async () => {
            const injector = Injector.open(lab.addon, lab.network, "client");
            startRouter(lab, "r1", UNDER_TEST, planFor("r1", 200));
            await untilMaster(lab, "r1");
            const backup = startRouter(lab, "r2", UNDER_TEST, planFor("r2", 100));
            await untilLogged(backup, "Entering BACKUP STATE");
            const heard = lab.capture.advertisements({ node: "r1" }).length;
            await until(() => lab.capture.advertisements({ node: "r1" }).length > heard + 1, {
                what: "two more advertisements",
                limit: 5_000,
            });
            const last = lab.capture.lastAdvertisement({ node: "r1" })?.bytes ?? expect.fail("nothing was sent");

            const replayed = fromStranger(last);
            injector.send(replayed);
            const forged = fromStranger(last);
            forged[forged.length - 1] = 0x55 ^ (forged.at(-1) ?? 0);
            injector.send(forged);
            await untilLogged(backup, "replayed authentication trailer");
            // Over IPv6 the checksum covers the trailer too, but the HMAC is looked at first.
            await untilLogged(backup, "invalid HMAC");
            const stats = await statsOf(backup);
            injector.close();
            expect(stats.get("Authentication Extension Errors/Replay")).toBe(1);
            expect(stats.get("Authentication Extension Errors/Invalid HMAC")).toBe(1);
            expect(stats.get("Advertisements/Received")).toBeGreaterThanOrEqual(2);
            expect(lab.capture.advertisements({ node: "r2" })).toEqual([]);

            lab.network.cut("r1");
            await untilMaster(lab, "r2");
        });
    });

    // Given a key in a file of which others may read. When both routers read it. Then they understand each other, and the log warns.
    // When the file gets another key and both are told to reload, one after the other, with the old key still known. Then no advertisement is lost.
    test("keys come from files, and change by reloads without a gap", async () => {
        const [first, second] = ["one", "two"].map((name) => join(lab.directory, `${name}.key`)) as [string, string];
        writeFileSync(first, `${KEY}\n`, { mode: 0o600 });
        chmodSync(first, 0o644);
        writeFileSync(second, "a pass phrase of more than 32 characters\n", { mode: 0o600 });
        const plan = { version: 3, family: 4, interval: 0.5 } as const;
        const lines = signed(`key 1 file:${first}`, `key 2 file:${second}`, "active_key 1");
        const start = (node: "r1" | "r2", priority: number) => ({
            node,
            daemon: startRouter(lab, node, UNDER_TEST, { ...plan, priority, lines }),
        });
        const master = start("r1", 200);
        await untilMaster(lab, "r1");
        const backup = start("r2", 100);
        const routers = [master, backup];
        for (const { daemon } of routers) {
            await untilLogged(daemon, "SECURITY VIOLATION");
            expect(daemon.log()).not.toContain("000102");
            expect(daemon.log()).not.toContain("pass phrase");
        }
        for (const { node, daemon } of routers.toReversed()) {
            const changed = {
                ...plan,
                priority: node === "r1" ? 200 : 100,
                lines: signed(`key 1 file:${first}`, `key 2 file:${second}`, "active_key 2"),
            };
            writeFileSync(join(daemon.directory, "keepalived.conf"), configuration(changed));
            daemon.signal("SIGHUP");
        }
        await until(() => keyIdOf(lab) === 2, { what: "a signature by the second key", limit: 10_000 });
        await pause(masterDownInterval({ priority: 1, interval: 500 }));
        expect(lab.capture.advertisements({ node: "r2" })).toEqual([]);
        const stats = await statsOf(backup.daemon);
        expect(stats.get("Authentication Extension Errors/Unknown Key")).toBe(0);
    });
});

/** The same frame from another Ethernet address: the switch must not learn that the router moved. */
function fromStranger(frame: Uint8Array): Uint8Array {
    const copy = frame.slice();
    copy.set([0x02, 0, 0, 0x77, 0xff, 0xff], 6);
    return copy;
}

function keyIdOf(lab: Lab): number | undefined {
    const bytes = lab.capture.lastAdvertisement({ node: "r1" })?.bytes;
    return bytes?.[bytes.length - TRAILER + 1];
}
