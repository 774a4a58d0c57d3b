import { fileURLToPath } from "node:url";
import { composeBfd } from "./bfd.ts";
import { composeCheckers } from "./checkers.ts";
import { runProcess } from "./run-process.ts";
import { composeRunner } from "./runner.ts";
import { composeVrrp } from "./vrrp.ts";

const [, called = "", ...words] = process.argv;
const script = fileURLToPath(import.meta.url);

runProcess(words, { vrrp: composeVrrp, runner: composeRunner, checkers: composeCheckers, bfd: composeBfd }, async () =>
    (await import("./front.ts")).runFront(called, words, script),
);
