import { appendFileSync, closeSync, constants, openSync } from "node:fs";
import { exitCodeOf } from "../core/config/diagnostics.ts";
import { expectShortLife } from "../io/system/garbage-collection.ts";
import { checkOnDisk, checkReport } from "./cli/check.ts";
import type { DaemonOptions } from "./command-line.ts";
import { daemonScripts } from "./daemon-scripts.ts";

const TEST_LOG_MODE = 0o644;

/** `--config-test`: says all that is wrong, on standard error or at the end of a file, and answers with the exit status. */
export function testConfiguration(options: DaemonOptions): number {
    expectShortLife();
    const read = checkOnDisk([options.configurationFile], options.configurationId, daemonScripts());
    const status = exitCodeOf(read.diagnostics);
    const file = options.action.type === "test" ? options.action.file : undefined;
    if (file === undefined) {
        const report = checkReport(read, process.stderr.isTTY);
        process.stderr.write(report);
    } else {
        appendWithoutLinks(file, checkReport(read, false));
    }
    return status;
}

function appendWithoutLinks(path: string, text: string): void {
    const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;
    const fd = openSync(path, flags, TEST_LOG_MODE);
    try {
        appendFileSync(fd, text);
    } finally {
        closeSync(fd);
    }
}
