import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Lab } from "../../src/app/cli/lab/lab.ts";
import type { LabDaemon } from "../../src/app/cli/lab/lab-daemon.ts";
import { pause, until } from "../../src/app/cli/lab/until.ts";
import { type InstancePlan, SERVICE_ADDRESS } from "./harness/configuration.ts";
import { UNDER_TEST } from "./harness/daemon-kind.ts";
import { canRunLabs } from "./harness/prerequisites.ts";
import { masterDownInterval } from "./harness/protocol-limits.ts";
import { openPair, startRouter, untilAddresses, untilLogged, untilMaster } from "./harness/router-pair.ts";

const BRISK = { version: 3, family: 4, interval: 0.1 } as const satisfies Partial<InstancePlan>;
const SERVICE = [SERVICE_ADDRESS[4]];

describe.runIf(canRunLabs())("the master's interface", () => {
    let lab: Lab;
    let master: LabDaemon;

    beforeEach(async () => {
        lab = openPair();
        master = startRouter(lab, "r1", UNDER_TEST, { ...BRISK, priority: 150, globals: ["dynamic_interfaces"] });
        startRouter(lab, "r2", UNDER_TEST, { ...BRISK, priority: 100 });
        await untilMaster(lab, "r1");
        await untilAddresses(lab, "r1", { addresses: SERVICE, held: true });
    });

    afterEach(() => {
        lab.close();
    });

    async function expectFault(): Promise<void> {
        await untilLogged(master, "Entering FAULT STATE");
        await untilMaster(lab, "r2");
        await untilAddresses(lab, "r2", { addresses: SERVICE, held: true });
    }

    async function expectRecovery(): Promise<void> {
        await untilMaster(lab, "r1");
        await untilAddresses(lab, "r1", { addresses: SERVICE, held: true });
        await untilAddresses(lab, "r2", { addresses: SERVICE, held: false });
    }

    // Given a master. When its interface is set down, then up. Then it is at fault, the peer serves; then it preempts.
    test("set down and up", async () => {
        lab.network.ip("r1", "link", "set", "eth0", "down");
        await expectFault();
        await untilAddresses(lab, "r1", { addresses: SERVICE, held: false });
        lab.network.ip("r1", "link", "set", "eth0", "up");
        await expectRecovery();
    });

    // Given a master. When its cable is pulled, then put back. Then the same.
    test("without a carrier, and with one again", async () => {
        lab.network.cut("r1");
        await expectFault();
        lab.network.join("r1");
        await expectRecovery();
    });

    // Given a master. When its interface vanishes and one of the same name appears. Then the same, on the new interface.
    test("vanished and back under the same name", async () => {
        lab.network.unplug("r1");
        await expectFault();
        lab.network.plug("r1");
        await expectRecovery();
    });

    // Given a master. When somebody else removes its address. Then the address is served again within a moment, by exactly one.
    test("loses its address to somebody else, and it is served again", async () => {
        lab.network.ip("r1", "address", "delete", `${SERVICE_ADDRESS[4]}/16`, "dev", "eth0");
        const holders = () => ["r1", "r2"].filter((node) => lab.network.addresses(node).includes(SERVICE_ADDRESS[4]));
        const isServed = () => holders().length === 1 && holders()[0] === lab.capture.master();
        await until(isServed, { what: "one master with the address", limit: 15_000, every: 100 });
        expect(master.hasEnded).toBe(false);
    });
});

describe.runIf(canRunLabs())("another interface with addresses of the master", () => {
    let lab: Lab;

    afterEach(() => {
        lab.close();
    });

    function makeEth1(): void {
        lab.network.ip("r1", "link", "add", "eth1", "type", "veth", "peer", "name", "other1");
        for (const name of ["eth1", "other1"]) {
            lab.network.ip("r1", "link", "set", name, "up");
        }
    }

    async function untilServedOnEth1(): Promise<void> {
        const isServed = () => lab.network.ip("r1", "address", "show", "dev", "eth1").includes("10.78.0.100");
        await until(isServed, { what: "the address on eth1", limit: 10_000, every: 50 });
    }

    // Given a master with an address on another interface. When that one vanishes and one of the same name appears. Then the peer serves, then the
    // master has both addresses again.
    test("vanishes and comes back under the same name", async () => {
        lab = openPair();
        makeEth1();
        const addresses = [`${SERVICE_ADDRESS[4]}/16`, "10.78.0.100/16 dev eth1"];
        const master = startRouter(lab, "r1", UNDER_TEST, { ...BRISK, priority: 150, addresses, globals: ["dynamic_interfaces"] });
        await untilServedOnEth1();
        startRouter(lab, "r2", UNDER_TEST, { ...BRISK, priority: 100 });
        lab.network.ip("r1", "link", "delete", "eth1");
        await untilLogged(master, "Entering FAULT STATE");
        await untilMaster(lab, "r2");
        makeEth1();
        await untilMaster(lab, "r1");
        await untilServedOnEth1();
    });
});

describe.runIf(canRunLabs() && UNDER_TEST === "holdfast")("the backup's interface", () => {
    // Given a backup for IPv6. When the MTU of its interface is too small for IPv6 for a moment. Then it hears the master again, and stays backup.
    test("with an MTU too small for IPv6, and a larger one again", async () => {
        const lab = openPair();
        try {
            startRouter(lab, "r1", UNDER_TEST, { ...BRISK, family: 6, priority: 150 });
            await untilMaster(lab, "r1");
            const backup = startRouter(lab, "r2", UNDER_TEST, { ...BRISK, family: 6, priority: 100 });
            await untilLogged(backup, "Entering BACKUP STATE");
            lab.network.ip("r2", "link", "set", "eth0", "mtu", "1000");
            lab.network.ip("r2", "link", "set", "eth0", "mtu", "1500");
            await untilLogged(backup, "leaving FAULT state");
            await pause(masterDownInterval({ priority: 100, interval: 100 }) + 500);
            expect(backup.log()).not.toContain("Entering MASTER STATE");
        } finally {
            lab.close();
        }
    });
});
