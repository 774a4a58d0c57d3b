// Adds to package-lock.json what npm left out of it: optional packages for other platforms that the registry in use does not carry. `npm ci`
// insists on an entry for each, though it installs none of them here. Run it after every `npm install` that changes dependencies.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const SYSTEMS = ["android", "darwin", "linux", "win32", "freebsd", "netbsd", "openbsd", "openharmony", "sunos", "aix"];
const PROCESSORS = ["arm64", "x64", "ia32", "arm", "ppc64", "riscv64", "s390x", "loong64", "mips64el", "wasm32"];
const LIBRARIES = { musl: "musl", gnu: "glibc" };

const file = join(import.meta.dirname, "../package-lock.json");
const lock = JSON.parse(readFileSync(file, "utf8"));

/** What a platform package's name says: `@biomejs/cli-linux-x64-musl`. */
function platformOf(name) {
    const words = name.split(/[/-]/);
    const system = SYSTEMS.filter((word) => words.includes(word));
    const processor = PROCESSORS.filter((word) => words.includes(word));
    const library = Object.keys(LIBRARIES).filter((word) => words.some((part) => part.startsWith(word)));
    return {
        ...(processor.length > 0 && { cpu: processor }),
        ...(library.length > 0 && { libc: library.map((word) => LIBRARIES[word]) }),
        ...(system.length > 0 && { os: system }),
    };
}

const added = [];
for (const entry of Object.values(lock.packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
        const place = `node_modules/${name}`;
        if (lock.packages[place] === undefined) {
            lock.packages[place] = { version, ...platformOf(name), dev: true, optional: true };
            added.push(`${name}@${version}`);
        }
    }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([left], [right]) => (left < right ? -1 : 1)));
writeFileSync(file, `${JSON.stringify(lock, undefined, 2)}\n`);
console.log(added.length === 0 ? "nothing was missing" : `added ${added.join(", ")}`);
