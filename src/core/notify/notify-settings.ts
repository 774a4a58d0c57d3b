import type { ScriptCommand } from "./script-command.ts";

/** The scripts of one virtual router or sync group. */
export interface NotifyScripts {
    readonly master?: ScriptCommand;
    readonly backup?: ScriptCommand;
    readonly fault?: ScriptCommand;
    readonly stop?: ScriptCommand;
    readonly deleted?: ScriptCommand;
    /** `notify`: at each of these, after the script of its own, with what and where to as arguments. */
    readonly every?: ScriptCommand;
    /** `notify_master_rx_lower_pri`. */
    readonly lowerPriority?: ScriptCommand;
}

/** Who is to be told about one virtual router or sync group. */
export interface NotifySubject {
    readonly name: string;
    readonly scripts: NotifyScripts;
    /** Changes of priority are written to the named pipes. */
    readonly tellsPriority: boolean;
    /** Its removal is told as DELETED instead of FAULT. */
    readonly tellsDeletion: boolean;
    /** `smtp_alert`. */
    readonly mails: boolean;
    /** `notify_webhook`; absent for none. */
    readonly webhooks?: readonly string[];
}

/** Who is to be told about virtual routers and sync groups. */
export interface NotifySettings {
    /** Those of which anything is told. */
    readonly routers: readonly NotifySubject[];
    readonly groups: readonly NotifySubject[];
    /** Some named pipe takes lines about virtual routers. */
    readonly hasPipes: boolean;
    /** `fifo_write_vrrp_states_on_reload`. */
    readonly repeatsStates: boolean;
    /** `no_email_faults`. */
    readonly mailsFaults: boolean;
    /** `router_id`: stands in the subjects of mails. */
    readonly routerId: string;
}
