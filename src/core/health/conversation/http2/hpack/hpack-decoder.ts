import { type Result, rejected, success } from "../../../../base/result.ts";
import { type Fault, faulty } from "../fault.ts";
import { BlockReader } from "./block-reader.ts";
import { type Field, sizeOf } from "./field.ts";
import { FieldTable, LARGEST_TABLE } from "./field-table.ts";

const INDEXED = 0x80;
const KEPT = 0x40;
const TABLE_SIZE = 0x20;

/** What a header block says, and how much room that takes. */
export interface FieldList {
    readonly fields: readonly Field[];
    readonly size: number;
}

/** Decodes the header blocks of one connection, in their order (RFC 7541). After a failure nothing more can be made of it. */
export class HpackDecoder {
    readonly #table = new FieldTable();

    /** How much room the fields take that later blocks may name. */
    get tableSize(): number {
        return this.#table.size;
    }

    /** @param longest so large a list may be, however small its block is */
    decode(block: Uint8Array, longest: number): Result<FieldList, Fault> {
        const reader = new BlockReader(block);
        const resized = this.#resize(reader);
        if (!resized.ok) {
            return broken(resized.error);
        }
        const fields: Field[] = [];
        let size = 0;
        while (!reader.isDone) {
            const field = this.#field(reader);
            if (!field.ok) {
                return broken(field.error);
            }
            fields.push(field.value);
            size += sizeOf(field.value);
            if (size > longest) {
                return faulty("ENHANCE_YOUR_CALM", "header too long");
            }
        }
        return success({ fields, size });
    }

    /** RFC 7541 §4.2, §6.3: the table's size may change before the first field, and never beyond what we allow. */
    #resize(reader: BlockReader): Result<true, string> {
        while (!reader.isDone && isTableSize(reader.next)) {
            const limit = reader.integer(5);
            if (!limit.ok) {
                return limit;
            }
            if (limit.value > LARGEST_TABLE) {
                return rejected(`header table of ${limit.value} bytes`);
            }
            this.#table.resize(limit.value);
        }
        return success(true);
    }

    #field(reader: BlockReader): Result<Field, string> {
        const first = reader.next;
        if ((first & INDEXED) !== 0) {
            return this.#indexed(reader, 7);
        }
        if (isTableSize(first)) {
            return rejected("header table changes its size behind a field");
        }
        const isKept = (first & KEPT) !== 0;
        const name = this.#name(reader, isKept ? 6 : 4);
        if (!name.ok) {
            return name;
        }
        const value = reader.string();
        if (!value.ok) {
            return value;
        }
        const field = { name: name.value, value: value.value };
        if (isKept) {
            this.#table.add(field);
        }
        return success(field);
    }

    /** RFC 7541 §6.2: by its index, or, where that is 0, as a string. */
    #name(reader: BlockReader, prefix: number): Result<string, string> {
        if ((reader.next & (2 ** prefix - 1)) === 0) {
            reader.integer(prefix);
            return reader.string();
        }
        const known = this.#indexed(reader, prefix);
        return known.ok ? success(known.value.name) : known;
    }

    /** RFC 7541 §6.1, §2.3.3: an index that names nothing is an error. */
    #indexed(reader: BlockReader, prefix: number): Result<Field, string> {
        const index = reader.integer(prefix);
        if (!index.ok) {
            return index;
        }
        const known = this.#table.at(index.value);
        return known === undefined ? rejected(`header table has no field ${index.value}`) : success(known);
    }
}

function isTableSize(first: number): boolean {
    return (first & (INDEXED | KEPT | TABLE_SIZE)) === TABLE_SIZE;
}

function broken(words: string): Result<never, Fault> {
    return faulty("COMPRESSION_ERROR", words);
}
