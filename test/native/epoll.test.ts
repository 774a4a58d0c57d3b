import { afterEach, describe, expect, it } from "vitest";
import { POLL, type Poller } from "../../src/io/native/addon.ts";
import { loadAddon } from "../../src/io/native/load.ts";
import { errnoName } from "../../src/io/native/sys.ts";

const addon = loadAddon();
const { constants: C } = addon;
const open = new Set<number>();

function owned(fd: number): number {
    expect(fd).toBeGreaterThanOrEqual(0);
    open.add(fd);
    return fd;
}

function close(fd: number): void {
    open.delete(fd);
    expect(addon.close(fd)).toBe(0);
}

function pair(): readonly [number, number] {
    const out = new Int32Array(2);
    expect(addon.socketpair(C.AF_UNIX, C.SOCK_STREAM, 0, out)).toBe(0);
    return [owned(out[0] ?? -1), owned(out[1] ?? -1)];
}

const send = (fd: number) => addon.sendto(fd, Uint8Array.of(1), 0, 1, 0, null);

/** What is ready, by token. */
function ready(epoll: number, room = 64): ReadonlyMap<number, number> {
    const out = new Int32Array(2 * room);
    const count = addon.epollWait(epoll, out);
    expect(count).toBeGreaterThanOrEqual(0);
    return new Map(Array.from({ length: count }, (_, index) => [out[2 * index + 1] ?? -1, out[2 * index] ?? -1]));
}

afterEach(() => {
    for (const fd of open) {
        addon.close(fd);
    }
    open.clear();
});

describe("epoll", () => {
    it("tells which of its descriptors are ready, and for what, by their tokens", () => {
        const epoll = owned(addon.epollCreate());
        const [one, other] = pair();
        expect(addon.epollControl(epoll, C.EPOLL_CTL_ADD, one, C.EPOLLIN, 7)).toBe(0);
        expect(addon.epollControl(epoll, C.EPOLL_CTL_ADD, other, C.EPOLLIN | C.EPOLLOUT, -8)).toBe(0);
        expect(ready(epoll)).toEqual(new Map([[-8, C.EPOLLOUT]]));
        send(other);
        expect(ready(epoll)).toEqual(
            new Map([
                [7, C.EPOLLIN],
                [-8, C.EPOLLOUT],
            ]),
        );
    });

    it("watches for something else, and no more, when it is told so", () => {
        const epoll = owned(addon.epollCreate());
        const [one, other] = pair();
        addon.epollControl(epoll, C.EPOLL_CTL_ADD, one, C.EPOLLOUT, 1);
        expect(addon.epollControl(epoll, C.EPOLL_CTL_MOD, one, C.EPOLLIN, 2)).toBe(0);
        expect(ready(epoll)).toEqual(new Map());
        close(other);
        expect(ready(epoll)).toEqual(new Map([[2, C.EPOLLIN | C.EPOLLHUP]]));
        expect(addon.epollControl(epoll, C.EPOLL_CTL_DEL, one, 0, 0)).toBe(0);
        expect(ready(epoll)).toEqual(new Map());
    });

    it("forgets a descriptor that is closed", () => {
        const epoll = owned(addon.epollCreate());
        const [one] = pair();
        addon.epollControl(epoll, C.EPOLL_CTL_ADD, one, C.EPOLLOUT, 1);
        close(one);
        expect(ready(epoll)).toEqual(new Map());
    });

    it("tells of no more at a time than there is room for, and of the others next time", () => {
        const epoll = owned(addon.epollCreate());
        const all = Array.from({ length: 6 }, () => pair()).flat();
        for (const [token, fd] of all.entries()) {
            addon.epollControl(epoll, C.EPOLL_CTL_ADD, fd, C.EPOLLOUT, token);
        }
        const seen = [ready(epoll, 5), ready(epoll, 5), ready(epoll, 5)];
        expect(seen.map(({ size }) => size)).toEqual([5, 5, 5]);
        expect(new Set(seen.flatMap((one) => [...one.keys()])).size).toBe(12);
    });

    it("tells of 256 at most, however much room there is", () => {
        const epoll = owned(addon.epollCreate());
        const all = Array.from({ length: 150 }, () => pair()).flat();
        for (const [token, fd] of all.entries()) {
            addon.epollControl(epoll, C.EPOLL_CTL_ADD, fd, C.EPOLLOUT, token);
        }
        expect(ready(epoll, 1_000).size).toBe(256);
    });

    it("refuses as the kernel does", () => {
        const epoll = owned(addon.epollCreate());
        const [one] = pair();
        const control = (...words: Parameters<typeof addon.epollControl>) => errnoName(addon, addon.epollControl(...words));
        addon.epollControl(epoll, C.EPOLL_CTL_ADD, one, C.EPOLLIN, 1);
        expect(control(epoll, C.EPOLL_CTL_ADD, one, C.EPOLLIN, 1)).toBe("EEXIST");
        expect(control(epoll, C.EPOLL_CTL_MOD, epoll, C.EPOLLIN, 1)).toBe("EINVAL");
        expect(control(epoll, C.EPOLL_CTL_ADD, 99_999, C.EPOLLIN, 1)).toBe("EBADF");
        expect(control(one, C.EPOLL_CTL_ADD, epoll, C.EPOLLIN, 1)).toBe("EINVAL");
        expect(control(epoll, 99, one, C.EPOLLIN, 1)).toBe("EINVAL");
        expect(errnoName(addon, addon.epollWait(one, new Int32Array(2)))).toBe("EINVAL");
        expect(errnoName(addon, addon.epollWait(99_999, new Int32Array(2)))).toBe("EBADF");
    });

    it("is itself ready to read while one of its descriptors is, for a poller", async () => {
        const epoll = owned(addon.epollCreate());
        const [one, other] = pair();
        addon.epollControl(epoll, C.EPOLL_CTL_ADD, one, C.EPOLLIN, 3);
        let told = 0;
        const poller = addon.pollerOpen(epoll, () => {
            told++;
            addon.pollerSet(poller, 0);
        }) as Poller;
        expect(addon.pollerSet(poller, POLL.read)).toBe(0);
        send(other);
        await expect.poll(() => told).toBe(1);
        expect(errnoName(addon, addon.close(epoll))).toBe("EBUSY");
        addon.pollerClose(poller);
    });

    it("is closed on exec", () => {
        const epoll = owned(addon.epollCreate());
        expect(addon.fcntl(epoll, C.F_GETFD, 0) & C.FD_CLOEXEC).toBe(C.FD_CLOEXEC);
    });
});
