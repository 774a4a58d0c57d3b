import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Daemon, run, table, until } from "./machine.ts";

/** What ipvsadm shows while a daemon runs and after it has ended. */
export interface TablesShown {
    /** A line a service or destination. */
    readonly saved: readonly string[];
    readonly listed: readonly string[];
    readonly timeouts: string;
    readonly timeoutsAfterwards: string;
    readonly afterwards: readonly string[];
}

/** A service that nobody of us has made. */
const FOREIGN = "10.7.7.7:99";

/** One configuration after the other daemon's: what each makes of it. */
export async function compareTables(root: string): Promise<Readonly<Record<"keepalived" | "holdfast", TablesShown>>> {
    const configuration = readFileSync(join(root, "test/labs/kernel/configurations/every-service.conf"), "utf8");
    run(`ipvsadm -A -t ${FOREIGN} -s rr`);
    return {
        keepalived: await show("/usr/sbin/keepalived", "tables-keepalived", configuration),
        holdfast: await show(join(root, "bin/holdfast"), "tables-holdfast", configuration),
    };
}

async function show(program: string, name: string, configuration: string): Promise<TablesShown> {
    const daemon = new Daemon(program, name, configuration);
    await daemon.said("Startup complete");
    // The last service of the file stands: so does everything before.
    await until(
        "the last destination",
        () => table().includes("10.9.0.11:80                 Tunnel") && table().includes("[fd02::3]:80 rr"),
    );
    const shown = { saved: lines("ipvsadm -Sn"), listed: lines("ipvsadm -Ln"), timeouts: run("ipvsadm -L --timeout") };
    await daemon.stop();
    return { ...shown, afterwards: lines("ipvsadm -Sn"), timeoutsAfterwards: run("ipvsadm -L --timeout") };
}

function lines(command: string): readonly string[] {
    return run(command)
        .split("\n")
        .filter((line) => line !== "");
}
