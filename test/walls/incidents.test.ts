import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "../..");
const ROWS = readFileSync(join(ROOT, "docs/guide/security.md"), "utf8")
    .split("\n")
    .flatMap((line) => {
        const [, what = "", cause = "", test = ""] = line.split(" | ").length === 3 ? ["", ...line.slice(2).split(" | ")] : [];
        const [, path, title] = /^`(\S+\.test\.ts)`: "(.+?)"\s*\|$/.exec(test.trim()) ?? [];
        return path === undefined || title === undefined ? [] : [{ what: what.trim(), cause, path, title }];
    });

/** What the page on security claims of past incidents. */
describe("each incident elsewhere names a test", () => {
    it("and there are as many as there were incidents", () => {
        expect(ROWS.length).toBeGreaterThanOrEqual(29);
    });

    it.each(ROWS)("$what: $title", ({ path, title }) => {
        expect(existsSync(join(ROOT, path)), path).toBe(true);
        expect(readFileSync(join(ROOT, path), "utf8")).toContain(title);
    });
});

it("no D-Bus policy is shipped, and nothing speaks D-Bus", () => {
    const manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { readonly dependencies: object };
    expect(Object.keys(manifest.dependencies).filter((name) => name.includes("dbus"))).toEqual([]);
    const shipped = readdirSync(join(ROOT, "packaging"), { recursive: true, encoding: "utf8" });
    expect(shipped.filter((path) => path.endsWith(".conf") || path.includes("dbus"))).toEqual([]);
});
