import { type Field, sizeOf } from "./field.ts";
import { STATIC_TABLE } from "./static-table.ts";

/** SETTINGS_HEADER_TABLE_SIZE as it is where nobody says otherwise (RFC 9113 §6.5.2), and we do not. */
export const LARGEST_TABLE = 4_096;

/** The fields that a block may name by their index: those that stand in the RFC, then those that came lately, the latest first (RFC 7541 §2.3). */
export class FieldTable {
    #latest: Field[] = [];
    #size = 0;
    #limit = LARGEST_TABLE;

    /** Of the fields that came lately. */
    get size(): number {
        return this.#size;
    }

    /** @param index from 1 on */
    at(index: number): Field | undefined {
        return index <= STATIC_TABLE.length ? STATIC_TABLE[index - 1] : this.#latest[index - STATIC_TABLE.length - 1];
    }

    /** RFC 7541 §4.4: room is made by the oldest; what is larger than the table leaves it empty, which is no error. */
    add(field: Field): void {
        const size = sizeOf(field);
        this.#evict(this.#limit - size);
        if (size <= this.#limit) {
            this.#latest.unshift(field);
            this.#size += size;
        }
    }

    /** RFC 7541 §4.3. @param limit at most {@link LARGEST_TABLE} */
    resize(limit: number): void {
        this.#limit = limit;
        this.#evict(limit);
    }

    #evict(room: number): void {
        for (let oldest = this.#latest.at(-1); oldest !== undefined && this.#size > room; oldest = this.#latest.at(-1)) {
            this.#latest.pop();
            this.#size -= sizeOf(oldest);
        }
    }
}
