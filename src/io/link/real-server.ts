import { statSync } from "node:fs";
import { formatIp, type IpAddress, parseIp } from "../../core/base/ip.ts";
import { type Result, rejected, success } from "../../core/base/result.ts";
import type { ChangedParameter } from "../../core/link/link-parameters.ts";
import { MAX_MESSAGE_LENGTH, MessageWriter } from "../../core/netlink/message-writer.ts";
import { RTNETLINK, readAddress, type WriteAddress, writeDeleteAddress, writeDump, writeNewAddress } from "../../core/netlink/rtnetlink.ts";
import {
    loopbackAddress,
    NEEDED_PARAMETERS,
    planAddition,
    planRemoval,
    type RealServerState,
    type RealServerView,
    UNCHANGED,
} from "../../core/service/real-server-plan.ts";
import type { NativeAddon } from "../native/addon.ts";
import { dumpTable } from "../netlink/kernel-table.ts";
import { RequestSocket } from "../netlink/request-socket.ts";
import { StateFile } from "../system/state-file.ts";
import { KernelParameters, readParameter } from "./kernel-parameters.ts";

const ADDRESSES = {
    ask: (writer: MessageWriter, sequence: number) => writeDump(writer, RTNETLINK.RTM_GETADDR, sequence),
    answer: RTNETLINK.RTM_NEWADDR,
    read: readAddress,
};
/** Somebody else was faster. */
const GONE: ReadonlySet<string> = new Set(["", "EADDRNOTAVAIL"]);

/** The state as it is kept. */
interface KeptState {
    readonly type: "real-server-1";
    readonly addresses: readonly string[];
    readonly parameters: readonly ChangedParameter[];
}

/** Each network namespace has its own addresses, and a file of its own. */
export function defaultStatePath(): string {
    return `/run/holdfast-realserver-${statSync("/proc/self/ns/net", { bigint: true }).ino}.state`;
}

/** This machine as a real server of DR: sets up what it needs, remembers what it changed, and puts that back. */
export class RealServer {
    readonly #system: NativeAddon;
    readonly #file: StateFile;
    readonly #parameters = new KernelParameters();

    constructor(system: NativeAddon, statePath: string) {
        this.#system = system;
        this.#file = new StateFile(statePath);
    }

    /** How things stand. @throws Error when the kernel does not tell */
    view(): RealServerView {
        const loopback = this.#system.ifNameToIndex("lo");
        const { items } = dumpTable(this.#system, ADDRESSES);
        const values = NEEDED_PARAMETERS.flatMap(({ path }) => {
            const value = readParameter(path);
            return value === undefined ? [] : [[path, value] as const];
        });
        const standing = items.filter(({ interfaceIndex }) => interfaceIndex === loopback).map(({ address }) => address);
        return { standing, parameters: new Map(values) };
    }

    /** What was changed so far. A failure says why the file cannot be trusted. */
    state(): Result<RealServerState, string> {
        const text = this.#file.read();
        if (!text.ok) {
            return rejected(`${this.#file.path}: ${text.error}`);
        }
        return text.value === undefined ? success(UNCHANGED) : stateOf(text.value, this.#file.path);
    }

    /** Has these addresses stand here in silence. What is as it should be is not touched. A failure says what was refused. */
    add(wanted: readonly IpAddress[]): Result<readonly IpAddress[], string> {
        const before = this.state();
        if (!before.ok) {
            return before;
        }
        const plan = planAddition(wanted, this.view());
        this.#parameters.adopt(before.value.parameters);
        const [refused] = this.#parameters.want([...before.value.parameters, ...plan.parameters]);
        const state: RealServerState = { addresses: [...before.value.addresses, ...plan.addresses], parameters: this.#parameters.changed };
        // Written down before it is done: a note too much costs nothing.
        const kept = this.#keep(state);
        if (refused !== undefined || !kept.ok) {
            return rejected(kept.ok ? `${refused?.path} cannot be set` : kept.error);
        }
        return this.#order(plan.addresses, writeNewAddress);
    }

    /** Removes those of these addresses that were added, or all; with the last one the settings go back. */
    remove(wanted: readonly IpAddress[] | undefined): Result<readonly IpAddress[], string> {
        const before = this.state();
        if (!before.ok) {
            return before;
        }
        const { addresses, state } = planRemoval(wanted, before.value);
        const removed = this.#order(addresses, writeDeleteAddress);
        if (!removed.ok) {
            return removed;
        }
        this.#parameters.adopt(before.value.parameters);
        this.#parameters.want(state.parameters);
        const kept = this.#keep(state);
        return kept.ok ? removed : kept;
    }

    #order(addresses: readonly IpAddress[], write: WriteAddress): Result<readonly IpAddress[], string> {
        if (addresses.length === 0) {
            return success([]);
        }
        const socket = new RequestSocket(this.#system);
        try {
            const loopback = this.#system.ifNameToIndex("lo");
            for (const address of addresses) {
                const writer = new MessageWriter(MAX_MESSAGE_LENGTH);
                const sequence = socket.nextSequence();
                write(writer, loopbackAddress(address), loopback, sequence);
                const [answer] = socket.send(writer, sequence, 1);
                if (answer !== undefined && !GONE.has(answer.code)) {
                    return rejected(`${formatIp(address)}: ${answer.code}`);
                }
            }
        } finally {
            socket.close();
        }
        return success(addresses);
    }

    #keep(state: RealServerState): Result<string, string> {
        if (state.addresses.length === 0 && state.parameters.length === 0) {
            this.#file.remove();
            return success(this.#file.path);
        }
        const kept: KeptState = { type: "real-server-1", addresses: state.addresses.map(formatIp), parameters: state.parameters };
        const written = this.#file.write(JSON.stringify(kept));
        return written.ok ? written : rejected(`${this.#file.path}: ${written.error}`);
    }
}

/** Nobody but this program has written it: the shape is as good as its type. */
function stateOf(text: string, path: string): Result<RealServerState, string> {
    try {
        const kept = JSON.parse(text) as KeptState;
        if (kept.type === "real-server-1") {
            return success({ addresses: kept.addresses.flatMap((one) => parseIp(one) ?? []), parameters: kept.parameters });
        }
    } catch {
        // Cut, or not ours: as unknown as another type.
    }
    return rejected(`${path}: not of this version`);
}
