import { writeFileSync } from "node:fs";
import { Daemon, run, runIn, until } from "../../test/labs/kernel/inside/machine.ts";
import { type CheckFigures, type CheckRound, INTERVAL, watchChecks } from "../checked/check-figures.ts";
import { CheckedServers, type CheckKind, checkedConfiguration, compileServer } from "../checked/checked-servers.ts";

const DAEMONS = ["holdfast", "keepalived"] as const;

const [root = "", rounds = "", servers = "", seconds = ""] = process.argv.slice(2);
const program = compileServer("/run");

/** One daemon and its servers in a namespace of their own. */
async function runRound(kind: CheckKind, daemon: CheckRound["daemon"], round: number): Promise<CheckFigures> {
    const name = `${daemon}-${kind}-${round}`;
    run(`ip netns add ${name}`);
    runIn(name, "ip link set lo up");
    const checked = new CheckedServers(name, { program, servers: Number(servers) });
    const started = new Daemon(
        { root, kind: daemon, namespace: name, name, flag: "-C" },
        checkedConfiguration(kind, Number(servers), INTERVAL),
    );
    const pid = await until("a checkers process", () => checkersPid(started));
    try {
        return await watchChecks({ checked, servers: Number(servers), seconds: Number(seconds), pid });
    } finally {
        await started.stop();
        checked.close();
    }
}

function checkersPid(daemon: Daemon): number | undefined {
    try {
        return daemon.checkersPid || undefined;
    } catch {
        // Not written yet.
        return undefined;
    }
}

const measured: CheckRound[] = [];
for (const kind of ["TCP", "HTTP"] as const) {
    for (let round = 0; round < Number(rounds); round++) {
        for (const daemon of round % 2 === 0 ? DAEMONS : DAEMONS.toReversed()) {
            measured.push({ kind, daemon, figures: await runRound(kind, daemon, round) });
            console.log(kind, daemon, JSON.stringify(measured.at(-1)?.figures.cost));
        }
    }
}
writeFileSync("/run/results/result.json", JSON.stringify(measured));
process.exit(0);
