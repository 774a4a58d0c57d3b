import { after, type Duration, earliest, type Instant, isDue, seconds } from "../base/instant.ts";
import { compareIp, type Family, formatIp, type IpAddress, ipKey, parseIp } from "../base/ip.ts";
import type { FamilyAnswer, NameReport, NameSnapshot } from "./names.ts";

/** Records are asked for again when they expire, but no sooner and no later than this. */
const SOONEST = seconds(5);
const LATEST = seconds(300);
/** A name that cannot be resolved is asked for again. */
const RETRY = seconds(10);

/** One name of real servers: what it leads to, and when it is asked for again. */
export class NamedHost {
    readonly name: string;
    #addresses: readonly IpAddress[];
    /** Gone from the records, with the instant until which their clients may stay. */
    #leaving = new Map<string, { readonly address: IpAddress; readonly until: Instant }>();
    #families = new Set<Family>();
    #formerFamilies = new Set<Family>();
    #interval: Duration | undefined;
    #askAt: Instant | undefined;
    #isFailing = false;

    /** @param known what a predecessor knew */
    constructor(name: string, known?: NameSnapshot) {
        this.name = name;
        this.#addresses = known?.addresses.flatMap((text) => parseIp(text) ?? []) ?? [];
        for (const { address: text, until } of known?.leaving ?? []) {
            const address = parseIp(text);
            if (address !== undefined) {
                this.#leaving.set(ipKey(address), { address, until });
            }
        }
    }

    /** In their order. */
    get addresses(): readonly IpAddress[] {
        return this.#addresses;
    }

    /** Those that are to lose their clients. */
    get leaving(): readonly IpAddress[] {
        return Array.from(this.#leaving.values(), ({ address }) => address);
    }

    get families(): readonly Family[] {
        return [...this.#families];
    }

    /** When it is to be asked for; undefined while an answer is awaited. */
    get askAt(): Instant | undefined {
        return this.#askAt;
    }

    get wakeAt(): Instant | undefined {
        return earliest(this.#askAt, ...Array.from(this.#leaving.values(), ({ until }) => until));
    }

    get snapshot(): NameSnapshot {
        const leaving = Array.from(this.#leaving.values(), ({ address, until }) => ({ address: formatIp(address), until }));
        return { name: `host ${this.name}`, host: this.name, addresses: this.#addresses.map(formatIp), leaving };
    }

    /** Before it is wanted again by new settings. */
    anew(): this {
        this.#formerFamilies = this.#families;
        this.#families = new Set();
        this.#interval = undefined;
        return this;
    }

    /** Addresses of that family are wanted; of several intervals the shortest counts. */
    want(family: Family, interval: Duration | undefined, now: Instant): void {
        this.#families.add(family);
        if (interval !== undefined && (this.#interval === undefined || interval < this.#interval)) {
            this.#interval = interval;
        }
        const isNew = !this.#formerFamilies.has(family);
        const isSooner = this.#askAt !== undefined && this.#interval !== undefined && this.#askAt > after(now, this.#interval);
        if (isNew || isSooner) {
            // Also while an answer is awaited: to a question that was not for this family.
            this.#askAt = now;
        }
    }

    asked(): void {
        this.#askAt = undefined;
    }

    /** Takes in what name servers say. A family of which they say nothing stays as it is, and so does all when nothing would be left. */
    take(
        answers: readonly FamilyAnswer[],
        farewell: Instant,
        now: Instant,
    ): { readonly report?: NameReport; readonly hasChanged: boolean } {
        const unasked = this.families.filter((family) => answers.every((answer) => answer.family !== family));
        const told = [
            ...answers.flatMap((answer) => ("failure" in answer ? this.#known(answer.family) : answer.addresses)),
            ...unasked.flatMap((family) => this.#known(family)),
        ];
        const failure = answers.flatMap((answer) => ("failure" in answer ? answer.failure : []))[0];
        if (failure !== undefined || told.length === 0) {
            this.#askAt = after(now, this.#interval ?? RETRY);
        } else {
            const lifetimes = answers.flatMap((answer) => ("failure" in answer || answer.addresses.length === 0 ? [] : answer.timeToLive));
            this.#askAt = after(now, this.#interval ?? bounded(Math.min(...lifetimes) as Duration));
        }
        const hasChanged = told.length > 0 && this.#replace(told, farewell);
        const trouble = failure ?? (told.length === 0 ? "it has no address" : undefined);
        const isNews = trouble !== undefined && !this.#isFailing;
        const isCured = this.#isFailing && trouble === undefined;
        this.#isFailing = trouble !== undefined;
        if (isNews) {
            return { report: { type: "unresolved", host: this.name, reason: trouble, isKnown: this.#addresses.length > 0 }, hasChanged };
        }
        return hasChanged || isCured
            ? { report: { type: "addresses", host: this.name, addresses: this.#addresses }, hasChanged }
            : { hasChanged };
    }

    /** Those that have had time enough are nobody's any more. @returns whether there were any */
    forget(now: Instant): boolean {
        const gone = [...this.#leaving].filter(([, { until }]) => isDue(until, now));
        for (const [key] of gone) {
            this.#leaving.delete(key);
        }
        return gone.length > 0;
    }

    #known(family: Family): readonly IpAddress[] {
        return this.#addresses.filter((address) => address.family === family);
    }

    #replace(told: readonly IpAddress[], farewell: Instant): boolean {
        const wanted = new Map(told.toSorted(compareIp).map((address) => [ipKey(address), address]));
        const known = new Map(this.#addresses.map((address) => [ipKey(address), address]));
        const gone = [...known].filter(([key]) => !wanted.has(key));
        if (gone.length === 0 && wanted.size === known.size) {
            return false;
        }
        for (const [key, address] of gone) {
            this.#leaving.set(key, { address, until: farewell });
        }
        for (const key of wanted.keys()) {
            this.#leaving.delete(key);
        }
        this.#addresses = [...wanted.values()];
        return true;
    }
}

function bounded(span: Duration): Duration {
    return span < SOONEST ? SOONEST : span > LATEST ? LATEST : span;
}
