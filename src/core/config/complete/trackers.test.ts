import { describe, expect, it } from "vitest";
import type { TrackerUse } from "../../track/tracker-use.ts";
import { root } from "../blocks/root.ts";
import { lineOf } from "../position.ts";
import { readForTest } from "../test-reader.ts";
import type { CompletedConfiguration } from "./complete.ts";
import { completeConfiguration } from "./complete.ts";

const DEFINITIONS = `
vrrp_script plain {
    script "/bin/true"
}
vrrp_script heavy {
    script "/bin/true"
    weight -20 reverse
}
track_file number {
    file "/run/number"
}
vrrp_track_process worker {
    process worker
    weight 7
}
bfd_instance path {
    neighbor_ip 192.0.2.1
}
bfd_instance servers {
    neighbor_ip 192.0.2.2
    checker
}
`;

interface Outcome extends CompletedConfiguration {
    /** `code: what it is about`, for all but advice. */
    readonly complaints: readonly string[];
}

function complete(...texts: readonly string[]): Outcome {
    const complaints: string[] = [];
    const completed = completeConfiguration(readForTest(root, [DEFINITIONS, ...texts].join("\n")).value, (at, complaint) => {
        if (complaint.errorClass !== "note") {
            expect(lineOf(at)).toBeGreaterThan(0);
            complaints.push(`${complaint.code}: ${complaint.message}`);
        }
    });
    return { ...completed, complaints };
}

let vrid = 1;

function instance(name: string, ...lines: readonly string[]): string {
    vrid = (vrid % 255) + 1;
    return `vrrp_instance ${name} {\ninterface eth0\nvirtual_router_id ${vrid}\n${lines.join("\n")}\nvirtual_ipaddress {\n10.0.0.${vrid}\n}\n}`;
}

const list = (name: string, ...entries: readonly string[]): string => `${name} {\n${entries.join("\n")}\n}`;
const group = (members: readonly string[], ...lines: readonly string[]): string =>
    `vrrp_sync_group G {\n${list("group", ...members)}\n${lines.join("\n")}\n}`;

function use(kind: TrackerUse["kind"], name: string, weight = 0, isReversed = false): TrackerUse {
    return { kind, name, weight, isReversed };
}

function usesOf(outcome: Outcome, name: string): readonly TrackerUse[] | undefined {
    return outcome.routers.find((router) => router.name === name)?.trackers;
}

describe("the track lists of an instance", () => {
    it.each([
        ["track_interface", "eth1", use("interface", "eth1")],
        ["track_interface", "eth1 weight 30", use("interface", "eth1", 30)],
        ["track_interface", "eth1 weight -30 reverse", use("interface", "eth1", -30, true)],
        ["track_interface", "eth1 weight 0 reverse", use("interface", "eth1", 0, true)],
        ["track_script", "plain", use("script", "plain")],
        ["track_script", "plain weight 5", use("script", "plain", 5)],
        ["track_script", "heavy", use("script", "heavy", -20, true)],
        ["track_script", "heavy weight 3", use("script", "heavy", 3, true)],
        ["track_script", "heavy weight 3 noreverse", use("script", "heavy", 3)],
        ["track_file", "number", use("file", "number", 1)],
        ["track_file", "number weight 0", use("file", "number")],
        ["track_process", "worker", use("process", "worker", 7)],
        ["track_process", "worker weight 254 reverse", use("process", "worker", 254, true)],
        ["track_bfd", "path", use("bfd", "path")],
        ["track_bfd", "path weight -4", use("bfd", "path", -4)],
    ])("%s { %s }", (name, entry, expected) => {
        const outcome = complete(instance("A", list(name, entry)));
        expect(usesOf(outcome, "A")).toEqual([expected]);
        expect(outcome.complaints).toEqual([]);
    });

    it("are absent where nothing is tracked", () => {
        expect(Object.keys(complete(instance("A")).routers[0] ?? {})).not.toContain("trackers");
    });

    it.each([
        ["track_script", "nope", "tracker-refused: (A) track script nope is not defined"],
        ["track_file", "plain", "tracker-refused: (A) track file plain is not defined"],
        ["track_process", "nope", "tracker-refused: (A) track process nope is not defined"],
        ["track_bfd", "nope", "tracker-refused: (A) track bfd nope is not defined"],
        // It has no news for virtual routers: one would wait for the first of them without end.
        ["track_bfd", "servers", "tracker-refused: (A) track bfd servers is not defined"],
        ["track_script", "plain\nplain weight 3", "tracker-refused: (A) track script plain is listed twice"],
        ["track_interface", "eth1\neth1", "tracker-refused: (A) track interface eth1 is listed twice"],
    ])("%s { %j } is said", (name, entry, complaint) => {
        expect(complete(instance("A", list(name, entry))).complaints).toEqual([complaint]);
    });

    it("leave out the own interface, which is tracked anyway, unless dont_track_primary", () => {
        const lines = list("track_interface", "eth0 weight 10");
        expect(usesOf(complete(instance("A", lines)), "A")).toBeUndefined();
        expect(usesOf(complete(instance("A", "dont_track_primary", lines)), "A")).toEqual([use("interface", "eth0", 10)]);
    });

    it("of an owner have no weights: files lose theirs, others are left out", () => {
        const outcome = complete(
            instance(
                "A",
                "priority 255",
                list("track_interface", "eth1", "eth2 weight 5"),
                list("track_script", "plain", "heavy"),
                list("track_file", "number"),
            ),
        );
        expect(usesOf(outcome, "A")).toEqual([use("interface", "eth1"), use("script", "plain"), use("file", "number")]);
        expect(outcome.complaints).toEqual([
            "tracker-weight-refused: (A) tracked interface eth2 has a weight, which does not go with priority 255",
            "tracker-weight-refused: (A) tracked script heavy has a weight, which does not go with priority 255",
            "tracker-weight-refused: (A) tracked file number has a weight, which does not go with priority 255",
        ]);
    });
});

describe("a sync group", () => {
    it("lists its members in order, without those that do not run", () => {
        const outcome = complete(
            group(["B", "A", "gone", "broken"]),
            instance("A"),
            instance("B"),
            "vrrp_instance broken {\ninterface eth0\n}",
        );
        expect(outcome.groups).toEqual([{ name: "G", members: ["B", "A"] }]);
        expect(outcome.complaints).toContain("group-member-refused: virtual router gone in sync group G does not exist");
    });

    it("keeps a member that two want in the first one", () => {
        const second = group(["A", "C"]).replace(" G ", " H ");
        const outcome = complete(group(["A", "B"]), second, instance("A"), instance("B"), instance("C"));
        expect(outcome.groups).toEqual([
            { name: "G", members: ["A", "B"] },
            { name: "H", members: ["C"] },
        ]);
        expect(outcome.complaints).toContain("group-member-refused: virtual router A in sync group H is a member of G already");
    });

    it("works with one member, and is left out without any", () => {
        expect(complete(group(["A"]), instance("A"))).toMatchObject({
            groups: [{ name: "G", members: ["A"] }],
            complaints: ["group-of-one: sync group G has one member only, so nothing is kept in step"],
        });
        expect(complete(group(["none"]), instance("A")).groups).toEqual([]);
    });

    it.each([
        ["track_interface", "eth1 weight 9", use("interface", "eth1", 9)],
        ["track_script", "heavy", use("script", "heavy", -20, true)],
        ["track_file", "number weight 2 reverse", use("file", "number", 2, true)],
        ["track_process", "worker", use("process", "worker", 7)],
        ["track_bfd", "path", use("bfd", "path")],
    ])("tracks for all its members: %s { %s }", (name, entry, expected) => {
        const outcome = complete(group(["A", "B"], list(name, entry)), instance("A"), instance("B"), instance("C"));
        expect(outcome.routers.map(({ trackers }) => trackers)).toEqual([[expected], [expected], undefined]);
        expect(outcome.complaints).toEqual([]);
    });

    it("does not track a member's own interface for it", () => {
        const outcome = complete(group(["A", "B"], list("track_interface", "eth0")), instance("A"), instance("B", "dont_track_primary"));
        expect(usesOf(outcome, "A")).toBeUndefined();
        expect(usesOf(outcome, "B")).toEqual([use("interface", "eth0")]);
    });

    const WEIGHTED = [
        list("track_interface", "eth1 weight 5"),
        list("track_script", "plain", "heavy"),
        list("track_file", "number"),
        list("track_process", "worker"),
        list("track_bfd", "path weight 3"),
    ];

    it("takes its members' own weights away", () => {
        const outcome = complete(group(["A", "B"]), instance("A", ...WEIGHTED), instance("B"));
        expect(usesOf(outcome, "A")).toEqual([use("interface", "eth1"), use("script", "plain"), use("file", "number")]);
        const cause = "has a weight, which does not go with sync group G without sync_group_tracking_weight";
        expect(outcome.complaints).toEqual([
            `tracker-weight-refused: (A) tracked interface eth1 ${cause}`,
            `tracker-weight-refused: (A) tracked script heavy ${cause}`,
            `tracker-weight-refused: (A) tracked file number ${cause}`,
            `tracker-weight-refused: (A) tracked process worker ${cause}`,
            `tracker-weight-refused: (A) tracked bfd path ${cause}`,
        ]);
    });

    it("leaves its members' own weights with sync_group_tracking_weight", () => {
        const outcome = complete(group(["A", "B"], "sync_group_tracking_weight"), instance("A", ...WEIGHTED), instance("B"));
        expect(usesOf(outcome, "A")).toHaveLength(6);
        expect(outcome.complaints).toEqual([]);
    });

    it("with an owner among others tracks without weights, and is said to be mixed", () => {
        const outcome = complete(group(["A", "B"], list("track_script", "heavy")), instance("A", "priority 255"), instance("B"));
        expect(usesOf(outcome, "B")).toEqual([use("script", "heavy", 0, true)]);
        expect(outcome.complaints).toEqual([
            "group-owners-mixed: sync group G: A owns its addresses (priority 255), and B does not",
            "tracker-weight-refused: (G) tracked script heavy has a weight, which does not go with the address owner A",
        ]);
    });

    it("leaves what a member tracks itself to the member", () => {
        const outcome = complete(
            group(["A", "B"], "sync_group_tracking_weight", list("track_script", "plain weight 9")),
            instance("A", list("track_script", "plain")),
            instance("B"),
        );
        expect(usesOf(outcome, "A")).toEqual([use("script", "plain")]);
        expect(usesOf(outcome, "B")).toEqual([use("script", "plain", 9)]);
        expect(outcome.complaints).toEqual(["tracker-shared: (A) tracked script plain is tracked by its sync group too"]);
    });
});

describe("a track group", () => {
    const track = (...members: readonly string[]): string => `track_group TG {\n${list("group", ...members)}\n}`;

    it("makes its members need what is tied to it", () => {
        const outcome = complete(track("A", "A", "B"), instance("A", list("track_script", "plain")), instance("B"), instance("C"));
        expect(usesOf(outcome, "A")).toEqual([use("script", "plain"), use("static", "TG")]);
        expect(usesOf(outcome, "B")).toEqual([use("static", "TG")]);
        expect(usesOf(outcome, "C")).toBeUndefined();
        expect(outcome.complaints).toEqual([]);
    });

    it("is complained of when it names a virtual router that does not exist, or is named and does not", () => {
        const addresses = list("static_ipaddress", "192.0.2.1/24 dev eth0 track_group TG", "192.0.2.2/24 dev eth0 track_group none");
        expect(complete(track("A", "gone"), addresses, instance("A")).complaints).toEqual([
            "group-member-refused: virtual router gone in track group TG does not exist",
            "track-group-unknown: track_group none is not defined",
        ]);
    });
});
