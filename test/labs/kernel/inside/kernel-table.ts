import { readFileSync } from "node:fs";

/** The destinations of one service and their weights, as /proc shows them: `10.9.0.11:80` → 3. */
export type Destinations = Readonly<Record<string, number>>;

/** The load balancer's table of the namespace in which that process is, by service (`TCP 10.8.0.100:80`, `FWM 9`): read without starting a tool. */
export function kernelTable(pid: number): Readonly<Record<string, Destinations>> {
    const table: Record<string, Record<string, number>> = {};
    let destinations: Record<string, number> = {};
    for (const line of readTable(pid)) {
        const [first = "", second = "", , third = ""] = line.trim().split(/\s+/);
        if (first === "->" && second !== "RemoteAddress:Port") {
            destinations[readable(second)] = Number(third);
        } else if (/^(TCP|UDP|SCTP|FWM)$/.test(first)) {
            destinations = {};
            table[`${first} ${first === "FWM" ? Number.parseInt(second, 16) : readable(second)}`] = destinations;
        }
    }
    return table;
}

function readTable(pid: number): readonly string[] {
    return readFileSync(`/proc/${pid}/net/ip_vs`, "utf8").split("\n");
}

/** `0A090064:0050` is 10.9.0.100:80; IPv6 stands in brackets, written out. */
function readable(text: string): string {
    const at = text.lastIndexOf(":");
    const [address, port] = [text.slice(0, at), Number.parseInt(text.slice(at + 1), 16)];
    return `${address.startsWith("[") ? address : (address.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16)).join(".")}:${port}`;
}
