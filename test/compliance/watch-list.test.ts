import { afterEach, describe, expect, it } from "vitest";
import { POLL } from "../../src/io/native/addon.ts";
import { loadAddon } from "../../src/io/native/load.ts";
import { type Watch, WatchList } from "../../src/io/native/watch-list.ts";

const system = loadAddon();
const { constants: C } = system;

describe("a watch list", () => {
    const lists: WatchList[] = [];
    const fds = new Set<number>();

    function list(onReady: (list: WatchList) => void = () => undefined): WatchList {
        const one = new WatchList(system, onReady);
        lists.push(one);
        return one;
    }

    function pair(): readonly [number, number] {
        const out = new Int32Array(2);
        expect(system.socketpair(C.AF_UNIX, C.SOCK_STREAM, 0, out)).toBe(0);
        const [one = -1, other = -1] = out;
        fds.add(one).add(other);
        return [one, other];
    }

    function close(fd: number): void {
        fds.delete(fd);
        system.close(fd);
    }

    /** Watches, and writes down what is told. */
    function watch(into: WatchList, fd: number, mask: number): { readonly watch: Watch; readonly told: number[] } {
        const told: number[] = [];
        const added = into.add(fd, mask, { ready: (events) => told.push(events) });
        expect(added).toBeTypeOf("object");
        return { watch: added as Watch, told };
    }

    const send = (fd: number) => system.sendto(fd, Uint8Array.of(1), 0, 1, 0, null);

    afterEach(() => {
        for (const one of lists.splice(0)) {
            one.close();
        }
        fds.forEach((fd) => void system.close(fd));
        fds.clear();
    });

    it("tells each watcher what is so, again and again, until it wants something else", () => {
        const all = list();
        const [one, other] = pair();
        const reader = watch(all, one, POLL.read);
        const writer = watch(all, other, POLL.write);
        all.drain();
        send(other);
        all.drain();
        all.drain();
        expect([reader.told, writer.told]).toEqual([
            [POLL.read, POLL.read],
            [POLL.write, POLL.write, POLL.write],
        ]);
        all.change(reader.watch, POLL.write);
        all.drain();
        expect(reader.told.at(-1)).toBe(POLL.write);
    });

    it("tells of an end as of something to read, and of nothing at all who wants nothing", () => {
        const all = list();
        const [one, other] = pair();
        const { watch: waits, told } = watch(all, one, POLL.read);
        close(other);
        all.drain();
        expect(told).toEqual([POLL.read]);
        all.change(waits, 0);
        all.drain();
        expect(told).toEqual([POLL.read]);
        all.change(waits, POLL.read);
        all.drain();
        expect(told).toEqual([POLL.read, POLL.read]);
    });

    it("tells nothing any more once it is to forget, also of what it has heard of already", () => {
        const all = list();
        const [one, other] = pair();
        const heard: string[] = [];
        const watches: Watch[] = [];
        for (const [name, fd] of [
            ["one", one],
            ["other", other],
        ] as const) {
            const ready = (): void => {
                heard.push(name);
                // Both are ready in the same batch, of which the second is forgotten by the first.
                watches.forEach((watch) => void all.forget(watch));
            };
            watches.push(all.add(fd, POLL.write, { ready }) as Watch);
        }
        all.drain();
        all.drain();
        expect([heard.length, all.size]).toEqual([1, 0]);
    });

    it("does not take a new descriptor for an old one of the same number", () => {
        const all = list();
        const [one, other] = pair();
        const first = watch(all, one, POLL.read);
        all.forget(first.watch);
        close(one);
        close(other);
        const [again, peer] = pair();
        expect(again).toBe(one);
        const second = watch(all, again, POLL.read);
        send(peer);
        all.drain();
        expect([first.told, second.told]).toEqual([[], [POLL.read]]);
    });

    it("says that there is more than it tells of at once, and tells of that next", () => {
        const all = list();
        const told = new Set<number>();
        const ends = Array.from({ length: 200 }, () => pair()).flat();
        for (const fd of ends) {
            const ready = (): void => {
                told.add(fd);
            };
            all.add(fd, POLL.write, { ready });
        }
        expect([all.drain(), told.size]).toEqual([true, 256]);
        all.drain();
        expect(told.size).toBe(400);
    });

    it("has itself drained when something is ready", async () => {
        const [one, other] = pair();
        const { told } = watch(
            list((ready) => ready.drain()),
            one,
            POLL.read,
        );
        send(other);
        await expect.poll(() => told.length).toBeGreaterThan(0);
    });

    it("refuses what the kernel refuses", () => {
        expect(list().add(99_999, POLL.read, { ready: () => undefined })).toBeLessThan(0);
    });
});
