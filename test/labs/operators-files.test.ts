import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { Lab } from "../../src/app/cli/lab/lab.ts";
import type { LabDaemon } from "../../src/app/cli/lab/lab-daemon.ts";
import { until } from "../../src/app/cli/lab/until.ts";
import { type DaemonKind, programOf, ROOT, UNDER_TEST } from "./harness/daemon-kind.ts";
import { canRunLabs, hasTool } from "./harness/prerequisites.ts";
import { untilAddresses, untilLogged } from "./harness/router-pair.ts";
import { tsharkComplaints } from "./harness/tshark.ts";

/** Two files of an operator, and the network for which they were written: the lab adapts itself to the files, which stay as they are. */
interface Site {
    readonly title: string;
    readonly files: string;
    readonly interface: string;
    readonly addresses: readonly [string, string, string];
    readonly service: string;
}

const SITES: readonly Site[] = [
    {
        title: "unicast with a password",
        files: "unicast-pass",
        interface: "eth0",
        addresses: ["192.168.0.1/24", "192.168.0.2/24", "192.168.0.9/24"],
        service: "192.168.0.3",
    },
    {
        title: "multicast beside LVS",
        files: "lvs-dr-wrr",
        interface: "ens33",
        addresses: ["192.168.1.10/24", "192.168.1.20/24", "192.168.1.9/24"],
        service: "192.168.1.100",
    },
];

const EXAMPLES = process.env["HOLDFAST_EXAMPLES"] ?? join(ROOT, "../shared/examples");
const FOLDERS = [
    { folder: join(ROOT, "test/labs/configurations"), title: "our own files" },
    {
        folder: EXAMPLES,
        title: existsSync(EXAMPLES) ? "operators' files" : `operators' files: ${EXAMPLES} is not there, set HOLDFAST_EXAMPLES`,
    },
];

/** Who runs on the first node, who on the second. */
const MIXED_PAIRS: readonly (readonly [DaemonKind, DaemonKind])[] = [
    [UNDER_TEST, "keepalived"],
    ["keepalived", UNDER_TEST],
];

/** With the operators' own files at hand, ours need not prove everything again. */
function pairsFor(folder: string): readonly (readonly [DaemonKind, DaemonKind])[] {
    const isMixed = hasTool("keepalived") && (folder === EXAMPLES || !existsSync(EXAMPLES));
    return [[UNDER_TEST, UNDER_TEST], ...(isMixed ? MIXED_PAIRS : [])];
}

function start(lab: Lab, node: string, kind: DaemonKind, file: string): LabDaemon {
    const text = readFileSync(file, "utf8");
    // Keepalived does not read no-break spaces, and leaves without a kernel that balances.
    return kind === "keepalived"
        ? lab.start(node, { program: programOf(kind), configuration: text.replaceAll("\u00a0", " "), flags: ["-P"] })
        : lab.start(node, { program: programOf(kind), configuration: text });
}

function announcements(lab: Lab, node: string, address: string): number {
    return lab.capture.frames.filter((frame) => frame.node === node && frame.seen.kind === "announcement" && frame.seen.address === address)
        .length;
}

describe.runIf(canRunLabs()).each(FOLDERS)("$title", ({ folder }) => {
    describe.runIf(existsSync(folder)).each(SITES)("$title", (site) => {
        let lab: Lab;

        afterEach(() => {
            lab.close();
        });

        // Given both nodes with their files. When the first dies, returns, and is stopped. Then the address moves to the second, back, and over again;
        // the log says so in the operators' words; five gratuitous ARPs go out, and five more after five seconds.
        test.each(pairsFor(folder))("%s and %s", async (first, second) => {
            lab = Lab.open({
                nodes: ["r1", "r2", "client"].map((name, index) => ({ name, addresses: [[site.addresses[index] ?? ""]] })),
                interfaces: [site.interface],
            });
            const [masterFile, backupFile] = ["master", "backup"].map((role) => join(folder, `${site.files}-${role}.conf`));
            const holds = (node: string) => untilAddresses(lab, node, { addresses: [site.service], held: true });
            const master = start(lab, "r1", first, `${masterFile}`);
            const backup = start(lab, "r2", second, `${backupFile}`);
            await holds("r1");
            await untilLogged(master, "Entering MASTER STATE");
            await untilLogged(backup, "Entering BACKUP STATE");
            await until(() => announcements(lab, "r1", site.service) >= 10, { what: "five announcements twice", limit: 10_000 });

            lab.network.cut("r1");
            await master.killDead();
            await holds("r2");

            lab.network.ip("r1", "address", "flush", "dev", site.interface, "to", `${site.service}/32`);
            lab.network.join("r1");
            const returned = start(lab, "r1", first, `${masterFile}`);
            await holds("r1");
            await untilAddresses(lab, "r2", { addresses: [site.service], held: false });

            await returned.terminate();
            await holds("r2");
            const ours = lab.capture.advertisements().filter(({ node }) => (node === "r1" ? first : second) === UNDER_TEST);
            // The operators' unicast backup names itself as its peer: what it sends never reaches the wire.
            expect(ours.length > 0 || first !== UNDER_TEST).toBe(true);
            expect(tsharkComplaints(lab.directory, ours)).toEqual([]);
        });
    });
});
