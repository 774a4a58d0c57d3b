import type { Position } from "../position.ts";
import type { Configuration, Report } from "./scope.ts";

/** A block that says nothing without one of its keywords. */
interface Definition {
    readonly block: string;
    readonly name: string;
    readonly at: Position;
    readonly lacks: string | undefined;
}

/** Looks for trackers that lack what they are made of; they are left out, and so are the entries that name them. */
export function checkDefinitions(configuration: Configuration, report: Report): void {
    for (const { block, name, at, lacks } of definitionsOf(configuration)) {
        if (lacks !== undefined) {
            report(at, {
                code: "definition-incomplete",
                errorClass: "general",
                message: `${block} ${name} has no ${lacks}`,
                consequence: "it is left out",
            });
        }
    }
}

function definitionsOf(configuration: Configuration): readonly Definition[] {
    const { vrrp_script, track_file, vrrp_track_process, bfd_instance } = configuration;
    return [
        ...vrrp_script.map((one) => definition("vrrp_script", one, one.script === undefined ? "script" : undefined)),
        ...track_file.map((one) => definition("track_file", one, one.file === undefined ? "file" : undefined)),
        ...vrrp_track_process.map((one) => definition("vrrp_track_process", one, one.process === undefined ? "process" : undefined)),
        ...bfd_instance.map((one) => definition("bfd_instance", one, one.neighbor_ip === undefined ? "neighbor_ip" : undefined)),
    ];
}

function definition(block: string, one: { readonly name: string; readonly at: Position }, lacks: string | undefined): Definition {
    return { block, name: one.name, at: one.at, lacks };
}
