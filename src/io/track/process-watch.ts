import { closeSync, openSync } from "node:fs";
import { after, type Duration, type Instant, milliseconds, seconds } from "../../core/base/instant.ts";
import type { ProcessEvent } from "../../core/netlink/process-events.ts";
import type { ProcessIdentity } from "../../core/track/process-match.ts";
import type { BulkLane, BulkWork, Clock, Source } from "../../host/world.ts";
import { type NativeAddon, POLL, type Poller } from "../native/addon.ts";
import type { ReceiveBuffer } from "../netlink/receive-buffer.ts";
import { identify, listProcesses } from "./process-identity.ts";
import { ProcessSocket } from "./process-socket.ts";

/** Processes looked at before the time is asked. */
const PROCESSES_AT_ONCE = 8;
const READS_IN_DRAIN = 4;
/** Where nothing is said: a burst of some thousand events. */
const RECEIVE_BUFFER: ReceiveBuffer = { bytes: 1 << 20, isForced: true };

/** How long the kernel may take to grant that it tells of processes. */
const PATIENCE = milliseconds(500);
const LARGEST_BUFFER = 1 << 26;

/** How often processes are listed where it does not. */
const BETWEEN_SCANS = seconds(1);

/** What the watch is made of. */
export interface ProcessWatchSettings {
    readonly system: NativeAddon;
    readonly clock: Clock;
    readonly bulk: BulkLane;
    /** `process_monitor_rcv_bufs`. */
    readonly receiveBuffer?: ReceiveBuffer;
    readonly onReady: (source: Source) => void;
    readonly onProcess: (identity: ProcessIdentity) => void;
    readonly onFork: (parent: number, child: number) => void;
    readonly onExit: (process: number) => void;
    /** All processes have been told of. */
    readonly onScanned: (processes: ReadonlySet<number>) => void;
    readonly onNotice: (text: string) => void;
}

interface Listening {
    readonly socket: ProcessSocket;
    readonly poller: Poller;
    buffer: ReceiveBuffer;
}

/**
 * The processes of this machine: listed once, and followed by the kernel's events. Where the kernel does not tell (it does so only in the first process and
 * user namespaces), they are listed again and again. The listing goes in steps between which the loop turns.
 */
export class ProcessWatch implements Source, BulkWork {
    readonly #settings: ProcessWatchSettings;
    #listening: Listening | undefined;
    #isGranted = false;
    #grantedBy: Instant | undefined;
    #hasTold = false;
    #isOn = false;
    #hasScanned = false;
    #withWords = false;
    #scan: { readonly processes: readonly number[]; next: number; readonly seen: Set<number> } | undefined;

    constructor(settings: ProcessWatchSettings) {
        this.#settings = settings;
    }

    /** Lists all processes and follows them. @param withWords tell what they were started with, too */
    start(withWords: boolean): void {
        this.#withWords = withWords;
        this.#isOn = true;
        this.#hasScanned = false;
        this.#scan = undefined;
        if (this.#listening === undefined) {
            this.#listening = this.#listen();
            this.#grantedBy = this.#listening && after(this.#settings.clock.now(), PATIENCE);
        }
        this.#settings.bulk.add(this);
    }

    /** Tells of nothing any more. */
    close(): void {
        this.#isOn = false;
        if (this.#listening !== undefined) {
            this.#settings.system.pollerClose(this.#listening.poller);
            this.#listening.socket.close();
            this.#listening = undefined;
            this.#isGranted = false;
        }
    }

    drain(): boolean {
        const listening = this.#listening;
        for (let reads = 0; reads < READS_IN_DRAIN && listening !== undefined; reads++) {
            const reception = listening.socket.receive(this.#hear);
            if (reception === "nothing") {
                return false;
            }
            if (reception === "overrun") {
                this.#recover(listening);
            }
        }
        return listening !== undefined;
    }

    step(span: Duration): boolean | Instant {
        const { clock, onScanned } = this.#settings;
        if (!this.#isOn) {
            return false;
        }
        if (this.#scan === undefined && this.#isGranted && this.#hasScanned) {
            return false;
        }
        this.#scan ??= { processes: listProcesses(), next: 0, seen: new Set() };
        const end = after(clock.now(), span);
        const { processes, seen } = this.#scan;
        do {
            this.#look(processes.slice(this.#scan.next, this.#scan.next + PROCESSES_AT_ONCE), seen);
            this.#scan.next += PROCESSES_AT_ONCE;
        } while (this.#scan.next < processes.length && clock.now() < end);
        if (this.#scan.next < processes.length) {
            return true;
        }
        this.#scan = undefined;
        this.#hasScanned = true;
        onScanned(seen);
        return this.#nextScanAt();
    }

    /** When to list again: not at all where the kernel tells. */
    #nextScanAt(): Instant | false {
        const now = this.#settings.clock.now();
        if (this.#isGranted) {
            return false;
        }
        if (this.#grantedBy !== undefined && now < this.#grantedBy) {
            return this.#grantedBy;
        }
        if (!this.#hasTold) {
            this.#hasTold = true;
            this.#settings.onNotice("the kernel does not tell of processes here: tracked processes are looked for once a second");
        }
        return after(now, BETWEEN_SCANS);
    }

    #look(processes: readonly number[], seen: Set<number>): void {
        for (const process of processes) {
            const identity = identify(process, this.#withWords);
            if (identity !== undefined) {
                seen.add(process);
                this.#settings.onProcess(identity);
            }
        }
    }

    readonly #hear = (event: ProcessEvent): void => {
        switch (event.type) {
            case "fork":
                this.#scan?.seen.add(event.child);
                this.#settings.onFork(event.parent, event.child);
                return;
            case "exec":
            case "renamed": {
                const identity = identify(event.process, this.#withWords);
                if (identity !== undefined) {
                    this.#settings.onProcess(identity);
                }
                return;
            }
            case "exit":
                this.#settings.onExit(event.process);
                return;
            case "answer":
                this.#isGranted ||= event.errno === 0;
                return;
        }
    };

    /** Events were lost: there shall be more room, and all is listed anew. */
    #recover(listening: Listening): void {
        const { bulk } = this.#settings;
        listening.buffer = { ...listening.buffer, bytes: Math.min(2 * listening.buffer.bytes, LARGEST_BUFFER) };
        listening.socket.resize(listening.buffer);
        this.#settings.onNotice(`events of processes were lost: listed anew, with a buffer of ${listening.buffer.bytes} bytes`);
        this.#hasScanned = false;
        this.#scan = undefined;
        bulk.add(this);
    }

    /** Only the machine's first network namespace hears: ours may be it, or that of the first process, or of the one that started us. */
    #listen(): Listening | undefined {
        const own = this.#listenAt(undefined);
        if (own !== undefined) {
            return own;
        }
        for (const number of [1, process.ppid]) {
            const listening = this.#listenBeside(number);
            if (listening !== undefined) {
                return listening;
            }
        }
        return undefined;
    }

    #listenBeside(number: number): Listening | undefined {
        try {
            const namespace = openSync(`/proc/${number}/ns/net`, "r");
            try {
                return this.#listenAt(namespace);
            } finally {
                closeSync(namespace);
            }
        } catch {
            return undefined;
        }
    }

    #listenAt(namespace: number | undefined): Listening | undefined {
        const { system, onReady, receiveBuffer: buffer = RECEIVE_BUFFER } = this.#settings;
        const socket = ProcessSocket.open(system, namespace);
        if (socket === undefined) {
            return undefined;
        }
        const poller = system.pollerOpen(socket.fd, () => onReady(this));
        if (typeof poller === "number") {
            socket.close();
            return undefined;
        }
        socket.resize(buffer);
        system.pollerSet(poller, POLL.read);
        return { socket, poller, buffer };
    }
}
