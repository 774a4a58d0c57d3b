import { fileURLToPath } from "node:url";
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
    async () => (await import("./front.ts")).runFront(called, words, script),
);
