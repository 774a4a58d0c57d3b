import type { UserRequest } from "../core/supervise/messages.ts";
import type { NativeAddon } from "../io/native/addon.ts";

/** What a signal asks for, Keepalived's way; undefined when it is none of these. */
export function userRequestOf(system: NativeAddon, signal: number): UserRequest | undefined {
    const { constants } = system;
    switch (signal) {
        case constants.SIGHUP:
            return "reload";
        case constants.SIGUSR1:
            return "data";
        case constants.SIGUSR2:
            return "statistics";
        case constants.SIGRTMAX - 1:
            return "statistics-and-clear";
        case constants.SIGRTMIN + 2:
            return "json";
        default:
            return undefined;
    }
}

/**
 * Signals that a process of the daemon is born ignoring, so that nobody ends it by asking for something before it can answer. Node keeps real-time
 * ones ignored; it gives the others their default back until the addon catches them, a moment in which nobody knows the process yet.
 */
export function ignoredAtBirth({ constants }: NativeAddon): readonly number[] {
    const realTime = Array.from({ length: constants.SIGRTMAX - constants.SIGRTMIN + 1 }, (_, index) => constants.SIGRTMIN + index);
    return [...realTime, constants.SIGUSR1, constants.SIGUSR2, constants.SIGHUP];
}

/** The number of a signal by the name that `--signum` knows; undefined for others. */
export function signalNumber(system: NativeAddon, name: string): number | undefined {
    const { constants } = system;
    const numbers: Readonly<Record<string, number>> = {
        STOP: constants.SIGTERM,
        RELOAD: constants.SIGHUP,
        DATA: constants.SIGUSR1,
        STATS: constants.SIGUSR2,
        STATS_CLEAR: constants.SIGRTMAX - 1,
        JSON: constants.SIGRTMIN + 2,
    };
    return Object.hasOwn(numbers, name) ? numbers[name] : undefined;
}
