import { type NativeAddon, POLL } from "./addon.ts";
import type { Descriptor, DescriptorLedger } from "./descriptor.ts";

/*
 * What the addon's stream holds, in this machine's byte order:
 *
 * +----------------+----------------+----------------+----------------+
 * | number         | sender's pid   | sender's uid   | si_code        |
 * +----------------+----------------+----------------+----------------+
 */
const WORDS = 4;
const RECORDS_AT_ONCE = 64;

/** A signal that arrived. */
export interface CaughtSignal {
    readonly number: number;
    /** Who sent it; 0 when the kernel did. */
    readonly senderPid: number;
    readonly senderUid: number;
}

/**
 * Signals as events, real-time ones too, from its construction to the end of the process.
 *
 * Even after `close` none of them kills the process or, as SIGUSR1 does with Node alone, opens a debugger: they are just not told any more.
 */
export class SignalSource {
    readonly #system: NativeAddon;
    readonly #descriptor: Descriptor;
    readonly #onSignal: (signal: CaughtSignal) => void;
    readonly #words = new Int32Array(WORDS * RECORDS_AT_ONCE);
    readonly #bytes = new Uint8Array(this.#words.buffer);

    /** @param numbers of `constants`; SIGKILL, SIGSTOP, SIGPIPE and faults cannot be caught @throws SystemError */
    constructor(system: NativeAddon, ledger: DescriptorLedger, numbers: readonly number[], onSignal: (signal: CaughtSignal) => void) {
        this.#system = system;
        this.#onSignal = onSignal;
        this.#descriptor = ledger.own(system.signalsOpen(numbers), "signalsOpen");
        this.#descriptor.watch(POLL.read, () => this.#read());
        this.#descriptor.keepAlive(false);
    }

    /** Signals that were not told because thousands were waiting already. */
    get lost(): number {
        return this.#system.signalsLost();
    }

    close(): void {
        this.#descriptor.close();
    }

    #read(): void {
        const length = this.#system.read(this.#descriptor.fd, this.#bytes, 0, this.#bytes.length);
        const signals: CaughtSignal[] = [];
        for (let word = 0; 4 * word < length; word += WORDS) {
            signals.push({
                number: this.#words[word] ?? 0,
                senderPid: this.#words[word + 1] ?? 0,
                senderUid: (this.#words[word + 2] ?? 0) >>> 0,
            });
        }
        for (const signal of signals) {
            this.#onSignal(signal);
        }
    }
}

/** Every real-time signal that programs may use. */
export function realTimeSignals(system: NativeAddon): readonly number[] {
    const { SIGRTMIN, SIGRTMAX } = system.constants;
    return Array.from({ length: SIGRTMAX - SIGRTMIN + 1 }, (_, index) => SIGRTMIN + index);
}
