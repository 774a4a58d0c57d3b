import type { HandedHousehold } from "../../core/supervise/hand-over.ts";
import type { Journal } from "../../io/journal/journal.ts";
import type { NativeAddon } from "../../io/native/addon.ts";
import type { PidFile } from "../../io/system/pid-file.ts";
import type { ServiceManager } from "../../io/system/service-manager.ts";
import type { DaemonOptions } from "../command-line.ts";
import type { DaemonConfiguration, DaemonProgram } from "../daemon-program.ts";
import type { ChildPidFiles } from "./child-pid-files.ts";

/** What a parent is made of. */
export interface ParentSettings {
    readonly system: NativeAddon;
    readonly options: DaemonOptions;
    readonly program: DaemonProgram;
    readonly configuration: DaemonConfiguration;
    readonly journal: Journal;
    readonly serviceManager: ServiceManager;
    /** Held already; those of children are written when they start. */
    readonly pidFiles: ChildPidFiles;
    /** The parent's own, and where it is. */
    readonly parentPidFile: PidFile;
    readonly pidPath: string;
    /** The daemon's own words, from its command line. */
    readonly words: readonly string[];
    /** What another version of the program has left in this process. */
    readonly inherited: HandedHousehold | undefined;
    /** Obeys the signals that have come in by now. */
    readonly hearSignals: () => void;
    /** Everything runs for the first time. */
    readonly onReady: () => void;
    /** All children are gone. */
    readonly onExit: (status: number) => void;
}
