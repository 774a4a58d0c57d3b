import type { NativeAddon } from "../native/addon.ts";

/** What service managers give, and programs that use select(2) rely on. */
const OPEN_FILES = 1_024;

/**
 * Does something, such as starting somebody else's program, with as many open files as programs usually may have: Node.js has raised that for itself to the
 * hard limit, and whatever is started inherits it.
 */
export function withUsualLimits<Value>({ constants, getrlimit, setrlimit }: NativeAddon, run: () => Value): Value {
    const limits = new Float64Array(2);
    getrlimit(constants.RLIMIT_NOFILE, limits);
    const [soft = 0, hard = 0] = limits;
    setrlimit(constants.RLIMIT_NOFILE, Math.min(soft, OPEN_FILES), hard);
    try {
        return run();
    } finally {
        setrlimit(constants.RLIMIT_NOFILE, soft, hard);
    }
}
