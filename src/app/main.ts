import { fileURLToPath } from "node:url";
import { runProcess } from "./run-process.ts";
import { composeVrrp } from "./vrrp.ts";

const [, called = "", ...words] = process.argv;
const script = fileURLToPath(import.meta.url);

runProcess(words, { vrrp: composeVrrp }, async () => (await import("./front.ts")).runFront(called, words, script));
