import { describe, expect, it } from "vitest";
import { dumpPath, logIdent, pidFilePaths } from "./run-files.ts";

const PLAIN = { usesPidDirectory: false };

describe("pid files", () => {
    it.each([
        [
            {},
            {},
            PLAIN,
            {
                parent: "/run/keepalived.pid",
                children: { vrrp: "/run/keepalived_vrrp.pid", checkers: "/run/keepalived_checkers.pid", bfd: "/run/keepalived_bfd.pid" },
            },
        ],
        [
            { parent: "/a", vrrp: "/b", checkers: "/c", bfd: "/d" },
            {},
            PLAIN,
            { parent: "/a", children: { vrrp: "/b", checkers: "/c", bfd: "/d" } },
        ],
        [
            {},
            {},
            { usesPidDirectory: true },
            {
                parent: "/run/keepalived/keepalived.pid",
                children: { vrrp: "/run/keepalived/vrrp.pid", checkers: "/run/keepalived/checkers.pid", bfd: "/run/keepalived/bfd.pid" },
            },
        ],
        [
            {},
            { instance: "blue" },
            PLAIN,
            {
                parent: "/run/keepalived/keepalived_blue.pid",
                children: {
                    vrrp: "/run/keepalived/vrrp_blue.pid",
                    checkers: "/run/keepalived/checkers_blue.pid",
                    bfd: "/run/keepalived/bfd_blue.pid",
                },
            },
        ],
        [
            { parent: "/a" },
            { networkNamespace: "n", instance: "i" },
            PLAIN,
            {
                parent: "/a",
                children: {
                    vrrp: "/run/keepalived/n/vrrp_i.pid",
                    checkers: "/run/keepalived/n/checkers_i.pid",
                    bfd: "/run/keepalived/n/bfd_i.pid",
                },
            },
        ],
    ])("%j of %j", (given, identity, configuration, paths) => {
        expect(pidFilePaths(given, identity, configuration)).toEqual(paths);
    });
});

describe("log idents", () => {
    it("name namespace and instance", () => {
        expect(logIdent("parent", {})).toBe("Keepalived");
        expect(logIdent("vrrp", { networkNamespace: "n", instance: "i" })).toBe("Keepalived_vrrp_n_i");
        expect(logIdent("checkers", {})).toBe("Keepalived_healthcheckers");
    });
});

describe("dump files", () => {
    it.each([
        ["data", {}, "/tmp/keepalived.data"],
        ["statistics", { statistics: "/var/s" }, "/var/s"],
        ["statistics", { statistics: "own.stats" }, "/tmp/own.stats"],
        ["json", { json: "/run/k/" }, "/run/k/keepalived.json"],
        ["data", { suffix: ".blue_one" }, "/tmp/keepalived.blue_one.data"],
        ["json", { json: "/run/k/", suffix: ".one" }, "/run/k/keepalived.one.json"],
    ] as const)("%s with %j", (kind, names, path) => {
        expect(dumpPath(kind, names, "/tmp")).toBe(path);
    });
});
