import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "../../src/core/config/blocks/root.ts";
import { acts, type Row, walkBlocks } from "../../src/core/config/manual/walk.ts";

const HOME = join(import.meta.dirname, "../..");

/** Of `global_defs` and of what stands outside of all blocks those words are looked through that go with the other blocks. */
const AUDITED_WORDS = [
    /^(vrrp|static|linkbeat|interface|track|garp|vmac|v3|fifo|notify|nftables(?!_ipvs)|include|process_monitor|startup|shutdown)/,
    /^(dynamic_interfaces|default_interface|disable_local_igmp|log_unknown_vrids|lvs_sync_daemon|iproute_.*|smtp_alert(_vrrp)?|m.._auto_.*)$/,
    /^(lvs_.*|data_plane|nftables_ipvs.*|checker_.*|bfd_.*|rs_init_notifies|smtp_alert_checker|router_id)$/,
    /^(script_user|enable_script_security|use_symlink_paths|set_supplementary_groups|process_names|no_email_faults)$/,
];
const MIXED_BLOCKS: ReadonlySet<string> = new Set(["global_defs", "outside of all blocks"]);

/** One line of the table: the test whose title this is proves what the keyword does. */
interface Proof {
    readonly block: string;
    readonly keyword: string;
    readonly file: string;
    readonly title: string;
}

const PROOFS: readonly Proof[] = readFileSync(join(import.meta.dirname, "effects.tsv"), "utf8")
    .trimEnd()
    .split("\n")
    .slice(1)
    .map((line) => {
        const [block = "", keyword = "", file = "", title = ""] = line.split("\t");
        return { block, keyword, file, title };
    });

/** All words of the language by block; the words of entries once for each kind of entry, as in the page on coverage. */
function rowsByBlock(): ReadonlyMap<string, readonly Row[]> {
    const blocks = new Map<string, readonly Row[]>();
    const kinds = new Set<string>();
    for (const { path, rows, entries } of walkBlocks(root)) {
        blocks.set(path.length === 0 ? "outside of all blocks" : path.join(" / "), rows);
        for (const { lists, rows: words } of entries) {
            // The track lists of an instance have one word each, and share a grammar but for its limits.
            const kind = lists[0]?.startsWith("track_") ? lists[0] : words.map(({ name }) => name).join(" ");
            if (!kinds.has(kind)) {
                blocks.set(`entry ${lists[0]}`, words);
                kinds.add(kind);
            }
        }
    }
    return blocks;
}

const BLOCKS = rowsByBlock();

function isAudited(block: string, word: string): boolean {
    return !MIXED_BLOCKS.has(block) || AUDITED_WORDS.some((pattern) => pattern.test(word));
}

/** Whether the file has a test of exactly that title. */
function hasTest({ file, title }: Proof): boolean {
    const path = join(HOME, file);
    return existsSync(path) && ['"', "`", "'"].some((quote) => readFileSync(path, "utf8").includes(`(${quote}${title}${quote}, `));
}

describe("the table of effects", () => {
    it("names a test for every keyword that acts", () => {
        const proven = new Set(PROOFS.map(({ block, keyword }) => `${block}: ${keyword}`));
        const missing = [...BLOCKS]
            .flatMap(([block, rows]) =>
                rows
                    .filter((row) => acts(row) && row.keyword.kind !== "obsolete" && isAudited(block, row.name))
                    .map(({ name }) => `${block}: ${name}`),
            )
            .filter((name) => !proven.has(name));
        expect(missing).toEqual([]);
    });

    it("names only tests that there are", () => {
        const broken = PROOFS.filter((proof) => !hasTest(proof)).map(({ keyword, file, title }) => `${keyword}: ${file}: ${title}`);
        expect(broken).toEqual([]);
    });

    it("names only keywords that there are and that act, and each line once", () => {
        const strangers = PROOFS.filter(({ block, keyword }) => !BLOCKS.get(block)?.some((row) => row.name === keyword && acts(row)));
        expect(strangers.map(({ block, keyword }) => `${block}: ${keyword}`)).toEqual([]);
        expect(new Set(PROOFS.map((proof) => Object.values(proof).join("\t"))).size).toBe(PROOFS.length);
    });
});
