import { Accounts } from "../io/process/accounts.ts";
import { MachineScripts } from "../io/process/script-judge.ts";

/** Judges scripts as the daemon would run them that this user starts here. */
export function daemonScripts(): MachineScripts {
    return new MachineScripts({ accounts: new Accounts(), uid: process.getuid?.() ?? 0, searchPath: process.env["PATH"] ?? "" });
}
