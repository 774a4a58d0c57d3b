// biome-ignore-all lint/suspicious/noTemplateCurlyInString: definitions are written like that.
import type { Comparison, Complaint } from "./comparison.ts";

/** Why we say something else than Keepalived, for a whole class of its complaints. */
export interface Reason {
    readonly title: string;
    /** For the page of differences. */
    readonly text: string;
    /** Whether it explains why this complaint has no counterpart on its line. */
    explains(complaint: Complaint, comparison: Comparison): boolean;
}

const FOLLOW_UP =
    /^(Unknown keyword|Unexpected '\{'|Extra '\}'|Missing '\{'|invalid number|VRRP parsed invalid IP|Invalid virtual server group IP)/;

function hasCode(...codes: readonly string[]): (comparison: Comparison) => boolean {
    return ({ diagnostics }) => diagnostics.some(({ code }) => codes.includes(code));
}

/** Complaints of Keepalived's without a counterpart of ours on the same line; the first reason that explains one counts. */
export const REASONS: readonly Reason[] = [
    {
        title: "A comment inside a multi-line definition",
        text: "Keepalived 2.4 strips the comment, its backslash with it, and so ends the definition there: what follows becomes lines of their own, each an unknown keyword. Earlier versions pass over the comment, which is what these files were written for. We do too, and say so once, at the comment.",
        explains: ({ text }, comparison) =>
            (FOLLOW_UP.test(text) || /No script set/.test(text)) && hasCode("comment-in-definition")(comparison),
    },
    {
        title: "A name that is not defined",
        text: "Keepalived takes the braces of an undefined `${NAME}` for those of a block, and complains of the pieces. For us the name stays one word, and one message says that it is not defined.",
        explains: ({ text }, comparison) => FOLLOW_UP.test(text) && hasCode("undefined-name")(comparison),
    },
    {
        title: "Lines of a block that is ignored as a whole",
        text: "After an unknown block, or one whose opening line is wrong, Keepalived complains of each line inside. We say once, at the opening line, that the block is ignored.",
        explains: ({ text, line }, { diagnostics }) =>
            (FOLLOW_UP.test(text) || /Invalid virtual server group IP|has no entries|No script path/.test(text)) &&
            diagnostics.some(({ errorClass, place }) => errorClass !== "note" && place !== undefined && place.line <= (line ?? 0)),
    },
    {
        title: "Said at the line where the block begins, or where the thing is named",
        text: "Keepalived notices at the closing brace, or at the next block, that something is missing. We name the line of the block itself, or of the entry that refers to what is missing.",
        explains: ({ text }, comparison) =>
            (/^(No (script|file) set|Configuration error: BFD instance|Sync group|Cannot specify native)|has no (entries|members)|not found|already defined/.test(
                text,
            ) ||
                /native_ipv6|tracked interface/.test(text)) &&
            hasCode(
                "definition-incomplete",
                "tracker-refused",
                "group-empty",
                "keyword-missing",
                "router-without-id",
                "family-mixed",
                "no-such-interface",
            )(comparison),
    },
    {
        title: "Files that an include does not find",
        text: "Where no check is demanded it is a remark without effect on the exit status, for Keepalived and for us; ours is a note.",
        explains: ({ text }, comparison) => /^Config files missing/.test(text) && hasCode("file-not-read")(comparison),
    },
    {
        title: "What depends on the machine",
        text: "A check needs neither the target's users nor its name server nor its interfaces: host names are not resolved, users and scripts not looked up. The daemon says it when it starts.",
        explains: ({ text }) =>
            /^(Invalid smtp server|Invalid (startup|shutdown) script|Error setting global script uid)|for garp_group doesn't exist|VROUTE nexthop|track script \S+ not found/.test(
                text,
            ),
    },
    {
        title: "Virtual servers, checkers and BFD: said at another line, or not checked yet",
        text: "Of a virtual server that contradicts itself we speak at the line of the keyword or of the server, Keepalived without one or at its end. What checkers and BFD sessions lack is checked as soon as they are acted upon.",
        explains: ({ text }) =>
            /virtual server|quorum|real server|sorry server|BFD instance|_CHECK|MISC_CHECKER|track_file|track file/i.test(text),
    },
    {
        title: "Virtual MAC interfaces and firewall: what they mean is not checked yet",
        text: "As above: read and checked by themselves, not yet against each other or against the kernel's limits.",
        explains: ({ text }) => /use_vmac|VMAC|vmac|outside range \[0|nftables already|vrrp_ipsets/.test(text),
    },
    {
        title: "Remarks on what has no effect",
        text: "A TTL without peers, the same address on two interfaces: accepted in silence. That a list of mail addresses is empty is said at its global_defs.",
        explains: ({ text }) => /unicast_ttl|empty notification_email|VIP duplicates/.test(text),
    },
];

/** Files that Keepalived accepts and we do not, or the other way round, with the reason for each. */
export const EXIT_REASONS: Readonly<Record<string, string>> = {
    "100": "Keepalived complains eight times (numbers that are none) and gives 0 all the same: complaints of its parent process are lost there.",
    "166": "Only a tracked script that was dropped because it could not be found on that machine.",
    "270": "Keepalived complains 37 times and gives 0 all the same: complaints of its parent process are lost there.",
    "360": "Only firewall keywords that depend on how Keepalived was built, and promote_secondaries on a virtual MAC interface.",
    "386": "Only an include that finds nothing without a check being demanded, and a script not found on that machine.",
    "488": "Only a user that did not exist on that machine.",
};
