/** Variables that change how a script's programs behave, or that are meant for the daemon alone. */
const WITHHELD = new Set([
    "IFS",
    "LD_PRELOAD",
    "LD_LIBRARY_PATH",
    "LD_AUDIT",
    "NODE_OPTIONS",
    "NODE_EXTRA_CA_CERTS",
    "NOTIFY_SOCKET",
    "WATCHDOG_PID",
    "WATCHDOG_USEC",
    "LISTEN_FDS",
    "LISTEN_FDNAMES",
    "LISTEN_PID",
    "CREDENTIALS_DIRECTORY",
]);

const USUAL_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** What a script sees of the daemon's environment: all but what could turn its programs against it, and what is the daemon's secret. */
export function scriptEnvironment(own: NodeJS.ProcessEnv): readonly string[] {
    const shown = Object.entries(own).flatMap(([name, value]) => (WITHHELD.has(name) || value === undefined ? [] : [`${name}=${value}`]));
    return own["PATH"] === undefined ? [...shown, `PATH=${USUAL_PATH}`] : shown;
}
