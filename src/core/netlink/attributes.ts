import { align } from "./alignment.ts";
import type { Layout } from "./layout.ts";
import type { MessageWriter } from "./message-writer.ts";

/**
 * Attributes of netlink messages: length, number, value, filled up to four bytes (include/uapi/linux/netlink.h, struct nlattr).
 *
 * ```
 * +-------------------------------+-------------------------------+
 * |   length (these 4 included)   |N|O|          number           |
 * +-------------------------------+-------------------------------+
 * |                            value …                            |
 * ```
 *
 * N says that the value is attributes again, O that it is in network byte order.
 */

const ATTRIBUTE_HEADER = 4;
const NUMBER_MASK = 0x3fff;
const IS_NESTED = 0x8000;

/** One attribute: its number and what lies in it. */
export interface Attribute<Value> {
    /** With the bit that marks nesting, where it has to be written. */
    readonly type: number;
    readonly layout: Layout<Value>;
}

/** The attribute of this number. */
export function attribute<Value>(number: number, layout: Layout<Value>): Attribute<Value> {
    return { type: number, layout };
}

/** An attribute whose value is attributes. */
export function nested<Value>(number: number, layout: Layout<Value>): Attribute<Value> {
    return { type: number | IS_NESTED, layout };
}

interface Entry extends Attribute<unknown> {
    readonly name: string;
}

/** What a table reads: only what was there and was sound. Writes what is not undefined. */
export type AttributeValues<Attributes> = {
    readonly [Name in keyof Attributes]?: (Attributes[Name] extends Attribute<infer Value> ? Value : never) | undefined;
};

/**
 * Attributes that belong together, as a table from names to numbers and layouts. It reads and writes them, and is a layout itself.
 *
 * What has no place in the table is passed over; where one comes twice the last one counts; a cut attribute ends the run.
 */
export class AttributeTable<Attributes extends Readonly<Record<string, Attribute<unknown>>>>
    implements Layout<AttributeValues<Attributes>>
{
    readonly #entries: readonly Entry[];
    /** At the place of its number. */
    readonly #byNumber: readonly (Entry | undefined)[];

    /** Attributes are written in the table's order. */
    constructor(attributes: Attributes) {
        this.#entries = Object.entries(attributes).map(([name, { type, layout }]) => ({ name, type, layout }));
        const byNumber: (Entry | undefined)[] = [];
        for (const entry of this.#entries) {
            byNumber[entry.type & NUMBER_MASK] = entry;
        }
        this.#byNumber = Array.from(byNumber);
    }

    read(view: DataView, offset: number, length: number): AttributeValues<Attributes> {
        const values: Record<string, unknown> = {};
        const end = offset + length;
        for (let place = offset; isWhole(view, place, end); place += align(view.getUint16(place, true))) {
            const entry = this.#byNumber[view.getUint16(place + 2, true) & NUMBER_MASK];
            const value = entry?.layout.read(view, place + ATTRIBUTE_HEADER, view.getUint16(place, true) - ATTRIBUTE_HEADER);
            if (entry !== undefined && value !== undefined) {
                values[entry.name] = value;
            }
        }
        return values as AttributeValues<Attributes>;
    }

    write(writer: MessageWriter, values: AttributeValues<Attributes>): void {
        for (const { name, type, layout } of this.#entries) {
            const value = values[name];
            if (value !== undefined) {
                const start = writer.beginAttribute(type);
                layout.write(writer, value);
                writer.endAttribute(start);
            }
        }
    }
}

/** A list as attributes: numbered from 1 on, each one of the same layout. */
export function listOf<Value>(item: Layout<Value>): Layout<readonly Value[]> {
    return {
        read: (view, offset, length) => {
            const items: Value[] = [];
            const end = offset + length;
            for (let place = offset; isWhole(view, place, end); place += align(view.getUint16(place, true))) {
                const value = item.read(view, place + ATTRIBUTE_HEADER, view.getUint16(place, true) - ATTRIBUTE_HEADER);
                if (value !== undefined) {
                    items.push(value);
                }
            }
            return items;
        },
        write: (writer, items) => {
            for (const [index, value] of items.entries()) {
                const start = writer.beginAttribute((index + 1) | IS_NESTED);
                item.write(writer, value);
                writer.endAttribute(start);
            }
        },
    };
}

/** A list as attributes that all have the same number. */
export function repeated<Value>(number: number, item: Layout<Value>): Layout<readonly Value[]> {
    const { read } = listOf(item);
    return {
        read,
        write: (writer, items) => {
            for (const value of items) {
                const start = writer.beginAttribute(number | IS_NESTED);
                item.write(writer, value);
                writer.endAttribute(start);
            }
        },
    };
}

/** Whether a whole attribute stands at `place`. */
function isWhole(view: DataView, place: number, end: number): boolean {
    if (place + ATTRIBUTE_HEADER > end) {
        return false;
    }
    const length = view.getUint16(place, true);
    return length >= ATTRIBUTE_HEADER && length <= end - place;
}
