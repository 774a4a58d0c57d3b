import { describe, expect, it } from "vitest";
import { parseIp } from "../../core/base/ip.ts";
import { AnnouncementTemplate } from "../../core/packet/announcement.ts";
import { type Announcement, AnnouncementQueue } from "./announcement-queue.ts";

const LINK = { index: 1, name: "eth0", template: new AnnouncementTemplate(new Uint8Array(6), false) };

function announcements(prefix: string, count: number): Announcement[] {
    return Array.from({ length: count }, (_, index) => {
        const address = parseIp(`10.0.${prefix}.${index}`);
        return { link: LINK, address: address ?? expect.fail("no address") };
    });
}

/** Takes as the announcer does: the last two numbers of each address, in order. */
function take(queue: AnnouncementQueue, limit: number, refuse = (_name: string) => false): string[] {
    const taken: string[] = [];
    queue.take(limit, 2, ({ address }) => {
        const name = address.bytes.slice(2).join(".");
        return !refuse(name) && taken.push(name) > 0;
    });
    return taken;
}

describe("the queue of announcements", () => {
    it("goes through the addresses round by round", () => {
        const queue = new AnnouncementQueue();
        queue.add("a", announcements("1", 3), 2);
        expect(take(queue, 10)).toEqual(["1.0", "1.1", "1.2", "1.0", "1.1", "1.2"]);
        queue.settle(6);
        expect(queue.isEmpty).toBe(true);
    });

    it("lets orders take turns, also from one batch to the next", () => {
        const queue = new AnnouncementQueue();
        queue.add("a", announcements("1", 5), 1);
        queue.add("b", announcements("2", 3), 1);
        expect(take(queue, 4)).toEqual(["1.0", "1.1", "2.0", "2.1"]);
        queue.settle(4);
        expect(take(queue, 10)).toEqual(["1.2", "1.3", "2.2", "1.4"]);
    });

    it("repeats nothing of a router before all of it has been said once", () => {
        const queue = new AnnouncementQueue();
        queue.add("a", announcements("1", 3), 1);
        queue.add("a", announcements("1", 3), 2);
        queue.add("b", announcements("2", 1), 1);
        queue.add("a", announcements("3", 1), 1);
        expect(take(queue, 9)).toEqual(["1.0", "1.1", "2.0", "1.2"]);
        queue.settle(3);
        expect(take(queue, 9)).toEqual(["1.2"]);
        queue.settle(1);
        expect(take(queue, 9)).toEqual(["1.0", "1.1", "1.2", "1.0", "1.1", "1.2"]);
        queue.settle(6);
        expect(take(queue, 9)).toEqual(["3.0"]);
        queue.settle(1);
        expect(queue.isEmpty).toBe(true);
        queue.add("a", announcements("1", 1), 1);
        expect(take(queue, 9)).toEqual(["1.0"]);
    });

    it("gives again what did not leave", () => {
        const queue = new AnnouncementQueue();
        queue.add("a", announcements("1", 3), 1);
        take(queue, 3);
        queue.settle(1);
        expect(take(queue, 3)).toEqual(["1.1", "1.2"]);
        queue.settle(0);
        expect(take(queue, 3)).toEqual(["1.1", "1.2"]);
    });

    it("forgets a router, even one of which something was taken", () => {
        const queue = new AnnouncementQueue();
        queue.add("a", announcements("1", 3), 1);
        queue.add("b", announcements("2", 1), 1);
        take(queue, 1);
        queue.cancel("a");
        queue.settle(0);
        expect(take(queue, 9)).toEqual(["2.0"]);
    });

    it("holds up only the order whose next one cannot leave", () => {
        const queue = new AnnouncementQueue();
        queue.add("a", announcements("1", 3), 1);
        queue.add("b", announcements("2", 3), 1);
        expect(take(queue, 9, (name) => name === "1.1")).toEqual(["1.0", "2.0", "2.1", "2.2"]);
        expect(take(queue, 9, () => true)).toEqual([]);
    });

    it("has nothing to do for no address or no round", () => {
        const queue = new AnnouncementQueue();
        queue.add("a", [], 5);
        queue.add("a", announcements("1", 3), 0);
        expect(queue.isEmpty).toBe(true);
    });

    it("forgets in its new name what a router ordered in its former one", () => {
        const queue = new AnnouncementQueue();
        queue.add("a", announcements("1", 2), 1);
        queue.add("a", announcements("1", 2), 1);
        queue.add("b", announcements("2", 1), 1);
        queue.rename(
            new Map([
                ["a", "b"],
                ["b", "c"],
            ]),
        );
        expect(take(queue, 2)).toEqual(["1.0", "1.1"]);
        queue.settle(2);
        queue.cancel("b");
        expect(take(queue, 10)).toEqual(["2.0"]);
    });
});
