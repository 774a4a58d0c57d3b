import { type ChildProcess, spawn } from "node:child_process";

/** Busy loops that end by themselves soon after the measurement, whatever becomes of us. */
export function startSpinners(count: number, seconds: number): readonly ChildProcess[] {
    const program = `const end = Date.now() + ${(seconds + 5) * 1_000}; while (Date.now() < end);`;
    return Array.from({ length: count }, () => spawn(process.execPath, ["-e", program], { stdio: "ignore" }));
}

/** Ends them. */
export function stopSpinners(spinners: readonly ChildProcess[]): void {
    for (const spinner of spinners) {
        spinner.kill("SIGKILL");
    }
}
