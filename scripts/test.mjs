// Runs everything that proves something and ends with one line: "N passed, N failed, N skipped".
//
//   node scripts/test.mjs            all of it
//   node scripts/test.mjs unit labs  only these suites
//
// Every suite is a vitest project or a plain command; a command counts as one test. What is skipped is named.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";

const root = join(import.meta.dirname, "..");
const scratch = mkdtempSync(join(tmpdir(), "holdfast-test-"));
const newestNode = join(root, `test/newest-node/node_modules/node-linux-${process.arch}/bin/node`);

const builtAddon = join(root, "native/build/Release/holdfast.node");

const npm = (script) => ["npm", "run", "--silent", script];
const vitest = (node, project) => [node, join(root, "node_modules/vitest/vitest.mjs"), "run", "--project", project];

const suites = [
    { name: "lint", command: npm("lint") },
    { name: "types", command: npm("types") },
    { name: "dead", command: npm("dead") },
    { name: "docs", command: npm("docs:check") },
    { name: "build", command: npm("build") },
    { name: "unit", project: "unit" },
    { name: "native", project: "native" },
    { name: "fuzz", project: "fuzz" },
    { name: "sim", project: "sim" },
    { name: "corpus", project: "corpus" },
    { name: "compliance", project: "compliance" },
    { name: "labs", project: "labs" },
    { name: "newest-node-install", command: ["npm", "ci", "--ignore-scripts", "--silent", "--prefix", "test/newest-node"] },
    // Takes one processor for minutes; what follows up to `waits` asks for no punctuality and takes the other one.
    { name: "kernel", project: "kernel", runsBeside: true },
    { name: "newest-node-unit", project: "unit", node: newestNode },
    { name: "newest-node-native", project: "native", node: newestNode },
    { name: "native-sanitize", command: [process.execPath, "scripts/native-sanitize.mjs"] },
    { name: "native-build", command: [process.execPath, "scripts/build-native.mjs"] },
    { name: "native-built", project: "native", environment: { HOLDFAST_NATIVE: builtAddon } },
    { name: "newest-node-compliance", project: "compliance", node: newestNode, waits: true },
    { name: "chaos", project: "chaos" },
];

const totals = { passed: 0, failed: 0, skipped: 0 };
const remarks = [];

function run(command, environment) {
    return new Promise((resolve) => {
        const child = spawn(command[0], command.slice(1), {
            cwd: root,
            env: { ...process.env, ...environment },
            stdio: ["ignore", "pipe", "pipe"],
        });
        let output = "";
        for (const stream of [child.stdout, child.stderr]) {
            stream.on("data", (chunk) => {
                output += chunk;
            });
        }
        child.on("close", (status) => resolve({ status, output }));
    });
}

async function runProject(suite) {
    const report = join(scratch, `${suite.name}.json`);
    const node = suite.node ?? process.execPath;
    const command = [...vitest(node, suite.project), "--reporter=json", `--outputFile.json=${report}`];
    const { status, output } = await run(command, suite.environment ?? {});
    if (!existsSync(report)) {
        return { passed: 0, failed: 1, skipped: 0, failures: [`no report:\n${output.slice(-4000)}`] };
    }
    return readReport(JSON.parse(readFileSync(report, "utf8")), status, output);
}

function readReport(report, status, output) {
    const result = { passed: report.numPassedTests, failed: report.numFailedTests, skipped: 0, failures: [] };
    for (const file of report.testResults) {
        const where = relative(root, file.name);
        // Also where what comes before all tests failed: they count as skipped then.
        if (file.status === "failed" && file.assertionResults.every(({ status }) => status !== "failed")) {
            result.failed++;
            result.failures.push(`${where}: ${file.message}`);
        }
        for (const test of file.assertionResults) {
            if (test.status === "failed") {
                result.failures.push(`${where}: ${test.fullName}\n${test.failureMessages.join("\n").slice(0, 2500)}`);
            } else if (test.status !== "passed") {
                result.skipped++;
                remarks.push(`skipped: ${where}: ${test.fullName}`);
            }
        }
    }
    if (status !== 0 && result.failed === 0) {
        result.failed++;
        result.failures.push(`the runner ended with ${status}:\n${output.slice(-4000)}`);
    }
    return result;
}

async function runCommand(suite) {
    const { status, output } = await run(suite.command, {});
    return status === 0
        ? { passed: 1, failed: 0, skipped: 0, failures: [] }
        : { passed: 0, failed: 1, skipped: 0, failures: [`${suite.command.join(" ")} ended with ${status}\n${output.slice(-4000)}`] };
}

function chosenSuites(names) {
    const unknown = names.filter((name) => !suites.some((suite) => suite.name === name));
    if (unknown.length > 0) {
        console.error(`no such suite: ${unknown.join(", ")}; there are: ${suites.map((suite) => suite.name).join(", ")}`);
        process.exit(2);
    }
    return names.length === 0 ? suites : suites.filter((suite) => names.includes(suite.name));
}

async function runSuite(suite) {
    const started = performance.now();
    const result = suite.project === undefined ? await runCommand(suite) : await runProject(suite);
    for (const key of Object.keys(totals)) {
        totals[key] += result[key];
    }
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(`${suite.name}: ${result.passed} passed, ${result.failed} failed, ${result.skipped} skipped (${seconds} s)`);
    for (const failure of result.failures) {
        console.log(`  FAILED ${failure}`);
    }
}

const beside = [];
for (const suite of chosenSuites(process.argv.slice(2))) {
    if (suite.waits) {
        await Promise.all(beside.splice(0));
    }
    const running = runSuite(suite);
    if (suite.runsBeside) {
        beside.push(running);
    } else {
        await running;
    }
}
await Promise.all(beside);
rmSync(scratch, { recursive: true, force: true });
if (process.getuid?.() !== 0) {
    remarks.push("not root: tests that need namespaces and raw sockets were skipped");
}
for (const tool of ["keepalived", "tshark", "ip"]) {
    if (spawnSync("which", [tool], { env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` } }).status !== 0) {
        remarks.push(`${tool} is not installed: tests that need it were skipped`);
    }
}
for (const remark of remarks) {
    console.log(remark);
}
console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
process.exitCode = totals.failed === 0 ? 0 : 1;
