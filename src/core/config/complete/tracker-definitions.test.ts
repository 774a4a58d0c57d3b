import { describe, expect, it } from "vitest";
import { seconds } from "../../base/instant.ts";
import { root } from "../blocks/root.ts";
import { readForTest } from "../test-reader.ts";
import { completeTrackFiles, completeTrackProcesses } from "./tracker-definitions.ts";

const read = (block: string, lines: readonly string[]) => readForTest(root, [`${block} {`, ...lines, "}"].join("\n")).value;

describe("track_file", () => {
    it.each([
        [["file /run/x"], [{ name: "t", path: "/run/x" }]],
        [["file /run/x", "init_file"], [{ name: "t", path: "/run/x", initialValue: 0 }]],
        [["file /run/x", "init_file 7 overwrite"], [{ name: "t", path: "/run/x", initialValue: 7, overwrites: true }]],
        [["weight 3"], []],
    ])("%j", (lines, expected) => {
        expect(completeTrackFiles(read("track_file t", lines))).toEqual(expected);
    });
});

describe("vrrp_track_process", () => {
    const plain = { name: "t", command: "nginx", quorum: 1, forkDelay: 0, terminateDelay: 0 };

    it.each([
        [["process nginx"], [plain]],
        [["process /usr/sbin/nginx"], [plain]],
        [["process /usr/sbin/nginx", "full_command"], [{ ...plain, command: "/usr/sbin/nginx", arguments: { match: "any", words: [] } }]],
        [["process nginx -g x"], [{ ...plain, arguments: { match: "exact", words: ["-g", "x"] } }]],
        [['process "/tmp/a b" p "q r"'], [{ ...plain, command: "/tmp/a b", arguments: { match: "exact", words: ["p", "q r"] } }]],
        [["process nginx", "param_match initial"], [{ ...plain, arguments: { match: "exact", words: [] } }]],
        [["process nginx -g", "param_match initial"], [{ ...plain, arguments: { match: "initial", words: ["-g"] } }]],
        [["process nginx -g", "param_match partial"], [{ ...plain, arguments: { match: "partial", words: ["-g"] } }]],
        [["process nginx", "quorum 3", "quorum_max 5"], [{ ...plain, quorum: 3, quorumMax: 5 }]],
        [["process nginx", "quorum_max 0"], [{ ...plain, quorum: 0, quorumMax: 0 }]],
        [["process nginx", "delay 2"], [{ ...plain, forkDelay: seconds(2), terminateDelay: seconds(2) }]],
        [["process nginx", "delay 2", "fork_delay 1"], [{ ...plain, forkDelay: seconds(1), terminateDelay: seconds(2) }]],
        [["process nginx", "terminate_delay 1"], [{ ...plain, terminateDelay: seconds(1) }]],
        [["quorum 1"], []],
    ])("%j", (lines, expected) => {
        expect(completeTrackProcesses(read("vrrp_track_process t", lines))).toEqual(expected);
    });
});
