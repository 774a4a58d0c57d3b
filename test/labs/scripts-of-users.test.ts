import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Lab } from "../../src/app/cli/lab/lab.ts";
import type { LabDaemon } from "../../src/app/cli/lab/lab-daemon.ts";
import { runTool } from "../../src/app/cli/lab/run-tool.ts";
import { until } from "../../src/app/cli/lab/until.ts";
import { configuration } from "./harness/configuration.ts";
import { programOf, UNDER_TEST } from "./harness/daemon-kind.ts";
import { canRunLabs, hasTool } from "./harness/prerequisites.ts";
import { untilLogged } from "./harness/router-pair.ts";

/** Every class of scripts; each runs as this user, with this group and one more. */
const CLASSES = ["startup", "track", "notify", "fifo", "check", "server", "shutdown"] as const;
const USER = "nobody nogroup:mail";

/** What must not reach a script, whatever it holds. */
const SECRETS = ["CREDENTIALS_DIRECTORY", "NOTIFY_SOCKET", "NODE_OPTIONS", "LISTEN_FDNAMES"];
const SIGTERM = 15;

/**
 * Says as whom and with what it runs. In Perl, since the signal at the parent's death is known only to the process itself, and not to what that starts.
 * Open descriptors but the script's own and the folder that is being read; it ends well, so that checks do.
 */
const TELLTALE = `#!/usr/bin/perl
my $note = shift;
opendir(my $folder, "/proc/self/fd");
my @open = grep { my $to = readlink("/proc/self/fd/$_"); defined $to && $to ne $0 && $to !~ m{^/proc/\\d+/fd$} } sort readdir $folder;
my $signal = pack("i", 0);
syscall($ENV{HOLDFAST_TEST_PRCTL}, 2, $signal);
open(my $out, ">", "$note.new");
print $out join("\\n", "$< $>", "$(", "@open", unpack("i", $signal), join(" ", sort keys %ENV)), "\\n";
close $out;
rename "$note.new", $note;
`;

interface Told {
    readonly user: string;
    readonly groups: readonly number[];
    readonly descriptors: string;
    readonly deathSignal: number;
    readonly variables: readonly string[];
}

function parse(text: string): Told {
    const [user = "", groups = "", descriptors = "", deathSignal = "", variables = ""] = text.split("\n");
    // Perl says its own group first, then all of them.
    const numbers = [...new Set(groups.split(" ").map(Number))].sort((one, other) => one - other);
    return { user, groups: numbers, descriptors, deathSignal: Number(deathSignal), variables: variables.split(" ") };
}

const idOf = (database: "passwd" | "group", name: string) => Number(runTool(["getent", database, name]).split(":")[2]);

describe.runIf(canRunLabs() && UNDER_TEST === "holdfast" && hasTool("perl"))("a script of a configured user", () => {
    let lab: Lab;
    let notes: string;
    let daemon: LabDaemon;

    beforeAll(async () => {
        lab = Lab.open({ nodes: [{ name: "r1" }] });
        chmodSync(lab.directory, 0o755);
        notes = join(lab.directory, "notes");
        const script = join(lab.directory, "telltale.pl");
        writeFileSync(script, TELLTALE, { mode: 0o755 });
        runTool(["mkdir", "-m", "777", notes]);
        const command = (what: (typeof CLASSES)[number]) => `"${script} ${join(notes, what)}"`;
        const environment = SECRETS.map((name) => `${name}=${name === "NODE_OPTIONS" ? "--no-warnings" : "secret"}`);
        const prctl = process.arch === "x64" ? 157 : 167;
        daemon = lab.start("r1", {
            program: ["env", ...environment, `HOLDFAST_TEST_PRCTL=${prctl}`, ...programOf(UNDER_TEST)],
            configuration: configurationWith(command, join(lab.directory, "fifo")),
        });
        await untilLogged(daemon, "Entering MASTER STATE", 30_000);
    });

    afterAll(() => {
        lab.close();
    });

    // Given a daemon whose environment holds secrets. When a script of this class runs. Then it is its user's in all, has nothing of the daemon's,
    // and would be told to end if whoever started it died.
    test.each(CLASSES)("%s: has that user's rights, and nothing of ours", async (what) => {
        if (what === "shutdown") {
            await daemon.terminate(30_000);
        }
        const told = parse(
            await until(() => fileText(join(notes, what)), { what: `a note of the ${what} script:\n${daemon.log()}`, limit: 30_000 }),
        );
        const groups = [idOf("group", "nogroup"), idOf("group", "mail")].sort((one, other) => one - other);
        expect(told).toMatchObject({ user: `${idOf("passwd", "nobody")} ${idOf("passwd", "nobody")}`, groups, descriptors: "0 1 2" });
        expect(told.deathSignal).toBe(SIGTERM);
        expect(told.variables).toContain("PATH");
        expect(told.variables.filter((name) => SECRETS.includes(name))).toEqual([]);
    });
});

function configurationWith(command: (what: (typeof CLASSES)[number]) => string, fifo: string): string {
    const globals = [
        "script_user root",
        `startup_script ${command("startup")} ${USER}`,
        `shutdown_script ${command("shutdown")} ${USER}`,
        `vrrp_notify_fifo ${fifo}`,
        `vrrp_notify_fifo_script ${command("fifo")} ${USER}`,
    ];
    const lines = [`notify_master ${command("notify")} ${USER}`, "track_script {\n track\n }"];
    const track = ["vrrp_script track {", ` script ${command("track")}`, ` user ${USER}`, " interval 1", "}"];
    const server = [
        "virtual_server 10.99.0.1 80 {",
        " delay_loop 1",
        ` quorum_up ${command("server")} ${USER}`,
        " real_server 10.99.0.2 80 {",
        "  MISC_CHECK {",
        `   misc_path ${command("check")}`,
        `   user ${USER}`,
        "   warmup 0",
        "  }",
        " }",
        "}",
        "",
    ];
    return [...track, configuration({ version: 3, family: 4, interval: 0.1, priority: 200, globals, lines }), ...server].join("\n");
}

function fileText(path: string): string | undefined {
    try {
        return readFileSync(path, "utf8");
    } catch {
        return undefined;
    }
}
