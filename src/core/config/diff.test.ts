import { describe, expect, it } from "vitest";
import { root } from "./blocks/root.ts";
import { diff } from "./diff.ts";
import { readForTest } from "./test-reader.ts";

const BEFORE = `vrrp_instance A {
    interface eth0
    virtual_router_id 1
    priority 100
    nopreempt
    virtual_ipaddress {
        10.0.0.1
        10.0.0.2
    }
}
vrrp_instance B {
    virtual_router_id 2
}
net_namespace one
`;

describe("a diff", () => {
    it("is empty between equals, wherever they stand", () => {
        expect(diff(root, readForTest(root, BEFORE).value, readForTest(root, `\n\n${BEFORE}`).value)).toEqual([]);
    });

    it("tells keyword by keyword what changed and what it costs", () => {
        const after = BEFORE.replace("priority 100", "priority 90")
            .replace("    nopreempt\n", "")
            .replace("        10.0.0.2\n", "")
            .replace("virtual_router_id 1\n", "virtual_router_id 7\n")
            .replace("instance B", "instance C")
            .replace("net_namespace one", "net_namespace two");
        expect(diff(root, readForTest(root, BEFORE).value, readForTest(root, after).value)).toEqual([
            { path: [], keyword: "net_namespace", before: "one", after: "two", reload: "refuses-reload" },
            { path: [], keyword: "vrrp_instance", before: "vrrp_instance B", after: undefined, reload: "applied" },
            { path: ["vrrp_instance A"], keyword: "virtual_router_id", before: "1", after: "7", reload: "restarts-object" },
            { path: ["vrrp_instance A"], keyword: "priority", before: "100", after: "90", reload: "applied" },
            { path: ["vrrp_instance A"], keyword: "virtual_ipaddress", before: "10.0.0.1\n10.0.0.2", after: "10.0.0.1", reload: "applied" },
            { path: ["vrrp_instance A"], keyword: "nopreempt", before: "", after: undefined, reload: "applied" },
            { path: [], keyword: "vrrp_instance", before: undefined, after: "vrrp_instance C", reload: "applied" },
        ]);
    });

    // Given what a process is told before it opens its first socket. When a reload changes it. Then nobody is told that it is in force.
    it.each([
        "vrrp_rt_priority 5",
        "checker_no_swap",
        "bfd_cpu_affinity 1",
        "max_auto_priority 9",
        "vrrp_netlink_cmd_rcv_bufs 9000",
        "umask 022",
    ])("tells that %s waits for the next start", (line) => {
        const block = (words: string) => `global_defs {\n    router_id x\n    ${words}\n}\n${BEFORE}`;
        const changes = diff(root, readForTest(root, block("")).value, readForTest(root, block(line)).value);
        expect(changes.map(({ reload }) => reload)).toEqual(["next-start"]);
    });

    // Given no global_defs. When a reload brings one, or takes it away. Then what in it cannot be taken over while the daemon runs is told as ever.
    it("looks into a block that comes or goes as a whole", () => {
        const globals = "global_defs {\n    process_user nobody\n    umask 022\n    router_id x\n}\n";
        const changes = (before: string, after: string) =>
            diff(root, readForTest(root, before).value, readForTest(root, after).value).map(({ keyword, after: now, reload }) => [
                keyword,
                now,
                reload,
            ]);
        expect(changes(BEFORE, globals + BEFORE)).toEqual([
            ["global_defs", "global_defs", "applied"],
            ["process_user", "nobody", "refuses-reload"],
            ["umask", "022", "next-start"],
        ]);
        expect(changes(globals + BEFORE, BEFORE)).toEqual([
            ["global_defs", undefined, "applied"],
            ["process_user", undefined, "refuses-reload"],
            ["umask", undefined, "next-start"],
        ]);
        expect(diff(root, readForTest(root, BEFORE).value, readForTest(root, globals + BEFORE).value, "refuses-reload")).toHaveLength(1);
    });

    it("tells of one kind of change alone where that is all that matters", () => {
        const globals = "global_defs {\n    vrrp_process_name a\n    router_id x\n}\n";
        const after = BEFORE.replace("net_namespace one", "net_namespace two").replace("priority 100", "priority 90");
        const of = (before: string, later: string) =>
            diff(root, readForTest(root, before).value, readForTest(root, later).value, "refuses-reload").map(({ keyword }) => keyword);
        expect(of(globals + BEFORE, globals.replace("router_id x", "router_id y") + after)).toEqual(["net_namespace"]);
        expect(of(BEFORE, globals + BEFORE)).toEqual([]);
    });
});
