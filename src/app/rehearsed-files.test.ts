import { expect, it } from "vitest";
import { readCommandLine } from "./command-line.ts";
import { configurationReader } from "./daemon-configuration.ts";
import { judgeReload } from "./parent/judge-reload.ts";

it("a rehearsal reads two configurations without a complaint, of which a reload would change one real server", () => {
    const options = readCommandLine(["-f", "/nowhere/of/this/name.conf"]);
    if (!options.ok) {
        throw new Error(options.error);
    }
    const [before, after] = configurationReader().rehearse(options.value);
    if (before?.outcome.ok !== true || after === undefined) {
        throw new Error("nothing was read");
    }
    const verdict = judgeReload(before.outcome.value, after);
    expect([...before.lines, ...after.lines].map(({ level }) => level)).toEqual(["info", "info"]);
    expect(verdict.type === "accepted" && verdict.changes().map(({ what }) => what)).toEqual([
        "virtual_server 192.0.2.1 80 real_server 198.51.100.1 80 weight",
    ]);
});
