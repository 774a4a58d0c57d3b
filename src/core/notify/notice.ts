import type { ScriptCommand } from "./script-command.ts";
import type { WebhookEvent } from "./webhook-event.ts";

/** Who has something to say: decides which named pipes are written to. */
export type NoticeOrigin = "vrrp" | "lvs";

/** One thing to be told to somebody outside of the daemon. */
export type Notice =
    /** A script; those of one subject run one after the other, in order. `occasion` says for the log when: `notify_master of VI_1`. */
    | { readonly type: "script"; readonly subject: string; readonly occasion: string; readonly command: ScriptCommand }
    /** A line for the named pipes, without its newline. */
    | { readonly type: "line"; readonly origin: NoticeOrigin; readonly text: string }
    | { readonly type: "mail"; readonly subject: string; readonly body: string }
    /** To each of these URLs, as JSON. */
    | { readonly type: "webhook"; readonly urls: readonly string[]; readonly event: WebhookEvent };
