import { viewOf } from "../../core/base/bytes.ts";
import { type NativeAddon, POLL } from "../native/addon.ts";
import { keepInspectorShut } from "../native/inspector-guard.ts";

const RECORD_BYTES = 16;
const BATCH = 64;

/** One signal that has come in. */
export interface ReceivedSignal {
    readonly number: number;
    readonly senderPid: number;
}

/**
 * Takes every signal that could end or disturb the process away from its default (and from Node: SIGUSR1 would open a debugger, a real-time signal
 * would kill), for the rest of the process's life. Fatal errors of the program, job control and SIGCHLD keep their meaning.
 *
 * @returns hands on at once what has come in by now
 * @throws Error when the kernel refuses
 */
export function catchSignals(system: NativeAddon, onSignal: (signal: ReceivedSignal) => void): () => void {
    const names = system.constants;
    const realTime = Array.from({ length: names.SIGRTMAX - names.SIGRTMIN + 1 }, (_, index) => names.SIGRTMIN + index);
    const common = [names.SIGHUP, names.SIGINT, names.SIGQUIT, names.SIGTERM, names.SIGUSR1, names.SIGUSR2, names.SIGALRM, names.SIGXCPU];
    const fd = system.signalsOpen([...common, ...realTime]);
    const records = new Uint8Array(BATCH * RECORD_BYTES);
    const poller = fd < 0 ? fd : system.pollerOpen(fd, () => drain());
    if (typeof poller === "number") {
        throw new Error(`cannot catch signals: ${system.errnoNames[-poller] ?? poller}`);
    }
    system.pollerSet(poller, POLL.read);
    keepInspectorShut();
    return drain;

    function drain(): void {
        const length = system.read(fd, records, 0, records.length);
        const view = viewOf(records);
        for (let at = 0; at + RECORD_BYTES <= length; at += RECORD_BYTES) {
            onSignal({ number: view.getInt32(at, true), senderPid: view.getInt32(at + 4, true) });
        }
    }
}
