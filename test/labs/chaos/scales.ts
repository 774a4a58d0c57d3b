import type { ProcessSighting } from "./belongings.ts";

/** Descriptors that come and go: a script at work, a dump being written. */
const PASSING = 6;
/** In megabytes, whatever happens. */
const HEAVIEST = 250;
/** What a young heap may grow by before it counts. */
const GROWTH = { share: 1.3, megabytes: 15 };
/** How many sightings tell a trend. */
const ENOUGH = 40;

/** Watches that processes do not grow: in number, in descriptors, in memory. */
export class Scales {
    /** Names and open descriptors of the processes of a daemon that has not lived through anything. */
    readonly #usual = new Map<string, number>();
    readonly #weights = new Map<string, number[]>();

    /** A daemon's processes as they should be. */
    calibrate(processes: readonly ProcessSighting[]): void {
        for (const { name, descriptors } of daemonsOwn(processes)) {
            this.#usual.set(name, Math.max(descriptors, this.#usual.get(name) ?? 0));
        }
    }

    /** What is wrong with these. */
    complaints(processes: readonly ProcessSighting[]): readonly string[] {
        const own = daemonsOwn(processes);
        const names = own.map(({ name }) => name).sort();
        const usual = [...this.#usual.keys()].sort();
        return [
            ...(names.join() === usual.join() ? [] : [`there are ${processes.map(({ name }) => name).join()}`]),
            ...(processes.length <= own.length + 2 ? [] : [`${processes.length - own.length} scripts are at work`]),
            ...own.flatMap(({ name, descriptors }) => {
                const most = (this.#usual.get(name) ?? 0) + PASSING;
                return descriptors > most ? [`${name} has ${descriptors} descriptors, at most ${most}`] : [];
            }),
            ...own.flatMap(({ name, megabytes }) => (megabytes > HEAVIEST ? [`${name} has ${megabytes.toFixed(0)} MB`] : [])),
        ];
    }

    /** Keeps what they weigh now. */
    weigh(processes: readonly ProcessSighting[]): void {
        for (const { name, megabytes } of daemonsOwn(processes)) {
            this.#weights.set(name, [...(this.#weights.get(name) ?? []), megabytes]);
        }
    }

    /** Which of them are heavier in the last quarter than in the second. */
    growth(): readonly string[] {
        return [...this.#weights].flatMap(([name, weights]) => {
            const quarter = Math.floor(weights.length / 4);
            const [early, late] = [middle(weights.slice(quarter, 2 * quarter)), middle(weights.slice(3 * quarter))];
            const isGrowing = weights.length >= ENOUGH && late > early * GROWTH.share + GROWTH.megabytes;
            return isGrowing ? [`${name} has grown from ${early.toFixed(0)} to ${late.toFixed(0)} MB`] : [];
        });
    }
}

/** The processes without the scripts that some of them run. */
function daemonsOwn(processes: readonly ProcessSighting[]): readonly ProcessSighting[] {
    return processes.filter(({ name }) => name.startsWith("chaos_") || name === "keepalived" || name === "node");
}

function middle(values: readonly number[]): number {
    return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? 0;
}
