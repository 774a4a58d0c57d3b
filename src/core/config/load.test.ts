// biome-ignore-all lint/suspicious/noTemplateCurlyInString: definitions are used like that.
import { describe, expect, it } from "vitest";
import { formatIp } from "../base/ip.ts";
import { rejected, success } from "../base/result.ts";
import { root } from "./blocks/root.ts";
import { exitCodeOf } from "./diagnostics.ts";
import { diagnosticText } from "./diagnostics-text.ts";
import { dump } from "./dump.ts";
import type { FileTree } from "./file-tree.ts";
import { type LoadedConfiguration, type LoadOptions, loadConfiguration } from "./load.ts";

function treeOf(files: Readonly<Record<string, string>>): FileTree {
    return {
        read(path) {
            const text = files[path];
            return text === undefined ? rejected("missing") : success(text);
        },
        list(folder) {
            const prefix = folder === "" ? "" : `${folder}/`;
            const inside = Object.keys(files).filter((path) => path.startsWith(prefix));
            const names = inside.map((path) => path.slice(prefix.length).split("/")[0] as string);
            return inside.length === 0 ? undefined : [...new Set(names)];
        },
    };
}

function load(text: string, options: Partial<LoadOptions> = {}, files: Readonly<Record<string, string>> = {}): LoadedConfiguration {
    return loadConfiguration(["a.conf"], treeOf({ "a.conf": text, ...files }), { configId: "node1", random: () => 0.5, ...options });
}

/** `line:column code` of all but notes. */
function faults({ diagnostics }: LoadedConfiguration): string[] {
    return diagnostics
        .filter(({ errorClass }) => errorClass !== "note")
        .map(({ place, code }) => `${place?.line}:${place?.column} ${code}`);
}

/** Scripts are the simplest blocks: the intervals of them in seconds, by name. */
function intervals({ configuration }: LoadedConfiguration): Record<string, number> {
    return Object.fromEntries(configuration.vrrp_script.map(({ name, interval }) => [name, interval / 1_000_000]));
}

const SCRIPT = "script /bin/true";

describe("lines and words", () => {
    it.each([
        ["each brace on a line of its own", `vrrp_script a\n{\n${SCRIPT}\ninterval 2\n}\n`],
        ["all on one line", `vrrp_script a { ${SCRIPT} } vrrp_script a {\ninterval 2 }`],
        ["statements around braces", `vrrp_script a { interval 2\n${SCRIPT} }`],
        ["CRLF", `vrrp_script a {\r\n${SCRIPT}\r\ninterval 2\r\n}\r\n`],
        ["a byte order mark", `\ufeffvrrp_script a {\n${SCRIPT}\ninterval 2\n}`],
        ["tabs", `vrrp_script\ta\t{\n\t${SCRIPT}\n\tinterval\t2\t}`],
        ["comments", `! x {\n# y {\nvrrp_script a { # z }\n${SCRIPT}#\ninterval 2!3\n}`],
        ["a quoted number", `vrrp_script a {\n${SCRIPT}\ninterval "2"\n}`],
        ["comments in any script", `# \u4e2d\u6587\u00a0{\nvrrp_script a {\n${SCRIPT} # \u00e9\u00a0\ninterval 2\n}`],
    ])("reads %s", (_, text) => {
        const loaded = load(text.replace(" } vrrp_script a {", ""));
        expect(faults(loaded)).toEqual([]);
        expect(intervals(loaded)).toEqual({ a: 2 });
    });

    it("reads no-break spaces as spaces and says so once a file", () => {
        const loaded = load(`vrrp_script a {\n\u00a0\u00a0${SCRIPT}\n\u3000interval\u00a02\n}`);
        expect(intervals(loaded)).toEqual({ a: 2 });
        expect(faults(loaded)).toEqual(["2:1 odd-white-space"]);
    });

    it("ignores a line with a NUL character and reads a long one", () => {
        const loaded = load(`vrrp_script a {\n${SCRIPT} ${"x".repeat(1500)}\ninterval 3\ninterval 2\0\n}`);
        expect(intervals(loaded)).toEqual({ a: 3 });
        expect(faults(loaded)).toEqual(["2:1 long-line", "4:1 embedded-nul"]);
    });

    it("keeps escaped comment signs and braces in quotes", () => {
        const { configuration } = load('vrrp_script a\\#1 {\nscript "/bin/x {a} #b"\n}');
        expect(configuration.vrrp_script[0]).toMatchObject({ name: "a#1", script: { words: ["/bin/x", "{a}", "#b"] } });
    });
});

describe("mistakes", () => {
    it.each([
        ["an unknown keyword", "vrrp_script a {\n  script /bin/true\n  intervall 2\n}", ["3:3 unknown-keyword"]],
        ["an unknown block, once", "vrrp_skript a {\n  script /bin/true\n  sub {\n x\n }\n}\nglobal_defs {\n}", ["1:1 unknown-keyword"]],
        ["a number out of range", "global_defs {\n  vrrp_version 7\n}", ["2:16 out-of-range"]],
        ["a missing parameter", "global_defs {\n  router_id\n}", ["2:12 missing-parameter"]],
        ["a block where none belongs", "vrrp_script a {\n  script /bin/true {\n  x\n }\n}", ["2:20 unexpected-open-brace"]],
        ["a brace too much at the end", "global_defs {\n}\n}\n", ["3:1 unexpected-close-brace"]],
        ["a missing opening brace", "vrrp_script a\n  script /bin/true\n}\n", ["1:14 missing-open-brace"]],
        ["a quote that is not closed", 'global_defs {\n  router_id "abc\n}\n', ["2:13 unmatched-quote"]],
        ["a second entry that is none", "vrrp_instance a {\n  virtual_routes { default via 10.0.0.1 bogus }\n}", ["2:41 not-an-address"]],
        ["a block given twice", "vrrp_instance a {\n}\nvrrp_instance a {\n}\n", ["3:1 duplicate-block"]],
    ])("reports %s", (_, text, expected) => {
        expect(faults(load(text)).filter((fault) => !fault.endsWith("keyword-missing"))).toEqual(expected);
    });

    it("names the line of the block that is not closed, and goes on behind it", () => {
        const loaded = load(`vrrp_script a {\n  ${SCRIPT}\n  interval 2\n\nvrrp_script b {\n  ${SCRIPT}\n}\n`);
        expect(faults(loaded)).toEqual(["1:1 missing-close-brace"]);
        expect(intervals(loaded)).toEqual({ a: 2, b: 1 });
    });

    it("finds the inner block that is not closed by where the next keyword belongs", () => {
        const text =
            "vrrp_instance a {\n  interface eth0\n  authentication {\n    auth_type PASS\n    auth_pass x\n  virtual_router_id 7\n  virtual_ipaddress {\n    10.0.0.1\n  }\n}\n";
        const loaded = load(text);
        expect(faults(loaded)).toEqual(["3:3 missing-close-brace"]);
        expect(loaded.configuration.vrrp_instance[0]).toMatchObject({ virtual_router_id: 7, authentication: { auth_pass: "x" } });
    });

    it("finds the list that is not closed", () => {
        const text = "vrrp_instance a {\n  interface eth0\n  virtual_ipaddress {\n    10.0.0.1\n  virtual_router_id 7\n  priority 50\n}\n";
        const loaded = load(text);
        expect(faults(loaded)).toEqual(["3:3 missing-close-brace"]);
        expect(loaded.configuration.vrrp_instance[0]).toMatchObject({ virtual_router_id: 7, priority: 50 });
    });

    it("finds by indentation which block is not closed at the end of the file", () => {
        const text = "global_defs {\n  notification_email {\n    a@b\n}\n";
        expect(faults(load(text))).toEqual(["2:3 missing-close-brace"]);
    });

    it("finds the brace that ends a block too early", () => {
        const text = "vrrp_instance a {\n  interface eth0\n  virtual_ipaddress {\n    10.0.0.1\n  }\n  }\n  virtual_router_id 7\n}\n";
        const loaded = load(text);
        expect(faults(loaded)).toEqual(["6:3 unexpected-close-brace"]);
        expect(loaded.configuration.vrrp_instance[0]).toMatchObject({ virtual_router_id: 7 });
    });

    it("says what was found, what is allowed and what happens now, with a caret", () => {
        const { diagnostics } = load("vrrp_instance a {\n\tintreface eth0\n}");
        const diagnostic = diagnostics.find(({ code }) => code === "unknown-keyword");
        expect(diagnostic && diagnosticText(diagnostic, { hasColours: false })).toBe(
            [
                "a.conf:2:2: error: 'intreface' is not a keyword of 'vrrp_instance a' [unknown-keyword]",
                "    2 | \tintreface eth0",
                "      | \t^",
                "  did you mean 'interface'?",
                "  now: the line is ignored",
            ].join("\n"),
        );
    });

    it("makes Keepalived's exit codes, the gravest first", () => {
        expect(exitCodeOf(load(`vrrp_script a {\n${SCRIPT}\n}`).diagnostics)).toBe(0);
        expect(exitCodeOf(load("bogus 1").diagnostics)).toBe(5);
        expect(exitCodeOf(load("bogus 1\nglobal_defs {\nrouter_id\n}").diagnostics)).toBe(2);
        expect(exitCodeOf(loadConfiguration(["b.conf"], treeOf({}), { configId: "x", random: () => 0 }).diagnostics)).toBe(4);
    });

    // Given a text with more faults than are kept. When there is one of another sort behind them. Then it is kept, and verdicts go by it.
    it("of each sort are kept, however many others come before", () => {
        const mild = Array.from({ length: 10_050 }, (_, index) => `unknown${index} 1\n`).join("");
        const { diagnostics } = load(`${mild}vrrp_instance A {\n`);
        expect(diagnostics.map(({ errorClass }) => errorClass).filter((one) => one !== "unknown-keyword")).toEqual(
            expect.arrayContaining(["missing-close-brace", "note"]),
        );
        expect(diagnostics.at(-1)?.message).toMatch(/^5\d more are not shown$/);
    });
});

describe("definitions", () => {
    /** The names of unknown keywords are what a line became. */
    function words(text: string, options: Partial<LoadOptions> = {}): string[] {
        const { diagnostics } = load(text, options);
        return diagnostics.map(({ code, message }) => (code === "unknown-keyword" ? (message.split("'")[1] as string) : code));
    }

    it.each([
        ["$A=x\nk$A", ["kx"]],
        ["$A=x\nk$A, l\n k$A) l", ["kx,", "kx)"]],
        ["$A=x\nk$A/24\nk${A}/24", ["k$A/24", "kx/24"]],
        ["$A=1\n$B=k${A}\n$A=2\n$B", ["k2"]],
        ["$A=k \\\nl \\\nm\n$A", ["k", "l", "m"]],
        ["$A= \\\nk \\\nl\nx$A\n", ["xk", "l"]],
        ["$A=@node2\n$A k\n$A=@node1\n$A l", ["l"]],
        ["$A=$A x\nk $A", ["definition-explodes"]],
        ["$A=$A$A\nk$A", ["definition-explodes"]],
        ["$H=${_HASH}\n$H k\nl ${_BANG} m", ["l"]],
        ["k${_INSTANCE}", ["knode1"]],
        ["k${_RANDOM} \nk${_RANDOM 3} \nk${_RANDOM 4 8}", ["k16384", "k16385", "k6"]],
        ["k${_PWD}", ["k."]],
        ["k${NONE}", ["undefined-name", "k${NONE}"]],
        ["$A=x\r\n$B= \\\r\n l$A\r\nk$A\r\n$B\r\n", ["kx", "lx"]],
    ])("%j", (text, expected) => {
        expect(words(text)).toEqual(expected);
    });

    it("random_seed makes random numbers the same in every run", () => {
        const drawn = (seed: number, random: number) =>
            words(`global_defs {\nrandom_seed ${seed}\n}\nk\${_RANDOM} l\${_RANDOM}`, { random: () => random }).slice(-2);
        expect(drawn(7, 0.1)).toEqual(drawn(7, 0.9));
        expect(drawn(7, 0.1)).not.toEqual(drawn(8, 0.1));
    });

    it("takes the environment", () => {
        expect(words("k${_ENV HOME}x", { environment: (name) => `<${name}>` })).toEqual(["k<HOME>x"]);
    });

    it("passes over a comment in a definition and says that Keepalived would end it there", () => {
        expect(words("$A= \\\nk \\\n# c \\\nl\n$A")).toEqual(["comment-in-definition", "k", "l"]);
    });

    it.each([
        ["@node1 k\n@node2 l\n@^node1 m\n@^node2 n\n@!node2 o", ["k", "n", "o"]],
        ["~SEQ(N,3) k${N}", ["k1", "k2", "k3"]],
        ["~SEQ(N,-2) k${N}", ["k-1", "k-2"]],
        ["~SEQ(N,0) k${N}", ["k1", "k0"]],
        ["~SEQ(N,08) k${N}", ["bad-generator"]],
        ["~SEQx(N,-1,1) k${N}", ["bad-generator"]],
        ["~SEQ(N,5,3) k$N", ["k5", "k4", "k3"]],
        ["~SEQx(N,0x9,3,15) k${N}", ["k9", "kc", "kf"]],
        ["~SEQ(A,1,2) ~SEQ(B,1,2) k${A}.$B", ["k1.1", "k1.2", "k2.1", "k2.2"]],
        ["~LST(N,a, b) k$N", ["ka", "kb"]],
        ["~LST({A,B},{1,2},{3}) k${A}.$B", ["k1.2", "k3."]],
        ["$E=2\n~SEQ(N,1,$E) k$N", ["k1", "k2"]],
        ["$M= \\\nk$N \\\nl$N\n~SEQ(N,1,2) $M", ["k1", "l1", "k2", "l2"]],
        ["$M= \\\n$N=2 \\\nk$N\n$M", ["k2"]],
        ["~SEQ(N,1,-1,5) k", ["bad-generator"]],
        ["~SEQ(N,a) k", ["bad-generator"]],
        ["~LST({A,B},{1,2,3}) k", ["bad-generator"]],
        ["~FOO(N) k", ["bad-generator"]],
    ])("%j", (text, expected) => {
        expect(words(text)).toEqual(expected);
    });

    // Given what counts at the start of a line only. When it stands behind a brace. Then it counts as well: what follows a brace is a line of its own.
    it.each([
        ["@node1 interval 7", 7],
        ["@node2 interval 7", 1],
        ["$N=7\ninterval $N", 7],
        ["~SEQ(N,6,7) interval $N", 7],
        ["include b.conf", 7],
        [`weight 1\n${SCRIPT} } vrrp_script b { @node1 include b.conf`, 1],
        [`${SCRIPT} } vrrp_script a { @node1 include b.conf`, 7],
        [`@^node2 $N=7\ninterval \${N}\n${SCRIPT} } vrrp_script b { ~SEQ(M,6,7) weight $M`, 7],
    ])("reads %j behind a brace", (rest, expected) => {
        const loaded = load(`$A=a\nvrrp_script \${A} { ${rest}\n${SCRIPT}\n}`, {}, { "b.conf": "interval 7" });
        expect(faults(loaded)).toEqual([]);
        expect(loaded.configuration.vrrp_script.findLast(({ name }) => name === "a")?.interval).toBe(expected * 1_000_000);
    });

    it.each(['script "/bin/x { @node2 x"', `${SCRIPT} # { @node2`, "script /bin/${NONE} @node2", "script /bin/x\n$X={ @node2"])(
        "leaves alone what is behind no brace of a block: %j",
        (line) => {
            expect(load(`vrrp_script a {\n${line}\ninterval 2\n}`).configuration.vrrp_script).toMatchObject([{ interval: 2_000_000 }]);
        },
    );

    it("points to the word of a line that has a dollar sign in its comment only", () => {
        const { diagnostics } = load(`vrrp_script a {\ninterval x # costs $5\n${SCRIPT}\n}`);
        expect(diagnostics).toMatchObject([{ code: "not-a-number", place: { line: 2, column: 10 }, made: undefined }]);
    });

    it("stops at definitions that make lines without end", () => {
        const limits = { lines: 1000, characters: 1_000_000, lineLength: 1000 };
        const text = `${Array.from({ length: 30 }, (_, index) => `$A${index}= \\\n$A${index + 1} \\\n$A${index + 1}`).join("\n")}\n$A30=k\n$A0`;
        expect(words(text, { limits }).at(-1)).toBe("definition-explodes");
        expect(words("$A= \\\nk \\\n$A\n$A").filter((word) => word !== "k")).toEqual(["definition-explodes"]);
    });

    it("gives made lines the number of the line that used them, and shows what was made", () => {
        const { diagnostics } = load("$A= \\\nk \\\nl 1\n\n  $A");
        expect(diagnostics.map(({ place, made }) => [place?.line, place?.column, made?.text])).toEqual([
            [5, 3, "  k"],
            [5, 3, "l 1"],
        ]);
    });
});

describe("include", () => {
    const files = {
        "d/one.conf": "k1\ninclude two.conf\nk3",
        "d/two.conf": "k2",
        "d/.hidden.conf": "k9",
        "loop.conf": "k4\ninclude loop.conf\nk5",
    };

    function found(text: string): string[] {
        const { diagnostics } = load(text, {}, files);
        return diagnostics.map(({ code, message, place }) =>
            code === "unknown-keyword" ? `${place?.file}:${place?.line} ${message.split("'")[1]}` : `${place?.file}:${place?.line} ${code}`,
        );
    }

    it("is relative to the including file and keeps line numbers", () => {
        expect(found("x\ninclude d/one.conf\ny")).toEqual([
            "a.conf:1 x",
            "d/one.conf:1 k1",
            "d/two.conf:1 k2",
            "d/one.conf:3 k3",
            "a.conf:3 y",
        ]);
    });

    it.each(["include d/t*.conf", "include d/{two}.conf", "include d/tw?.conf", "include d/[s-u]wo.conf", "@node1 include d/two.conf"])(
        "%s",
        (line) => {
            expect(found(line)).toEqual(["d/two.conf:1 k2"]);
        },
    );

    // Given patterns of the shell. When an include names one. Then it finds what the shell would.
    it.each([
        ["d/[[:lower:]]wo.conf", ["d/two.conf"]],
        ["d/[^[:digit:]a-s]wo.conf", ["d/two.conf"]],
        ["d/[[:upper:][:digit:]]*", []],
        ["d/[]t]wo.conf", ["d/two.conf"]],
        ["d/t\\wo.conf", ["d/two.conf"]],
        ["e/s\\*r?.conf", ["e/s*r1.conf"]],
        ["e/s\\*r1.conf", ["e/s*r1.conf"]],
        ["e/[s-]*", ["e/s*r1.conf", "e/st r1.conf"]],
        ["e/[", ["e/["]],
    ])("finds %s", (pattern, expected) => {
        const { sources } = load(`include ${pattern}`, {}, { ...files, "e/s*r1.conf": "", "e/st r1.conf": "", "e/[": "" });
        expect(sources.files.slice(1)).toEqual(expected);
    });

    // Given an include of several files of which one is missing. When others have been read. Then it is told at the line of the include.
    it("tells what it does not find where it was asked for", () => {
        expect(found("\n  includea d/{two,none}.conf")).toEqual(["a.conf:2 file-not-read", "d/two.conf:1 k2"]);
    });

    it("reads inside a block", () => {
        const { configuration } = load("vrrp_script a {\ninclude b.conf\n}", {}, { "b.conf": "interval 7\n" });
        expect(configuration.vrrp_script[0]?.interval).toBe(7_000_000);
    });

    it("does not go round in circles", () => {
        expect(found("include loop.conf")).toEqual(["loop.conf:1 k4", "loop.conf:2 include-loop", "loop.conf:3 k5"]);
    });

    // Given a file that includes itself by a path that is longer each time. When it is read. Then that ends, with one error.
    it.each(["./", "../d/"])("does not go round in circles by %s", (detour) => {
        const text = `interval 5\ninclude ${detour}a.conf\n`;
        const tree: FileTree = { read: (path) => (path.endsWith("/a.conf") ? success(text) : rejected("missing")), list: () => [] };
        const { diagnostics } = loadConfiguration(["/d/a.conf"], tree, { configId: "x", random: () => 0 });
        expect(diagnostics.map(({ code }) => code).filter((code) => code !== "unknown-keyword")).toEqual(["include-loop"]);
        expect(exitCodeOf(diagnostics)).toBe(4);
    });

    it("comes back to the folder of the including file, even within a line that stands for several", () => {
        expect(found("$A= \\\ninclude d/two.conf \\\nk${_PWD}\n$A")).toEqual(["a.conf:4 k.", "d/two.conf:1 k2"]);
    });

    it.each([
        ["include none.conf", 0],
        ["includer none.conf", 0],
        ["includem none.conf", 4],
        ["includew none*.conf", 4],
        ["include none*.conf", 0],
        ["includeb {d/two,none}.conf", 4],
        ["includea none.conf", 4],
        ["include_check match\ninclude none.conf", 4],
        ["include_check +match\ninclude_check -match\ninclude none.conf", 0],
    ])("%j makes exit code %d", (text, expected) => {
        const { diagnostics } = load(`global_defs {\n${text}\n}`, {}, { "d/two.conf": "" });
        expect(diagnostics.map(({ code }) => code)).toContain("file-not-read");
        expect(exitCodeOf(diagnostics)).toBe(expected);
    });
});

describe("values", () => {
    // Given a name that no interface can have. When it is read. Then it stands for none, least of all for that of its first 15 characters.
    it("refuses the name of an interface that is too long", () => {
        const { configuration, diagnostics } = load(`vrrp_instance a {\ninterface eth0\ninterface ${"x".repeat(16)}\n}`);
        expect(diagnostics.map(({ code, place }) => [code, place?.line])).toContainEqual(["too-long", 3]);
        expect(configuration.vrrp_instance[0]?.interface).toBe("eth0");
    });

    // Given a number that no integer of the kernel's holds. When it is read. Then it is refused, as Keepalived does.
    it.each(["4294967296", "99999999999999999999"])("refuses %s where no other limit is given", (number) => {
        const loaded = load(`global_defs {\nprocess_monitor_rcv_bufs 4294967295\nprocess_monitor_rcv_bufs ${number}\n}`);
        expect(faults(loaded)).toEqual(["3:26 out-of-range"]);
        expect(loaded.configuration.global_defs?.process_monitor_rcv_bufs).toBe(4_294_967_295);
    });

    it("holds what was written, its defaults, and where", () => {
        const loaded = load("vrrp_instance VI_1 {\n  priority 150\n  virtual_ipaddress { 10.0.0.1/24 10.0.0.2 dev eth1\n  10.0.0.3\n}\n}");
        const [instance] = loaded.configuration.vrrp_instance;
        expect(instance).toMatchObject({ name: "VI_1", priority: 150, nopreempt: false, preempt_delay: 0 });
        expect(instance?.virtual_ipaddress.map(({ address }) => formatIp(address.address))).toEqual(["10.0.0.1", "10.0.0.2", "10.0.0.3"]);
        expect(loaded.sources.locate(instance?.positions.priority as never)).toEqual({ file: "a.conf", line: 2, column: 3 });
        expect(instance?.positions.virtual_ipaddress?.map((at) => loaded.sources.locate(at)?.column)).toEqual([23, 35, 3]);
        expect(instance?.positions.preempt_delay).toBeUndefined();
    });

    it("names keywords that are not acted upon yet once each", () => {
        const server = (port: number) => `virtual_server 10.0.0.1 ${port} {\n delay_loop 5\n snmp_name a\n}\n`;
        const loaded = load(server(80) + server(81));
        expect(loaded.unacted).toEqual(["virtual_server/snmp_name"]);
    });
});

describe("a list written empty", () => {
    it("is told from one that was not written: an empty unicast_peer never means multicast", () => {
        const loaded = load(
            "vrrp_instance A {\n interface e\n virtual_router_id 1\n unicast_peer {\n }\n virtual_ipaddress {\n 10.0.0.1\n }\n}\n",
        );
        expect(loaded.configuration.vrrp_instance[0]?.positions.unicast_peer).toEqual([]);
        expect(loaded.completed.routers[0]).toMatchObject({ destination: { type: "unicast", peers: [] }, faultWithoutPeers: true });
        expect(faults(loaded)).toEqual([expect.stringContaining("no-unicast-peers")]);
    });
});

describe("a dump of what was read", () => {
    it("is read as the same again", () => {
        const text =
            'vrrp_instance A {\n  nopreempt\n  preempt\n  unicast_peer { 10.0.0.1 10.0.0.2 }\n  state MASTER }\nvrrp_script s { script "/bin/x -a" }\n';
        const once = dump(root, load(text).configuration);
        expect(dump(root, load(once).configuration)).toBe(once);
        expect(once).toContain("    nopreempt\n    preempt\n");
    });
});
