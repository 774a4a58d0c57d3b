// Chaos for as long as one likes: see chaos-run.ts.
//
//   npm run build && npm run chaos -- [--faults 200] [--seed 7] [--only "its clock"]
import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import { ChaosRun } from "./chaos-run.ts";

const { values } = parseArgs({ options: { faults: { type: "string" }, seed: { type: "string" }, only: { type: "string" } } });
const seed = Number(values.seed ?? randomInt(2 ** 31));
console.log(`seed ${seed}`);
let count = 0;
const { faults, violations } = await ChaosRun.run({
    seed,
    faults: Number(values.faults ?? 200),
    ...(values.only !== undefined && { only: values.only }),
    onFault: (text) => {
        count++;
        console.log(`${count}  ${text}`);
    },
});
for (const violation of violations) {
    console.log(`VIOLATION ${violation}`);
}
console.log(`seed ${seed}: ${faults} faults, ${violations.length} violations`);
process.exitCode = violations.length === 0 ? 0 : 1;
