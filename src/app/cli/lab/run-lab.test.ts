import { expect, test } from "vitest";
import { runLab } from "./run-lab.ts";

function streams() {
    let written = "";
    const stream = {
        write: (text: string) => {
            written += text;
        },
    };
    return { output: stream, errors: stream, written: () => written };
}

test("--help explains and is no failure", async () => {
    const all = streams();
    expect(await runLab(["--help"], all)).toBe(0);
    expect(all.written()).toContain("usage: holdfast lab");
});

test.each([
    [["--interval", "9"], "--interval 9 is not in 0.01 to 2"],
    [["--interval", "soon"], "--interval soon is not in 0.01 to 2"],
    [["--nonsense"], "--nonsense"],
])("%s is refused with the reason", async (argv, reason) => {
    const all = streams();
    expect(await runLab(argv, all)).toBe(2);
    expect(all.written()).toContain(reason);
});
