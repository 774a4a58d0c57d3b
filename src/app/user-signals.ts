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
