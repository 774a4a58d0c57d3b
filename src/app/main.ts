import { fileURLToPath } from "node:url";
import { runFront } from "./front.ts";
import { runProcess } from "./run-process.ts";

const [, called = "", ...words] = process.argv;
const script = fileURLToPath(import.meta.url);

runProcess(
    words,
    {
        vrrp: async () => (await import("./vrrp.ts")).runVrrp,
        runner: async () => (await import("./runner.ts")).runRunner,
        checkers: async () => (await import("./checkers.ts")).runCheckers,
        bfd: async () => (await import("./bfd.ts")).runBfd,
    },
    () => runFront(called, words, script),
);
