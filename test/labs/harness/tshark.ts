import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { runTool } from "../../../src/app/cli/lab/run-tool.ts";
import { pcapFile } from "./pcap.ts";

/** Frames with their time stamps in milliseconds. */
export type StampedFrames = readonly { readonly at: number; readonly bytes: Uint8Array }[];

const COMPLAINT_FIELDS = ["frame.number", "vrrp.version", "vrrp.checksum.status", "ip.checksum.status", "_ws.expert", "_ws.malformed"];
const GOOD = "1";

/** What Wireshark's decoder reads in each frame: one row a frame, one cell a field; several values in one cell stand with commas between. */
export function tsharkFields(directory: string, frames: StampedFrames, fields: readonly string[]): readonly (readonly string[])[] {
    const file = join(directory, "frames.pcap");
    writeFileSync(file, pcapFile(frames));
    const chosen = fields.flatMap((field) => ["-e", field]);
    const output = runTool(["tshark", "-r", file, "-n", "-o", "ip.check_checksum:TRUE", "-T", "fields", "-E", "separator=|", ...chosen]);
    return output
        .split("\n")
        .filter(Boolean)
        .map((line) => line.split("|"));
}

/**
 * What Wireshark's decoder finds wrong with these VRRP frames: malformed parts, wrong checksums, expert remarks, or that it is no VRRP at all.
 *
 * Each complaint names the frame's number, from 1; an empty answer is what one hopes for.
 */
export function tsharkComplaints(directory: string, frames: StampedFrames): readonly string[] {
    const rows = tsharkFields(directory, frames, COMPLAINT_FIELDS);
    const missing = rows.length === frames.length ? [] : [`${frames.length} frames given, ${rows.length} decoded`];
    return [...missing, ...rows.flatMap(complaintsOf)];
}

function complaintsOf(row: readonly string[]): readonly string[] {
    const [number = "", version = "", vrrpChecksum = "", ipChecksum = "", expert = "", malformed = ""] = row;
    const complaints: string[] = [];
    if (version !== "2" && version !== "3") {
        complaints.push(`frame ${number} is no VRRP`);
    }
    if (vrrpChecksum !== GOOD) {
        complaints.push(`frame ${number}: VRRP checksum status ${vrrpChecksum}`);
    }
    if (ipChecksum !== GOOD && ipChecksum !== "") {
        complaints.push(`frame ${number}: IP checksum status ${ipChecksum}`);
    }
    if (expert !== "" || malformed !== "") {
        complaints.push(`frame ${number}: ${expert}${malformed}`);
    }
    return complaints;
}
