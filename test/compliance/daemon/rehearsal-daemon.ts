import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { runBfd } from "../../../src/app/bfd.ts";
import { runCheckers } from "../../../src/app/checkers.ts";
import { type ChildContext, type ChildWork, runChild } from "../../../src/app/child.ts";
import type { DaemonOptions } from "../../../src/app/command-line.ts";
import type { LoadedConfiguration } from "../../../src/app/daemon-program.ts";
import { runProcess } from "../../../src/app/run-process.ts";
import { runProgram } from "../../../src/app/run-program.ts";
import { runRunner } from "../../../src/app/runner.ts";
import { instant, NO_TIME, seconds } from "../../../src/core/base/instant.ts";
import { parseIp } from "../../../src/core/base/ip.ts";
import { root } from "../../../src/core/config/blocks/root.ts";
import { readForTest } from "../../../src/core/config/test-reader.ts";
import type { VirtualRouterSettings } from "../../../src/core/vrrp/settings.ts";
import type { VirtualRouterSnapshot } from "../../../src/core/vrrp/snapshot.ts";
import { loadAddon } from "../../../src/io/native/load.ts";

/**
 * The daemon with a role that touches no network, for tests of everything around it. Its configuration is one JSON object:
 * `{"routers": ["VI_1"], "behaviour": "hang" | "exit-2" | "deaf" | "slow-exit"}`; a router is active from the start.
 */
interface Script {
    readonly routers: readonly string[];
    readonly behaviour?: string;
}

const words = process.argv.slice(2);

const CHILDREN = {
    vrrp: async () => () => runChild("vrrp", loadAddon(), compose),
    runner: async () => runRunner,
    checkers: async () => runCheckers,
    bfd: async () => runBfd,
};

runProcess(words, CHILDREN, () =>
    runProgram(words, {
        daemon: async () => ({ script: fileURLToPath(import.meta.url), loadConfiguration, rehearse: () => [] }),
        testConfiguration: async (options) => (loadConfiguration(options).outcome.ok ? 0 : 5),
    }),
);

function loadConfiguration(options: DaemonOptions): LoadedConfiguration {
    try {
        const script: Script = JSON.parse(readFileSync(options.configurationFile, "utf8"));
        return {
            lines: [{ level: "info", text: `Opening file '${options.configurationFile}'.` }],
            isBroken: false,
            outcome: {
                ok: true,
                value: {
                    roles: script.routers.length > 0 ? ["vrrp"] : [],
                    settings: {
                        vrrp: {
                            routers: script.routers.map((name) => router(name, script.behaviour)),
                            groups: [],
                            keepsAddressesAtStop: options.keepsAddressesAtStop,
                            logDetail: options.log.detail,
                            detailedRouters: [],
                            logsAddresses: false,
                            netlinkBuffers: {},
                            linkRules: [],
                            steadyLinks: [],
                            logsUnknownVrids: false,
                            silencesLocalReports: false,
                            pacing: { others: { arp: NO_TIME, neighbour: NO_TIME }, groups: [] },
                            firewall: { table: "keepalived", priority: -1, counters: false, matchesByIndex: false },
                            trackFiles: [],
                            trackProcesses: [],
                            statics: { addresses: [], routes: [], rules: [], groups: [] },
                            scheduling: {},
                        },
                        runner: { scripts: [], pipes: [], scheduling: {} },
                        checkers: {
                            netlinkBuffers: {},
                            balancer: { virtualServers: [], flushesAtStart: false, atStop: "remove", tellsFirstStates: false, daemons: [] },
                            trackFiles: [],
                            dataPlane: { choice: "auto", table: "holdfast_lvs" },
                            logDetail: 0,
                            scheduling: {},
                        },
                        bfd: { sessions: [], logDetail: 0, scheduling: {} },
                    },
                    source: readForTest(root, "global_defs {\nrouter_id rehearsal\n}").value,
                    lifeScripts: {},
                    reloading: { repeats: false },
                    usesPidDirectory: false,
                    dumpFiles: {},
                    jsonVersion: 1,
                },
            },
        };
    } catch (error) {
        return { lines: [{ level: "error", text: String(error) }], isBroken: true, outcome: { ok: false, error: 2 } };
    }
}

/** The behaviour travels as the interface's name: the settings have no room for what only a test needs. */
function router(name: string, behaviour = "normal"): VirtualRouterSettings {
    const group = parseIp("224.0.0.18");
    if (group === undefined) {
        throw new Error("no group");
    }
    return {
        name,
        vrid: 51,
        version: 3,
        family: 4,
        interfaceName: behaviour,
        priority: 150,
        wantsMaster: false,
        advertisementInterval: seconds(1),
        downTimerAdverts: 3,
        preempt: true,
        preemptDelay: NO_TIME,
        accept: true,
        startupDelay: NO_TIME,
        authentication: { type: "none" },
        checksum: "standard",
        destination: { type: "multicast", group },
        tracksSourceAddress: false,
        tracksInterface: true,
        addresses: [],
        excludedAddresses: [],
        announcements: {
            masterRepeat: 5,
            masterDelay: seconds(5),
            refresh: NO_TIME,
            refreshRepeat: 1,
            lowerPriorityRepeat: 5,
            lowerPriorityDelay: seconds(5),
        },
        lowerPriorityNoAdvert: false,
        higherPrioritySendAdvert: false,
        ownerIgnoresAdverts: false,
        checksAddressesOnce: false,
        checksUnicastSource: false,
        faultWithoutPeers: false,
        strict: false,
    };
}

function compose(context: ChildContext<"vrrp">): ChildWork<"vrrp"> {
    const behaviour = context.settings.routers[0]?.interfaceName;
    if (behaviour === "exit-2") {
        process.exit(2);
    }
    if (behaviour === "throw") {
        setImmediate(() => {
            throw new Error("a defect");
        });
    }
    let settings = context.settings;
    const sent = new Map<string, number>();
    const all = () => settings.routers.map((one) => snapshotOf(one, sent.get(one.name) ?? 0));
    setInterval(() => undefined, 1_000);
    return {
        start: (snapshots) => {
            context.log({ level: "info", text: `took up ${snapshots.length}` });
            for (const { name } of settings.routers) {
                const former = snapshots.find((snapshot) => snapshot.name === name);
                sent.set(name, (former?.counters.advertisementsSent ?? 0) + 1);
            }
            context.publish(all());
        },
        yield: (done) => {
            done(all());
            return "works-on";
        },
        configure: (wanted, done) => {
            settings = wanted;
            done();
        },
        snapshots: all,
        hear: () => undefined,
        siblingReady: () => undefined,
        stop: (done) => {
            if (behaviour !== "deaf") {
                if (behaviour === "slow-exit") {
                    process.on("exit", () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300));
                }
                context.log({ level: "info", text: `(${settings.routers[0]?.name}) sent 0 priority` });
                done();
            }
        },
    };
}

function snapshotOf(settings: VirtualRouterSettings, advertisementsSent: number): VirtualRouterSnapshot {
    return {
        name: settings.name,
        vrid: settings.vrid,
        family: 4,
        version: 3,
        interfaceName: settings.interfaceName,
        state: "active",
        faults: [],
        basePriority: 150,
        effectivePriority: 150,
        activeAdvertisementInterval: seconds(1),
        lastTransition: { at: instant(0), cause: { type: "startup" } },
        counters: {
            advertisementsReceived: 0,
            advertisementsSent,
            becameActive: 1,
            releasedActive: 0,
            priorityZeroReceived: 0,
            priorityZeroSent: 0,
            addressListErrors: 0,
            unsignedAccepted: 0,
            foreignRemovals: 0,
            rejections: {},
        },
    };
}
