import type { IpvsAddressee } from "../../core/netlink/ipvs-attributes.ts";
import { isAsOrdered, type SyncDaemon, writeDeleteDaemon, writeNewDaemon } from "../../core/netlink/ipvs-daemon.ts";
import { MAX_MESSAGE_LENGTH, MessageWriter } from "../../core/netlink/message-writer.ts";
import type { NativeAddon } from "../native/addon.ts";
import { RequestSocket } from "../netlink/request-socket.ts";
import { IpvsQuestions } from "./ipvs-questions.ts";

/** Where daemons are and whom they tell of their troubles. */
export interface SyncDaemonsSettings {
    readonly system: NativeAddon;
    readonly onRefused: (text: string) => void;
}

interface Opened {
    readonly socket: RequestSocket;
    readonly familyId: number;
}

/**
 * The kernel's daemon that copies connections to other directors, as it follows a virtual router. The kernel has one that sends and one that
 * receives; here one of both runs at a time. IPVS is asked for when the first daemon is wanted: routers do without it.
 */
export class SyncDaemons {
    readonly #settings: SyncDaemonsSettings;
    readonly #writer = new MessageWriter(MAX_MESSAGE_LENGTH);
    #opened: Opened | undefined;
    /** Those that run: at first what a predecessor of this process has left. */
    #standing: readonly SyncDaemon[] = [];
    /** On whose behalf. */
    #owner: string | undefined;

    constructor(settings: SyncDaemonsSettings) {
        this.#settings = settings;
    }

    /** From now on this daemon runs on behalf of that virtual router, and no other. */
    run(owner: string, daemon: SyncDaemon): void {
        const opened = this.#open();
        if (opened === undefined) {
            return;
        }
        const [only, ...others] = this.#standing;
        const goesOn = only !== undefined && others.length === 0 && isAsOrdered(only, daemon);
        this.#owner = owner;
        if (goesOn) {
            // A predecessor of this process has left it: whoever is copied to hears no pause.
            return;
        }
        for (const { state } of this.#standing) {
            this.#order(opened, (writer, to) => writeDeleteDaemon(writer, to, state));
        }
        this.#standing = [daemon];
        const code = this.#order(opened, (writer, to) => writeNewDaemon(writer, to, daemon));
        if (code !== "") {
            this.#settings.onRefused(`(${owner}) IPVS refuses sync daemon ${daemon.state} on ${daemon.interfaceName}: ${code}`);
        }
    }

    /** Routers, by their former names, are called something else from now on. */
    rename(names: ReadonlyMap<string, string>): void {
        this.#owner = this.#owner === undefined ? undefined : (names.get(this.#owner) ?? this.#owner);
    }

    /** No daemon runs on behalf of that router any more. */
    end(owner: string): void {
        if (this.#opened !== undefined && this.#owner === owner) {
            for (const { state } of this.#standing) {
                this.#order(this.#opened, (writer, to) => writeDeleteDaemon(writer, to, state));
            }
            this.#standing = [];
            this.#owner = undefined;
        }
    }

    close(): void {
        this.#opened?.socket.close();
        this.#opened = undefined;
    }

    #open(): Opened | undefined {
        const { system, onRefused } = this.#settings;
        if (this.#opened === undefined) {
            try {
                const questions = new IpvsQuestions(system);
                const { familyId } = questions;
                this.#standing = questions.readDaemons();
                questions.close();
                this.#opened = { familyId, socket: new RequestSocket(system, undefined, system.constants.NETLINK_GENERIC) };
            } catch (error) {
                onRefused(`No sync daemon: ${(error as Error).message}`);
            }
        }
        return this.#opened;
    }

    /** The errno's name; empty when done. */
    #order({ socket, familyId }: Opened, write: (writer: MessageWriter, to: IpvsAddressee) => void): string {
        const sequence = socket.nextSequence();
        this.#writer.clear();
        write(this.#writer, { familyId, sequence });
        return socket.send(this.#writer, sequence, 1)[0]?.code ?? "";
    }
}
