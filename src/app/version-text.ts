import { readFileSync } from "node:fs";
import { release, version } from "node:os";
import { HOLDFAST_VERSION } from "./version.ts";

/** The release of Keepalived whose language and ways this is made after; programs read it from the first line of `-v`. */
export const KEEPALIVED_VERSION = "2.4.3";

/** What log lines call the program. */
export const PRODUCT = `Keepalived v${KEEPALIVED_VERSION} (Holdfast ${HOLDFAST_VERSION})`;

/** The text of `-v`: a first line and options that exporters look for, and the plain truth about who speaks. */
export function versionText(): string {
    return [
        PRODUCT,
        "",
        `This is Holdfast ${HOLDFAST_VERSION}, a drop-in for Keepalived in TypeScript. It contains no code of Keepalived.`,
        "",
        `Running on Linux ${release()} ${version()}`,
        `Node.js: ${process.version} on ${process.arch}`,
        `Distro: ${distribution()}`,
        "",
        // Exporters look for this word before they ask for JSON.
        "configure options: --enable-json",
        "",
        "Config options:  VRRP VRRP_AUTH JSON OLD_CHKSUM_COMPAT SYSTEMD_NOTIFY",
        "",
    ].join("\n");
}

function distribution(): string {
    try {
        return /^PRETTY_NAME="?([^"\n]*)/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1] ?? "unknown";
    } catch {
        return "unknown";
    }
}
