import type { Argument } from "../schema.ts";

/** May be left out at the end of the line; `absent` is its value then, so that the keyword alone differs from no keyword at all. */
export function orElse<Value, const Absent>(argument: Argument<Value>, absent: Absent): Argument<Value | Absent> {
    return {
        syntax: `[${argument.syntax}]`,
        completion: argument.completion,
        dump: (value) => (isAbsent(value, absent) ? "" : argument.dump(value as Value)),
        read: (words) => (words.next === undefined ? absent : argument.read(words)),
    };
}

function isAbsent(value: unknown, absent: unknown): boolean {
    const areEmptyLists = Array.isArray(value) && Array.isArray(absent) && value.length === 0 && absent.length === 0;
    return value === absent || areEmptyLists;
}
