/** `lvs_sync_daemon`: the daemon that copies IPVS connections follows its virtual router. */
import { describe, expect, it } from "vitest";
import type { SpeakerEffect } from "./effects.ts";
import { link, SpeakerBench } from "./test-bench.ts";

const DAEMON = { interfaceName: "eth1", syncId: 51 };
const orders = (effects: readonly SpeakerEffect[]): SpeakerEffect[] => effects.filter(({ type }) => type === "sync-daemon");
const to = (state: "master" | "backup"): SpeakerEffect => ({ type: "sync-daemon", router: "VI_1", state, daemon: DAEMON });
const OFF: SpeakerEffect = { type: "sync-daemon", router: "VI_1", state: "off" };

describe("the connection synchronisation daemon", () => {
    it("receives on a backup, sends on the master, and ends with it", () => {
        const bench = new SpeakerBench({ syncDaemon: DAEMON });
        expect(orders(bench.start())).toEqual([to("backup")]);
        expect(orders(bench.wake())).toEqual([to("master")]);
        expect(orders(bench.hear("10.77.0.2", { priority: 200 }))).toEqual([to("backup")]);
        expect(orders(bench.tell({ type: "stop", keepsAddresses: false }))).toEqual([OFF]);
    });

    it("stays a receiver from backup to FAULT", () => {
        const bench = new SpeakerBench({ syncDaemon: DAEMON });
        bench.start();
        expect(orders(bench.tell({ type: "link", link: link({ isRunning: false }) }))).toEqual([]);
    });

    it("is told anew only when a reload changes it", () => {
        const bench = new SpeakerBench({ syncDaemon: DAEMON });
        bench.start();
        const { syncDaemon, ...without } = bench.settings;
        expect(orders(bench.tell({ type: "configure", routers: [{ ...without, syncDaemon: { ...DAEMON } }] }))).toEqual([]);
        const moved = { ...DAEMON, interfaceName: "eth2" };
        expect(orders(bench.tell({ type: "configure", routers: [{ ...without, syncDaemon: moved }] }))).toEqual([
            { type: "sync-daemon", router: "VI_1", state: "backup", daemon: moved },
        ]);
        expect(orders(bench.tell({ type: "configure", routers: [without] }))).toEqual([OFF]);
        expect(syncDaemon).toBe(DAEMON);
    });

    it("does not exist for other routers", () => {
        const bench = new SpeakerBench();
        expect(orders(bench.start())).toEqual([]);
        expect(orders(bench.wake())).toEqual([]);
    });
});
