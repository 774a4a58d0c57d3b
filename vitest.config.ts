import { defineConfig } from "vitest/config";

export default defineConfig({
    test: {
        coverage: { provider: "v8", include: ["src/**"], exclude: ["**/*.test.ts"] },
        projects: [
            {
                test: {
                    name: "unit",
                    include: ["src/**/*.test.ts", "test/walls/**/*.test.ts", "test/recordings/**/*.test.ts", "test/effects/**/*.test.ts"],
                    // Nothing here is slow; but machines are shared.
                    testTimeout: 60_000,
                    // Nor does anything keep a state of its own outside of its test: each module is read once a worker, not once a file.
                    isolate: false,
                },
            },
            { test: { name: "native", include: ["test/native/**/*.test.ts"], testTimeout: 60_000 } },
            { test: { name: "compliance", include: ["test/compliance/**/*.test.ts"], testTimeout: 60_000, fileParallelism: false } },
            { test: { name: "sim", include: ["test/sim/**/*.test.ts"], testTimeout: 300_000 } },
            { test: { name: "fuzz", include: ["test/fuzz/**/*.test.ts"], testTimeout: 120_000 } },
            { test: { name: "corpus", include: ["test/corpus/**/*.test.ts"], testTimeout: 120_000 } },
            {
                test: {
                    name: "labs",
                    include: ["test/labs/*.test.ts", "test/interop/**/*.test.ts"],
                    testTimeout: 180_000,
                    // Each file has namespaces of its own, and mostly waits.
                    maxWorkers: 3,
                },
            },
            // A kernel with IPVS as a process: it takes a processor for itself.
            { test: { name: "kernel", include: ["test/labs/kernel/*.test.ts"], fileParallelism: false } },
            // What the rest of the machine does is none of its faults.
            { test: { name: "chaos", include: ["test/labs/chaos/*.test.ts"] } },
        ],
    },
});
