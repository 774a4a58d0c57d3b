/**
 * The kit that the tables in blocks/ are written with. A keyword exists once, in the table of its block; parser, TypeScript types,
 * messages, manual, completion, dump and reload diff are all made from there.
 *
 * A table is `block({ documentation, head, keywords })`. A row of it is made by
 * - `flag(about)`: the word alone (`nopreempt`); false unless written
 * - `keyword(argument, about)`: a word and its arguments (`priority 100`)
 * - `list(argument, about)`: `virtual_ipaddress { … }`, every line of which is read by `argument`
 * - `subBlock(table, about)`: a block that exists once (`authentication { … }`); written twice, the two are one
 * - `subBlocks(table, about)`: a block that may exist many times (`vrrp_instance NAME { … }`)
 * - `obsolete(advice)`: a word that once meant something; taken with a word of advice
 *
 * The keys of a parsed block are the keywords themselves; `BlockValue<typeof table>` is its type.
 */

import type { IpAddress } from "../base/ip.ts";
import type { Complaint } from "./complaint.ts";
import type { Position } from "./position.ts";

/** What `Argument.read` returns when it has complained: the keyword (or the list's entry) is left out. */
export const REFUSED: unique symbol = Symbol("refused");

/** The words of a statement after its keyword, to be taken from left to right. */
export interface Words {
    /** The next word, not taken; undefined at the end of the statement. */
    readonly next: string | undefined;

    /** Takes the next word. At the end of the statement it complains that `wanted` is missing, and returns undefined. */
    take(wanted: string): string | undefined;

    /** Takes all that is left as a command line is read: `'` and `"` quote, parts that touch are one word. Undefined after a complaint. */
    takeCommand(wanted: string, escapes: boolean): readonly string[] | undefined;

    /** Takes all that is left exactly as written, without the white space around it. */
    takeRest(): string;

    /** The address that a word stands for, if it is one. One that has been asked for lately is the same object: servers stand in many services. */
    addressOf(word: string): IpAddress | undefined;

    /** Complains about the word taken last. */
    complain(complaint: Complaint): void;

    /** Where the next word stands (or the end of the statement). */
    readonly position: Position;
}

/** One kind of argument, or several that belong together: how to read, write, explain and complete it. */
export interface Argument<Value> {
    /** As the manual writes it: `SECONDS 0..1000`, `[BOOL]`, `NAME [weight N [reverse]]`. Empty when there is none. */
    readonly syntax: string;
    read(words: Words): Value | typeof REFUSED;
    /** The canonical words: what `read` makes the same value of. */
    dump(value: Value): string;
    readonly completion: Completion;
    /** The words of its own grammar (`dev`, `weight`, …), for the manual; only `entry` has them. */
    readonly options?: Readonly<Record<string, Keyword>>;
}

/** What may stand in an argument's place: fixed words, names of blocks of that keyword, or something of this machine. */
export interface Completion {
    readonly words?: readonly string[];
    readonly namesOf?: readonly string[];
    readonly kind?: "interface" | "file" | "user" | "address";
}

/** What happens to a change of this keyword at reload. */
export type ReloadEffect =
    /** Taken over while running. */
    | "applied"
    /** The object (instance, service, …) starts anew. */
    | "restarts-object"
    /** Stays as it was until the next start, which is said. */
    | "next-start"
    /** The whole reload is refused. */
    | "refuses-reload";

/** What every row of a table says about itself. */
export interface About {
    /** One line: what it is for. */
    readonly documentation: string;
    /** The default in words, where it is not a fixed value (`vrrp_garp_master_delay`, `host name`). */
    readonly defaultText?: string;
    /** The Keepalived version that brought it, where that matters today (2.2 and later). */
    readonly since?: string;
    /** Other spellings that are as good. */
    readonly aliases?: readonly string[];
    /** Other spellings that get a word of advice to use this one. */
    readonly deprecatedAliases?: readonly string[];
    /** Given when the keyword itself is deprecated: what to do instead (`use lvs_sync_daemon`). */
    readonly deprecated?: string;
    /** `applied` when not given. */
    readonly reload?: ReloadEffect;
    /** `acts`: we do what it says. `read` (when not given): understood and checked, but nothing is done with it yet. */
    readonly status?: KeywordStatus;
    /** A second one is refused with a complaint and the first is kept. When not given the last one counts, in silence. */
    readonly firstWins?: boolean;
}

export type KeywordStatus = "acts" | "read";

/** Whether the key is always there (it has a default), perhaps, or holds an array. */
export type Presence = "always" | "maybe" | "many";

/** `priority 100` */
export interface ValueKeyword<Value, When extends Presence> {
    readonly kind: "value";
    readonly argument: Argument<Value>;
    readonly about: About;
    readonly presence: When;
    readonly default?: Value;
}

/** `virtual_ipaddress { … }` */
export interface ListKeyword<Value> {
    readonly kind: "list";
    readonly argument: Argument<Value>;
    readonly about: ListAbout<Value>;
}

export interface ListAbout<Value> extends About {
    /** Entries of equal key are refused but for the first; when not given, all stay. */
    readonly uniqueBy?: (value: Value) => string;
    /** A line may hold several entries (names, mail addresses); otherwise only the opening line may. */
    readonly manyPerLine?: boolean;
}

/** `authentication { … }`, or with `many` `vrrp_instance NAME { … }` */
export interface BlockKeyword<Table extends AnyBlock, Many extends boolean> {
    readonly kind: "block";
    readonly table: Table;
    readonly many: Many;
    readonly about: BlockAbout;
}

export interface BlockAbout extends About {
    /** For blocks that may exist many times: a second one with the same head is skipped with a complaint. When not given, all stay. */
    readonly uniqueHead?: boolean;
}

/** `nat_mask …`: gone; whatever follows it, a block too, is passed over with advice. */
export interface ObsoleteKeyword {
    readonly kind: "obsolete";
    readonly about: About;
    readonly advice: string;
}

// biome-ignore lint/suspicious/noExplicitAny: a table holds rows of every value type; `Argument` is invariant in it.
export type Keyword = ValueKeyword<any, Presence> | ListKeyword<any> | BlockKeyword<AnyBlock, boolean> | ObsoleteKeyword;

/** The words between a block's keyword and its brace: each becomes a key of the block's value. */
// biome-ignore lint/suspicious/noExplicitAny: as above.
export type Head = Readonly<Record<string, Argument<any>>>;

/** One block's table. */
export interface Block<TheHead extends Head, Keywords extends Readonly<Record<string, Keyword>>> {
    readonly documentation: string;
    readonly head: TheHead;
    readonly keywords: Keywords;
    /** The list whose entries stand in the block as they are, one a line, without a keyword and braces of their own (`virtual_server_group`). */
    readonly lines?: string;
}

export type AnyBlock = Block<Head, Readonly<Record<string, Keyword>>>;

/** The value that an argument reads. */
export type ArgumentValue<A> = A extends Argument<infer Value> ? Value : never;

/** The value that stands under a keyword in its block. */
export type KeywordValue<K> =
    K extends ValueKeyword<infer Value, infer When>
        ? When extends "many"
            ? readonly Value[]
            : When extends "always"
              ? Value
              : Value | undefined
        : K extends ListKeyword<infer Value>
          ? readonly Value[]
          : K extends BlockKeyword<infer Table, infer Many>
            ? Many extends true
                ? readonly BlockValue<Table>[]
                : BlockValue<Table> | undefined
            : undefined;

type KeywordPosition<K> =
    K extends ListKeyword<infer _> ? readonly Position[] : K extends ValueKeyword<infer _, "many"> ? readonly Position[] : Position;

/** A parsed block: a key for every word of its head and every keyword, and where each was written. */
export type BlockValue<Table> =
    Table extends Block<infer TheHead, infer Keywords>
        ? { readonly [Key in keyof TheHead]: ArgumentValue<TheHead[Key]> } & {
              readonly [Key in keyof Keywords]: KeywordValue<Keywords[Key]>;
          } & {
              /** Where the block's keyword stands. */
              readonly at: Position;
              /**
               * Where each keyword stands that was written (a default has none); for lists and repeated keywords one position an
               * element: an empty array is a list that was written and holds nothing. Sub-blocks know their own.
               */
              readonly positions: { readonly [Key in keyof Keywords]?: KeywordPosition<Keywords[Key]> };
          }
        : never;

/** A block's table. `head` is what stands between keyword and brace, in that order. */
export function block<const TheHead extends Head, const Keywords extends Readonly<Record<string, Keyword>>>(table: {
    readonly documentation: string;
    readonly head?: TheHead;
    readonly lines?: keyof Keywords & string;
    readonly keywords: Keywords;
}): Block<TheHead, Keywords> {
    return { ...table, head: table.head ?? ({} as TheHead) };
}

/** A keyword with arguments. With `default` the value is always there; with `repeat: "append"` every occurrence counts. */
export function keyword<Value>(argument: Argument<Value>, about: About & { readonly repeat: "append" }): ValueKeyword<Value, "many">;
export function keyword<Value>(
    argument: Argument<Value>,
    about: About & { readonly default: NoInfer<Value> },
): ValueKeyword<Value, "always">;
export function keyword<Value>(argument: Argument<Value>, about: About): ValueKeyword<Value, "maybe">;
export function keyword<Value>(
    argument: Argument<Value>,
    about: About & { readonly repeat?: "append"; readonly default?: Value },
): ValueKeyword<Value, Presence> {
    if (about.default !== undefined) {
        return { kind: "value", argument, about, presence: "always", default: about.default };
    }
    return { kind: "value", argument, about, presence: about.repeat === "append" ? "many" : "maybe" };
}

/** A word that says all by being there. */
export function flag(about: About): ValueKeyword<boolean, "always"> {
    return { kind: "value", argument: PRESENCE, about, presence: "always", default: false };
}

/** A block of values, one entry a line, or several on the opening line. Written twice, the second one's entries are added. */
export function list<Value>(argument: Argument<Value>, about: ListAbout<NoInfer<Value>>): ListKeyword<Value> {
    return { kind: "list", argument, about };
}

/** A block that exists once. */
export function subBlock<const Table extends AnyBlock>(table: Table, about: About): BlockKeyword<Table, false> {
    return { kind: "block", table, many: false, about };
}

/** A block that may exist many times. */
export function subBlocks<const Table extends AnyBlock>(table: Table, about: BlockAbout): BlockKeyword<Table, true> {
    return { kind: "block", table, many: true, about };
}

/** A word that once meant something. `advice` completes the message: `is gone since version 1.1.8; remove it`. */
export function obsolete(advice: string): ObsoleteKeyword {
    return { kind: "obsolete", advice, about: { documentation: `No longer used: ${advice}.` } };
}

const PRESENCE: Argument<boolean> = { syntax: "", read: () => true, dump: () => "", completion: {} };
