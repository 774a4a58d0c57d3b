import { rmSync } from "node:fs";
import { type Result, rejected, success } from "../../core/base/result.ts";
import type { HandedChildPidFile, HandedHousehold, HandedPidFile } from "../../core/supervise/hand-over.ts";
import { PROTOCOL_VERSION } from "../../core/supervise/messages.ts";
import { messageText, readMessageText } from "../../io/ipc/frames.ts";
import { StateFile } from "../../io/system/state-file.ts";
import type { DaemonConfiguration } from "../daemon-program.ts";

/** What the daemon's parent leaves to another version of the program, which goes on in the same process. */
export interface HandOver {
    readonly type: "hand-over";
    /** `PROTOCOL_VERSION` of the one that leaves it: the other one has to understand its children, and this. */
    readonly protocol: number;
    /** Relative paths mean this one. */
    readonly workingFolder: string;
    /** The one in force. */
    readonly configuration: DaemonConfiguration;
    readonly parentPidFile: HandedPidFile;
    readonly childPidFiles: readonly HandedChildPidFile[];
    readonly household: HandedHousehold;
}

/** Writes what the parent leaves, readable for nobody else. A failure is the errno's name. */
export function writeHandOver(path: string, handOver: HandOver): Result<string, string> {
    const { configuration } = handOver;
    const source = spelledOut(configuration.source) as DaemonConfiguration["source"];
    return new StateFile(path).write(messageText({ ...handOver, configuration: { ...configuration, source } } as HandOver));
}

/** The same data with every default in its place: what was written has them by its prototype. */
function spelledOut(value: unknown): unknown {
    if (Array.isArray(value)) {
        return value.map(spelledOut);
    }
    if (typeof value !== "object" || value === null || value instanceof Uint8Array) {
        return value;
    }
    const fields: Record<string, unknown> = {};
    for (const key in value) {
        fields[key] = spelledOut((value as Readonly<Record<string, unknown>>)[key]);
    }
    return fields;
}

/** Reads what another version has left for this one, or says why this one cannot go on with it. */
export function readHandOver(path: string): Result<HandOver, string> {
    const text = new StateFile(path).read();
    if (!text.ok || text.value === undefined) {
        return rejected(`cannot read ${path}: ${text.ok ? "ENOENT" : text.error}`);
    }
    const message = readMessageText(text.value);
    if (!message.ok || message.value.type !== "hand-over") {
        return rejected(`${path} holds nothing that this version understands`);
    }
    // Its protocol says whether the shape is as good as its type.
    const handOver = message.value as HandOver;
    return handOver.protocol === PROTOCOL_VERSION
        ? success(handOver)
        : rejected(`the daemon speaks version ${handOver.protocol} of its own protocol, the new version ${PROTOCOL_VERSION}: restart it`);
}

/** It has served. */
export function removeHandOver(path: string): void {
    rmSync(path, { force: true });
}
