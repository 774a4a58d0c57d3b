import { milliseconds } from "../core/base/instant.ts";
import type { Anticipation } from "../host/loop.ts";
import { holdCompiling, resumeCompiling } from "../io/system/compiling.ts";

/** How long before the moment the loop wakes up: what leads there is silence of almost all the time that a neighbour has. */
const LEAD = milliseconds(2);

/** How a process awaits a moment that counts to the microsecond. @param warmUp takes less than a millisecond */
export function anticipation(warmUp: () => void): Anticipation {
    const prepare = () => {
        holdCompiling();
        warmUp();
    };
    return { lead: LEAD, prepare, relax: resumeCompiling };
}
