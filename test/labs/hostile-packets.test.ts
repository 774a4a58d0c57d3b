import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Lab } from "../../src/app/cli/lab/lab.ts";
import type { LabDaemon } from "../../src/app/cli/lab/lab-daemon.ts";
import { pause, until } from "../../src/app/cli/lab/until.ts";
import { concatBytes } from "../../src/core/base/bytes.ts";
import { type InstancePlan, VRID } from "./harness/configuration.ts";
import { UNDER_TEST } from "./harness/daemon-kind.ts";
import { forgedFrame, messageOf, withBytes, withChecksum } from "./harness/forgery.ts";
import { Injector } from "./harness/injector.ts";
import { canRunLabs } from "./harness/prerequisites.ts";
import { masterDownInterval } from "./harness/protocol-limits.ts";
import { openPair, startRouter, untilLogged, untilMaster } from "./harness/router-pair.ts";
import { readStats } from "./harness/stats-file.ts";

const AUTHENTICATION = ["authentication {", "    auth_type PASS", "    auth_pass secret", "}"];
const INSTANCE = { version: 2, family: 4, interval: 1, lines: AUTHENTICATION } as const satisfies Partial<InstancePlan>;
const STRANGER = "10.77.0.3";

/** Where the fields of a version 2 message stand; all forgeries claim the highest priority, so that believing one would show. */
const FIELD = { versionAndType: 0, vrid: 1, priority: 2, count: 3, authType: 4, interval: 5 } as const;
const HIGHEST = { [FIELD.priority]: 255 };

describe.runIf(canRunLabs())("stray and forged advertisements", () => {
    let lab: Lab;
    let injector: Injector;
    let master: LabDaemon;
    let backup: LabDaemon;
    let template: Uint8Array;

    beforeEach(async () => {
        lab = openPair();
        injector = Injector.open(lab.addon, lab.network, "client");
        master = startRouter(lab, "r1", UNDER_TEST, { ...INSTANCE, priority: 254 });
        await untilMaster(lab, "r1");
        backup = startRouter(lab, "r2", UNDER_TEST, { ...INSTANCE, priority: 100 });
        await untilLogged(backup, "Entering BACKUP STATE");
        template = lab.capture.lastAdvertisement({ node: "r1" })?.bytes ?? new Uint8Array();
    }, 30_000);

    afterEach(() => {
        injector.close();
        lab.close();
    });

    function send(message: Uint8Array, ttl = 255): void {
        injector.send(forgedFrame(message, { template, source: STRANGER, ttl }));
    }

    async function expectNothingChanged(): Promise<void> {
        await pause(masterDownInterval({ priority: 1, interval: 1_000 }));
        expect(lab.capture.advertisements({ node: "r2" })).toEqual([]);
        expect(lab.capture.master(VRID)).toBe("r1");
        for (const daemon of [master, backup]) {
            expect(daemon.hasEnded).toBe(false);
            expect(daemon.log().split("Entering FAULT STATE")).toHaveLength(1);
        }
        expect(master.log().split("Entering BACKUP STATE").length).toBeLessThanOrEqual(2);
    }

    // Given master and backup. When advertisements with one thing wrong each arrive. Then nothing changes, each is counted by its reason, and
    // the backup still takes over in time when the master dies.
    test("one wrong field each", async () => {
        const message = messageOf(template);
        const forged = (changes: Readonly<Record<number, number>>) => withChecksum(withBytes(message, { ...HIGHEST, ...changes }));
        send(forged({}), 254);
        send(withBytes(message, HIGHEST));
        send(forged({ [FIELD.versionAndType]: 0x22 }));
        send(forged({ [FIELD.versionAndType]: 0x41 }));
        send(forged({ [FIELD.versionAndType]: 0x31 }));
        send(forged({ [FIELD.vrid]: VRID + 1 }));
        send(forged({ [FIELD.count]: 200 }));
        send(forged({ [FIELD.count]: 0 }));
        send(forged({ [FIELD.authType]: 0 }));
        send(forged({ [FIELD.authType]: 2 }));
        send(forged({ [FIELD.authType]: 9 }));
        send(forged({ [FIELD.interval]: 7 }));
        send(forged({ [message.length - 4]: 0x21 }));
        send(withChecksum(withBytes(concatBytes(message, new Uint8Array(40)), HIGHEST)));
        await expectNothingChanged();

        backup.signal("SIGUSR2");
        await until(() => backup.file("keepalived.stats").includes("Priority Zero"), { what: "the statistics file", limit: 5_000 });
        const stats = readStats(backup.file("keepalived.stats"));
        expect(stats.get("Packet Errors/TTL")).toBeGreaterThanOrEqual(1);
        expect(stats.get("Packet Errors/Invalid Type")).toBeGreaterThanOrEqual(1);
        expect(stats.get("Packet Errors/Length")).toBeGreaterThanOrEqual(1);
        // Keepalived complains of the interval in its log, but does not count it.
        expect(stats.get("Packet Errors/Advertisement Interval")).toBeGreaterThanOrEqual(UNDER_TEST === "holdfast" ? 1 : 0);
        expect(stats.get("Authentication Errors/Failure")).toBeGreaterThanOrEqual(1);
        expect(stats.get("Authentication Errors/Type Mismatch")).toBeGreaterThanOrEqual(1);
        lab.network.cut("r1");
        await untilMaster(lab, "r2");
    });

    // Given master and backup. When advertisements arrive that are cut at every length, and with every single bit flipped. Then nothing changes.
    test("cut short, and with single bits flipped", async () => {
        const message = withChecksum(withBytes(messageOf(template), HIGHEST));
        for (let length = 0; length < message.length; length++) {
            send(message.subarray(0, length));
            send(withChecksum(message.subarray(0, Math.max(length, 8))));
        }
        for (let bit = 0; bit < message.length * 8; bit++) {
            const offset = bit >> 3;
            send(withBytes(message, { [offset]: (message[offset] ?? 0) ^ (1 << (bit & 7)) }));
        }
        await expectNothingChanged();
    });

    // Given master and backup. When noise arrives as protocol 112. Then nothing changes.
    test("noise", async () => {
        fc.assert(
            fc.property(fc.uint8Array({ maxLength: 600 }), fc.constantFrom(0x21, 0x31, undefined), (noise, start) => {
                send(start === undefined ? noise : concatBytes(Uint8Array.of(start, VRID, 255), noise));
            }),
            { numRuns: 500 },
        );
        await expectNothingChanged();
    });
});
