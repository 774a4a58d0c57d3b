import type { IpAddress } from "../base/ip.ts";
import type { MessageWriter } from "./message-writer.ts";

/** How a value lies in a message. Numbers are in the byte order of the supported machines, little-endian. */
export interface Layout<Value> {
    /** Undefined when these bytes cannot be such a value. Never reads outside them, never keeps them. */
    read(view: DataView, offset: number, length: number): Value | undefined;
    write(writer: MessageWriter, value: Value): void;
}

/** A number of a fixed size. */
export interface NumberLayout extends Layout<number> {
    /** Bytes. */
    readonly size: number;
}

export const u8: NumberLayout = {
    size: 1,
    read: (view, offset, length) => (length < 1 ? undefined : view.getUint8(offset)),
    write: (writer, value) => writer.u8(value),
};

export const u16: NumberLayout = {
    size: 2,
    read: (view, offset, length) => (length < 2 ? undefined : view.getUint16(offset, true)),
    write: (writer, value) => writer.u16(value),
};

export const u32: NumberLayout = {
    size: 4,
    read: (view, offset, length) => (length < 4 ? undefined : view.getUint32(offset, true)),
    write: (writer, value) => writer.u32(value),
};

/** Of 32 bits in network byte order, whatever the machine's; negative numbers are written as their complement. */
export const networkU32: NumberLayout = {
    size: 4,
    read: (view, offset, length) => (length < 4 ? undefined : view.getUint32(offset)),
    write: (writer, value) => {
        for (const shift of [24, 16, 8, 0]) {
            writer.u8((value >>> shift) & 0xff);
        }
    },
};

/** A whole number of 64 bits; beyond 2^53 it is rounded. */
export const u64: NumberLayout = {
    size: 8,
    read: (view, offset, length) => (length < 8 ? undefined : view.getUint32(offset, true) + 2 ** 32 * view.getUint32(offset + 4, true)),
    write: (writer, value) => {
        writer.u32(value >>> 0);
        writer.u32(Math.floor(value / 2 ** 32));
    },
};

/** Of 64 bits in network byte order; beyond 2^53 it is rounded. */
export const networkU64: NumberLayout = {
    size: 8,
    read: (view, offset, length) => (length < 8 ? undefined : 2 ** 32 * view.getUint32(offset) + view.getUint32(offset + 4)),
    write: (writer, value) => {
        networkU32.write(writer, Math.floor(value / 2 ** 32));
        networkU32.write(writer, value >>> 0);
    },
};

/** A port: in network byte order, whatever the machine's. */
export const networkU16: NumberLayout = {
    size: 2,
    read: (view, offset, length) => (length < 2 ? undefined : view.getUint16(offset)),
    write: (writer, value) => {
        writer.u8(value >> 8);
        writer.u8(value & 0xff);
    },
};

export const i32: NumberLayout = {
    size: 4,
    read: (view, offset, length) => (length < 4 ? undefined : view.getInt32(offset, true)),
    write: (writer, value) => writer.u32(value),
};

/** Bytes as they are. */
export const rawBytes: Layout<Uint8Array> = {
    read: copyOf,
    write: (writer, value) => writer.raw(value),
};

/** Text up to a zero byte, which is written too; a character a byte: names and labels. Longer text than any name is no text. */
export const text: Layout<string> = {
    read: readText,
    write: (writer, value) => {
        for (let index = 0; index < value.length; index++) {
            writer.u8(value.charCodeAt(index));
        }
        writer.u8(0);
    },
};

/** An IPv4 or IPv6 address; its length tells which. */
export const ipAddress: Layout<IpAddress> = {
    read: (view, offset, length) =>
        length === 4 || length === 16 ? { family: length === 4 ? 4 : 6, bytes: copyOf(view, offset, length) } : undefined,
    write: (writer, value) => writer.raw(value.bytes),
};

/** A C struct of numbers without holes. */
export interface StructureLayout<Name extends string> {
    /** Bytes. */
    readonly size: number;
    /** Undefined when there are fewer bytes than that; newer kernels may append some, which are passed over. */
    read(view: DataView, offset: number, length: number): Readonly<Record<Name, number>> | undefined;
    /** Absent fields are 0. */
    write(writer: MessageWriter, values: Readonly<Partial<Record<Name, number>>>): void;
}

/** The struct of these fields, in this order. */
export function structure<Name extends string>(fields: Readonly<Record<Name, NumberLayout>>): StructureLayout<Name> {
    const list = Object.entries(fields) as [Name, NumberLayout][];
    const size = list.reduce((sum, [, field]) => sum + field.size, 0);
    return {
        size,
        read: (view, offset, length) => {
            if (length < size) {
                return undefined;
            }
            const values = {} as Record<Name, number>;
            let place = offset;
            for (const [name, field] of list) {
                values[name] = field.read(view, place, field.size) ?? 0;
                place += field.size;
            }
            return values;
        },
        write: (writer, values) => {
            for (const [name, field] of list) {
                field.write(writer, values[name] ?? 0);
            }
        },
    };
}

const MAX_TEXT = 4_096;

function readText(view: DataView, offset: number, length: number): string | undefined {
    if (length > MAX_TEXT) {
        return undefined;
    }
    let value = "";
    for (let index = 0; index < length; index++) {
        const code = view.getUint8(offset + index);
        if (code === 0) {
            break;
        }
        value += String.fromCharCode(code);
    }
    return value;
}

function copyOf(view: DataView, offset: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (let index = 0; index < length; index++) {
        bytes[index] = view.getUint8(offset + index);
    }
    return bytes;
}
