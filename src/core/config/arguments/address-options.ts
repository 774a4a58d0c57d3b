import { formatIp, type IpAddress, parseIp } from "../../base/ip.ts";
import type { Argument } from "../schema.ts";
import { parsedWord } from "./parsed-word.ts";

/** A broadcast address; `+` sets the host bits of the address and `-` clears them. */
export const broadcast: Argument<IpAddress | "+" | "-"> = parsedWord("IP|+|-", parseBroadcast, formatBroadcast);

function parseBroadcast(word: string): IpAddress | "+" | "-" | undefined {
    return word === "+" || word === "-" ? word : parseIp(word);
}

function formatBroadcast(value: IpAddress | "+" | "-"): string {
    return typeof value === "string" ? value : formatIp(value);
}

/** Whole seconds that an address lasts, or `forever`. */
export const lifetime: Argument<number | "forever"> = parsedWord("SECONDS|forever", parseLifetime, String, ["forever"]);

function parseLifetime(word: string): number | "forever" | undefined {
    if (word === "forever") {
        return word;
    }
    return /^\d{1,10}$/.test(word) && Number(word) < 0xffff_ffff ? Number(word) : undefined;
}
