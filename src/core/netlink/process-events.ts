import { viewOf } from "../base/bytes.ts";
import { structure, u16, u32 } from "./layout.ts";
import { NETLINK, readMessages } from "./message.ts";
import type { MessageWriter } from "./message-writer.ts";

/**
 * The kernel's events of processes: forks, programs started, new names, ends (include/uapi/linux/cn_proc.h over include/uapi/linux/connector.h).
 * It tells them in its first network namespace only.
 */

/** CN_IDX_PROC, which is also the multicast group, and CN_VAL_PROC. */
export const PROCESS_EVENTS_GROUP = 1;
const VALUE = 1;

/** PROC_CN_MCAST_*. */
const LISTEN = 1;

/** PROC_EVENT_*. */
const EVENTS = { none: 0, fork: 1, exec: 2, comm: 0x200, exit: 0x8000_0000 } as const;

/** struct cn_msg. */
const CONNECTOR = structure({ index: u32, value: u32, sequence: u32, acknowledged: u32, length: u16, flags: u16 });

/** struct proc_event's head; the time is in two words. */
const EVENT = structure({ what: u32, cpu: u32, timeLow: u32, timeHigh: u32 });
const FORK = structure({ parent: u32, parentGroup: u32, child: u32, childGroup: u32 });
const ONE = structure({ thread: u32, group: u32 });
const ANSWER = structure({ errno: u32 });

/** What happened to a process; threads do not count. */
export type ProcessEvent =
    | { readonly type: "fork"; readonly parent: number; readonly child: number }
    /** It runs another program now. */
    | { readonly type: "exec"; readonly process: number }
    /** It gave itself another name. */
    | { readonly type: "renamed"; readonly process: number }
    | { readonly type: "exit"; readonly process: number }
    /** The answer to somebody's request to listen: 0 where that is granted. */
    | { readonly type: "answer"; readonly errno: number };

/** Asks for the events. */
export function writeListen(writer: MessageWriter, sequence: number): void {
    writer.begin(NETLINK.NLMSG_DONE, 0, sequence);
    CONNECTOR.write(writer, { index: PROCESS_EVENTS_GROUP, value: VALUE, sequence, length: u32.size });
    u32.write(writer, LISTEN);
    writer.end();
}

/** The events of one datagram; what is something else, or about threads, is left out. */
export function readProcessEvents(datagram: Uint8Array): ProcessEvent[] {
    return readMessages(datagram).flatMap(({ type, payload }) => (type === NETLINK.NLMSG_DONE ? (readEvent(payload) ?? []) : []));
}

function readEvent(payload: Uint8Array): ProcessEvent | undefined {
    const view = viewOf(payload);
    const connector = CONNECTOR.read(view, 0, payload.length);
    const head = EVENT.read(view, CONNECTOR.size, payload.length - CONNECTOR.size);
    if (connector?.index !== PROCESS_EVENTS_GROUP || head === undefined) {
        return undefined;
    }
    const at = CONNECTOR.size + EVENT.size;
    const length = payload.length - at;
    switch (head.what) {
        case EVENTS.none: {
            const answer = ANSWER.read(view, at, length);
            return answer && { type: "answer", errno: answer.errno };
        }
        case EVENTS.fork: {
            const fork = FORK.read(view, at, length);
            return fork?.child === fork?.childGroup ? fork && { type: "fork", parent: fork.parentGroup, child: fork.child } : undefined;
        }
        case EVENTS.exec:
            return ofProcess("exec", ONE.read(view, at, length));
        case EVENTS.comm:
            return ofProcess("renamed", ONE.read(view, at, length));
        case EVENTS.exit:
            return ofProcess("exit", ONE.read(view, at, length));
        default:
            // Changes of user, session and the like.
            return undefined;
    }
}

function ofProcess(
    type: "exec" | "renamed" | "exit",
    one: { readonly thread: number; readonly group: number } | undefined,
): ProcessEvent | undefined {
    return one?.thread === one?.group ? one && { type, process: one.group } : undefined;
}
