import { accessSync, constants } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";

/** Whether labs can run at all: they make network namespaces, which takes root and iproute2. */
export function canRunLabs(): boolean {
    return process.getuid?.() === 0 && hasTool("ip");
}

/** Whether a program is installed. */
export function hasTool(name: string): boolean {
    const directories = isAbsolute(name) ? [""] : `${process.env["PATH"]}${delimiter}/usr/sbin${delimiter}/sbin`.split(delimiter);
    return directories.some((directory) => isExecutable(directory === "" ? name : join(directory, name)));
}

function isExecutable(path: string): boolean {
    try {
        accessSync(path, constants.X_OK);
        return true;
    } catch {
        return false;
    }
}
