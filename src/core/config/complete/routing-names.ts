import { parseCInteger } from "../arguments/numbers.ts";
import { type FileTree, joinPath, wholeText } from "../file-tree.ts";
import type { Globals } from "./globals.ts";

const USR_FOLDER = "/usr/share/iproute2";
const ETC_FOLDER = "/etc/iproute2";
const PROTOCOLS_FILE = "/etc/protocols";

/** The files of iproute2 that give names to numbers. */
type NameFile = "rt_tables" | "rt_protos" | "rt_realms" | "rt_dsfield" | "group";

/** What holds on a machine without those files. */
const KNOWN: Readonly<Record<NameFile, Readonly<Record<string, number>>>> = {
    rt_tables: { unspec: 0, default: 253, main: 254, local: 255 },
    rt_protos: {
        ...{ unspec: 0, redirect: 1, kernel: 2, boot: 3, static: 4, gated: 8, ra: 9, mrt: 10, zebra: 11, bird: 12, dnrouted: 13, xorp: 14 },
        ...{ ntk: 15, dhcp: 16, keepalived: 18, babel: 42, openr: 99, bgp: 186, isis: 187, ospf: 188, rip: 189, eigrp: 192 },
    },
    rt_realms: { unknown: 0, cosmos: 0 },
    rt_dsfield: {},
    group: { default: 0 },
};
const IP_PROTOCOLS = {
    icmp: 1,
    igmp: 2,
    ipip: 4,
    tcp: 6,
    udp: 17,
    dccp: 33,
    ipv6: 41,
    gre: 47,
    esp: 50,
    ah: 51,
    "ipv6-icmp": 58,
    sctp: 132,
};

/** Numbers of routing tables, protocols, realms and the like by their names, from the files of this machine; read when first asked for. */
export class RoutingNames {
    readonly #tree: FileTree;
    readonly #folders: readonly string[];
    readonly #tables = new Map<NameFile, ReadonlyMap<string, number>>();
    #ipProtocols: ReadonlyMap<string, number> | undefined;

    constructor(tree: FileTree, globals: Globals | undefined) {
        this.#tree = tree;
        this.#folders = [globals?.iproute_usr_dir ?? USR_FOLDER, globals?.iproute_etc_dir ?? ETC_FOLDER];
    }

    /** A routing table. Each of these answers undefined for a name that nobody knows, and for a number out of range. */
    table(word: string): number | undefined {
        return this.#find("rt_tables", word, 0xffff_ffff);
    }

    /** Who makes routes and rules. */
    protocol(word: string): number | undefined {
        return this.#find("rt_protos", word, 0xff);
    }

    /** A type of service. Files and people write it in hexadecimal digits, with or without 0x. */
    tos(word: string): number | undefined {
        const isDigits = /^(0x)?[0-9a-f]{1,2}$/i.test(word);
        return isDigits ? Number.parseInt(word.replace(/^0x/i, ""), 16) : this.#names("rt_dsfield").get(word);
    }

    /** A group of interfaces. */
    group(word: string): number | undefined {
        return this.#find("group", word, 0xffff_ffff);
    }

    /** `[SOURCE/]DESTINATION`: the source realm in the upper half of the number. */
    realms(words: string): number | undefined {
        const parts = words.split("/").map((word) => this.#find("rt_realms", word, 0xffff));
        const [first, second] = parts;
        if (first === undefined || parts.length > 2 || parts.includes(undefined)) {
            return undefined;
        }
        return second === undefined ? first : first * 0x1_0000 + second;
    }

    /** A protocol of the IP header. */
    ipProtocol(word: string): number | undefined {
        const number = parseCInteger(word);
        if (number !== undefined) {
            return number >= 0 && number <= 0xff ? number : undefined;
        }
        this.#ipProtocols ??= this.#readProtocols();
        return this.#ipProtocols.get(word.toLowerCase());
    }

    #find(file: NameFile, word: string, largest: number): number | undefined {
        const number = parseCInteger(word);
        if (number === undefined) {
            return this.#names(file).get(word);
        }
        return number >= 0 && number <= largest ? number : undefined;
    }

    #names(file: NameFile): ReadonlyMap<string, number> {
        let names = this.#tables.get(file);
        if (names === undefined) {
            names = new Map([...Object.entries(KNOWN[file]), ...this.#folders.flatMap((folder) => this.#read(folder, file))]);
            this.#tables.set(file, names);
        }
        return names;
    }

    /** The file itself, then what packages laid beside it. */
    #read(folder: string, file: NameFile): (readonly [string, number])[] {
        const beside = joinPath(folder, `${file}.d`);
        const others = (this.#tree.list(beside) ?? []).filter((name) => name.endsWith(".conf")).toSorted();
        return [joinPath(folder, file), ...others.map((name) => joinPath(beside, name))].flatMap((path) =>
            this.#lines(path).flatMap(([number, name]) => entryOf(name, number)),
        );
    }

    #readProtocols(): ReadonlyMap<string, number> {
        const entries = this.#lines(PROTOCOLS_FILE).flatMap(([name, number, ...aliases]) =>
            [name, ...aliases].flatMap((one) => entryOf(one?.toLowerCase(), number)),
        );
        return new Map([...Object.entries(IP_PROTOCOLS), ...entries]);
    }

    /** Words line by line, without comments. */
    #lines(path: string): string[][] {
        const text = this.#tree.read(path);
        const lines = text.ok ? wholeText(text.value).split("\n") : [];
        return lines.map((line) => line.replace(/#.*/, "").trim().split(/\s+/));
    }
}

function entryOf(name: string | undefined, number: string | undefined): (readonly [string, number])[] {
    const value = number === undefined ? undefined : parseCInteger(number);
    return name === undefined || name === "" || value === undefined ? [] : [[name, value]];
}
