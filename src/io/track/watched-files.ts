import {
    close,
    closeSync,
    constants,
    type FSWatcher,
    fstat,
    fstatSync,
    open,
    openSync,
    read,
    readSync,
    realpathSync,
    statfsSync,
    watch,
    writeFileSync,
} from "node:fs";
import { basename, dirname } from "node:path";

/** A number with its line's end, and more: what stands behind does not matter. */
const LONGEST = 128;

/** File systems of which the kernel does not tell what other machines, or the kernel itself, change: NFS, SMB and CIFS, FUSE, proc, sysfs, cgroup, debugfs. */
const SILENT_FILE_SYSTEMS: ReadonlySet<number> = new Set([
    0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x65735546, 0x9fa0, 0x62656572, 0x27e0eb, 0x63677270, 0x64626720,
]);

/** One file that is watched. */
export interface WatchedFile {
    readonly name: string;
    readonly path: string;
}

/** Whom the watch tells what. */
export interface WatchedFilesListeners {
    readonly onChanged: (name: string) => void;
    /** Changes of this file will not be told. */
    readonly onUnwatchable: (name: string) => void;
    /** What stands at the file's beginning; undefined when there is none. */
    readonly onContents: (name: string, text: string | undefined) => void;
}

/** Files on disk: told of when they change, also when another one is put in their place, and read without making anybody wait. */
export class WatchedFiles {
    readonly #listeners: WatchedFilesListeners;
    #watchers: FSWatcher[] = [];
    /** Files being read; true when something has changed meanwhile. */
    readonly #reading = new Map<string, boolean>();

    constructor(listeners: WatchedFilesListeners) {
        this.#listeners = listeners;
    }

    /** Makes the file with this number in it, where there is none or it is to be overwritten, through no link; "" or the error's code. */
    make(path: string, value: number, overwrites: boolean): string {
        const { O_WRONLY, O_CREAT, O_TRUNC, O_EXCL, O_NOFOLLOW, O_NONBLOCK } = constants;
        try {
            const fd = openSync(path, O_WRONLY | O_CREAT | (overwrites ? O_TRUNC : O_EXCL) | O_NOFOLLOW | O_NONBLOCK, 0o644);
            try {
                writeFileSync(fd, `${value}\n`);
            } finally {
                closeSync(fd);
            }
            return "";
        } catch (error) {
            const code = codeOf(error);
            return code === "EEXIST" ? "" : code;
        }
    }

    /** Tells of all changes of these files, and of no others. */
    watch(files: readonly WatchedFile[]): void {
        this.close();
        const inDirectory = new Map<string, Map<string, string[]>>();
        for (const file of files) {
            const places = placesOf(file.path);
            if (places.size > 1) {
                // A link on the way may lead elsewhere one day, and nobody tells of that.
                this.#listeners.onUnwatchable(file.name);
            }
            for (const path of places) {
                const inIt = inDirectory.get(dirname(path)) ?? new Map<string, string[]>();
                inDirectory.set(dirname(path), inIt.set(basename(path), [...(inIt.get(basename(path)) ?? []), file.name]));
            }
        }
        for (const [directory, names] of inDirectory) {
            this.#watchDirectory(directory, names);
        }
    }

    /** Reads a file's beginning; a change while it is read makes it read again. */
    read({ name, path }: WatchedFile): void {
        if (this.#reading.has(name)) {
            this.#reading.set(name, true);
            return;
        }
        this.#reading.set(name, false);
        readBeginning(path, (text) => {
            const isOutdated = this.#reading.get(name) === true;
            this.#reading.delete(name);
            if (isOutdated) {
                this.read({ name, path });
            } else {
                this.#listeners.onContents(name, text);
            }
        });
    }

    /** What stands at a file's beginning; undefined when there is none. Whoever asks waits for the disk. */
    readNow(path: string): string | undefined {
        try {
            const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
            try {
                const bytes = Buffer.alloc(LONGEST);
                return fstatSync(descriptor).isFile() ? bytes.toString("latin1", 0, readSync(descriptor, bytes)) : undefined;
            } finally {
                closeSync(descriptor);
            }
        } catch {
            return undefined;
        }
    }

    /** Tells of nothing any more. */
    close(): void {
        for (const watcher of this.#watchers.splice(0)) {
            watcher.close();
        }
    }

    #watchDirectory(directory: string, names: ReadonlyMap<string, readonly string[]>): void {
        const all = [...names.values()].flat();
        const giveUp = (): void => all.forEach(this.#listeners.onUnwatchable);
        if (isSilent(directory)) {
            giveUp();
            return;
        }
        try {
            const watcher = watch(directory, { persistent: false }, (_event, file) => {
                // Without a name anything may have happened.
                const changed = file === null ? all : (names.get(file) ?? []);
                changed.forEach(this.#listeners.onChanged);
            });
            watcher.on("error", giveUp);
            this.#watchers.push(watcher);
        } catch {
            giveUp();
        }
    }
}

/** Where the file is: as it is called, and where a symbolic link leads. */
function placesOf(path: string): ReadonlySet<string> {
    try {
        return new Set([path, realpathSync(path)]);
    } catch {
        return new Set([path]);
    }
}

function isSilent(directory: string): boolean {
    try {
        return SILENT_FILE_SYSTEMS.has(statfsSync(directory).type);
    } catch {
        return true;
    }
}

/** Never waits for a writer, as a named pipe would make it. */
function readBeginning(path: string, done: (text: string | undefined) => void): void {
    open(path, constants.O_RDONLY | constants.O_NONBLOCK, (refused, descriptor) => {
        if (refused !== null) {
            done(undefined);
            return;
        }
        const end = (text: string | undefined): void => close(descriptor, () => done(text));
        fstat(descriptor, (failed, stats) => {
            if (failed !== null || !stats.isFile()) {
                end(undefined);
                return;
            }
            const bytes = new Uint8Array(LONGEST);
            read(descriptor, bytes, 0, LONGEST, 0, (broken, count) => {
                end(broken === null ? Buffer.from(bytes.subarray(0, count)).toString("latin1") : undefined);
            });
        });
    });
}

function codeOf(error: unknown): string {
    return error instanceof Error && "code" in error ? String(error.code) : String(error);
}
