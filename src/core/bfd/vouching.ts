import { after, type Instant, isDue, milliseconds, seconds } from "../base/instant.ts";
import type { BfdSession } from "./session.ts";
import type { Turn } from "./session-turn.ts";

/**
 * The dead man's limit: how long the world goes on to send for a process that does not say any more that it is alive. A process may be held up for most of it
 * and nobody notices; one that hangs is found out by its neighbours after it and a Detection Time.
 */
const LIMIT = seconds(1);
/** How often it says so: several times in each limit. */
const RENEWAL = milliseconds(250);

/** Says again and again that we are alive, as long as the world sends for any of the sessions: once for all of them. */
export class Vouching {
    readonly #sessions = new Set<BfdSession>();
    #dueAt: Instant | undefined;

    /** When it is to be said next; undefined while the world sends nothing. */
    get dueAt(): Instant | undefined {
        return this.#dueAt;
    }

    /** Something has changed in this session. */
    note(session: BfdSession): void {
        if (session.isPaced) {
            this.#sessions.add(session);
        } else {
            this.#sessions.delete(session);
        }
    }

    /** The session has ended. */
    forget(session: BfdSession): void {
        this.#sessions.delete(session);
    }

    /** Says it if it is time to. To be called at the end of each turn. */
    vouch(turn: Turn): void {
        if (this.#sessions.size === 0) {
            this.#dueAt = undefined;
        } else if (this.#dueAt === undefined || isDue(this.#dueAt, turn.now)) {
            turn.effects.push({ type: "vouch", until: after(turn.now, LIMIT) });
            this.#dueAt = after(turn.now, RENEWAL);
        }
    }
}
