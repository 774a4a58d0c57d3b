import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { IpvsDestination, IpvsService, ServiceIdentity } from "../netlink/ipvs.ts";
import { commandsInOrder } from "./plan.ts";
import { destinationKey, serviceKey, type Table, type TableCommand, type TableService } from "./table.ts";
import { TableKeeper } from "./table-keeper.ts";
import { ip } from "./test-bench.ts";

function service(mark: number, overrides: Partial<IpvsService> = {}): IpvsService {
    return { identity: { type: "fwmark", family: 4, mark }, scheduler: "rr", flags: 0, persistence: 0, granularity: 32, ...overrides };
}

function destination(last: number, weight = 1): IpvsDestination {
    return { address: ip(`10.0.0.${last}`), port: 0, forwarding: "route", weight, upperThreshold: 0, lowerThreshold: 0 };
}

function entry(of: IpvsService, ...destinations: readonly IpvsDestination[]): TableService {
    return { service: of, destinations: new Map(destinations.map((one) => [destinationKey(one), one])) };
}

function table(...entries: readonly TableService[]): Table {
    return new Map(entries.map((one) => [serviceKey(one.service.identity), one]));
}

/** The commands that make the desired services out of what stands. @param retired services that were ours and are not wanted any more */
function plan(actual: Table, desired: Table, retired: readonly ServiceIdentity[] = []): readonly TableCommand[] {
    const keeper = new TableKeeper();
    keeper.load(actual);
    const commands = commandsInOrder();
    for (const { service: wanted, destinations } of desired.values()) {
        const wishes = Array.from(destinations.values(), (one) => ({ destination: one, isWanted: true }));
        keeper.want({ services: [wanted], wishes, isWhole: true }, commands);
    }
    keeper.retire(
        retired.filter((identity) => !desired.has(serviceKey(identity))),
        commands,
    );
    return commands.coming;
}

/** What the kernel does. It refuses what cannot be done. */
function applied(before: Table, commands: readonly TableCommand[]): Table {
    const after = new Map<string, { service: IpvsService; destinations: Map<string, IpvsDestination> }>();
    for (const [key, one] of before) {
        after.set(key, { service: one.service, destinations: new Map(one.destinations) });
    }
    for (const command of commands) {
        const key = serviceKey("service" in command ? command.service.identity : command.identity);
        const known = after.get(key);
        if (command.type === "add-service") {
            expect(known).toBeUndefined();
            after.set(key, { service: command.service, destinations: new Map() });
            continue;
        }
        if (known === undefined) {
            throw new Error(`${command.type}: ESRCH`);
        }
        if ("service" in command) {
            known.service = command.service;
        } else if (!("destination" in command)) {
            after.delete(key);
        } else {
            const place = destinationKey(command.destination);
            expect(known.destinations.has(place)).toBe(command.type !== "add-destination");
            if (command.type === "delete-destination") {
                known.destinations.delete(place);
            } else {
                known.destinations.set(place, command.destination);
            }
        }
    }
    return after;
}

const someTable = fc
    .uniqueArray(
        fc.record({
            mark: fc.integer({ min: 1, max: 4 }),
            scheduler: fc.constantFrom("rr", "wlc"),
            destinations: fc.uniqueArray(fc.record({ last: fc.integer({ min: 1, max: 6 }), weight: fc.nat(3) }), {
                selector: ({ last }) => last,
            }),
        }),
        { selector: ({ mark }) => mark },
    )
    .map((services) =>
        table(
            ...services.map(({ mark, scheduler, destinations }) =>
                entry(service(mark, { scheduler }), ...destinations.map(({ last, weight }) => destination(last, weight))),
            ),
        ),
    );

describe("a plan", () => {
    it("makes what is wanted out of whatever stands, and a second one is empty", () => {
        fc.assert(
            fc.property(someTable, someTable, (actual, desired) => {
                const retired = Array.from(actual.values(), ({ service: { identity } }) => identity);
                const after = applied(actual, plan(actual, desired, retired));
                expect(after).toEqual(desired);
                expect(plan(after, desired, retired)).toEqual([]);
            }),
        );
    });

    it("leaves services alone that are neither wanted nor were ours", () => {
        fc.assert(
            fc.property(someTable, someTable, (actual, desired) => {
                const after = applied(actual, plan(actual, desired));
                for (const [key, one] of actual) {
                    expect(after.get(key)).toEqual(desired.get(key) ?? one);
                }
            }),
        );
    });

    it("brings the new ones before it takes the old ones away", () => {
        const actual = table(entry(service(1), destination(1), destination(2)));
        const types = plan(actual, table(entry(service(1), destination(3), destination(4)))).map(({ type }) => type);
        expect(types).toEqual(["add-destination", "add-destination", "delete-destination", "delete-destination"]);
    });

    it("alters in place, and touches nothing else", () => {
        const actual = table(
            entry(service(1, { flags: 2 }), destination(1), destination(2)),
            entry(service(2, { flags: 2 }), destination(1)),
        );
        const desired = table(entry(service(1), destination(1), destination(2, 5)), entry(service(2, { scheduler: "lc" }), destination(1)));
        expect(plan(actual, desired)).toEqual([
            { type: "edit-destination", identity: service(1).identity, destination: destination(2, 5) },
            { type: "edit-service", service: service(2, { scheduler: "lc" }) },
        ]);
    });

    it("does not take the flag that the kernel sets by itself for a difference", () => {
        expect(plan(table(entry(service(1, { flags: 3 }))), table(entry(service(1, { flags: 1 }))))).toEqual([]);
    });
});
