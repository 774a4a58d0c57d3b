import { fileURLToPath } from "node:url";
import { runFront } from "./front.ts";
import { runProcess } from "./run-process.ts";

const [, called = "", ...words] = process.argv;
const script = fileURLToPath(import.meta.url);

runProcess(
    words,
    {
        vrrp: async () => (await import("./vrrp.ts")).composeVrrp,
        runner: async () => (await import("./runner.ts")).composeRunner,
        checkers: async () => (await import("./checkers.ts")).composeCheckers,
        bfd: async () => (await import("./bfd.ts")).composeBfd,
    },
    () => runFront(called, words, script),
);
