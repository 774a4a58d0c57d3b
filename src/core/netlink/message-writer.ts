import { align } from "./alignment.ts";
import { NETLINK } from "./message.ts";

/** More than any message about a link or an address needs: header, fixed part and all attributes. */
export const MAX_MESSAGE_LENGTH = 256;

/** Where a message has its flags. */
const FLAGS_AT = 6;
/** Where a message has its sequence number. */
const SEQUENCE_AT = 8;

/** Writes messages one behind the other into memory that it keeps, so that a batch costs no allocation. */
export class MessageWriter {
    readonly #bytes: Uint8Array;
    readonly #view: DataView;
    #length = 0;
    #start = 0;
    #begun = 0;

    /** @param capacity bytes for all messages of a batch; writing more throws a RangeError */
    constructor(capacity: number) {
        this.#bytes = new Uint8Array(capacity);
        this.#view = new DataView(this.#bytes.buffer);
    }

    /** How many bytes are written. */
    get length(): number {
        return this.#length;
    }

    /** How many messages were begun so far, in all batches. */
    get begun(): number {
        return this.#begun;
    }

    /** The memory; the first `length` bytes count. */
    get bytes(): Uint8Array {
        return this.#bytes;
    }

    /** Starts over. */
    clear(): void {
        this.#length = 0;
    }

    /** Begins a message; `end` completes its length. */
    begin(type: number, flags: number, sequence: number): void {
        this.#start = this.#length;
        this.#begun += 1;
        this.u32(0);
        this.u16(type);
        this.u16(flags);
        this.u32(sequence);
        this.u32(0);
    }

    /**
     * Writes the last message once more, with another sequence number; what else is to be other is patched by `overwrite`.
     *
     * @returns where the new message starts
     */
    repeat(sequence: number): number {
        const start = this.#length;
        this.#bytes.copyWithin(start, this.#start, start);
        this.#length += start - this.#start;
        this.#start = start;
        this.#begun += 1;
        this.#view.setUint32(start + SEQUENCE_AT, sequence, true);
        return start;
    }

    /** Puts other bytes in the place of what is written there. */
    overwrite(at: number, value: Uint8Array): void {
        this.#bytes.set(value, at);
    }

    /** Of all messages that are written, only the last one is to be acknowledged; refusals of the others are told in any case. */
    acknowledgeLastOnly(): void {
        for (let start = 0; start < this.#start; start += align(this.#view.getUint32(start, true))) {
            const flags = this.#view.getUint16(start + FLAGS_AT, true);
            this.#view.setUint16(start + FLAGS_AT, flags & ~NETLINK.NLM_F_ACK, true);
        }
    }

    end(): void {
        this.#view.setUint32(this.#start, this.#length - this.#start, true);
        this.#pad();
    }

    /** Begins an attribute, which may lie in another one; what it returns is for `endAttribute`. */
    beginAttribute(type: number): number {
        const start = this.#length;
        this.u16(0);
        this.u16(type);
        return start;
    }

    /** Completes the length of the attribute that began at `start`. */
    endAttribute(start: number): void {
        this.#view.setUint16(start, this.#length - start, true);
        this.#pad();
    }

    u8(value: number): void {
        this.#view.setUint8(this.#length, value);
        this.#length += 1;
    }

    u16(value: number): void {
        this.#view.setUint16(this.#length, value, true);
        this.#length += 2;
    }

    u32(value: number): void {
        this.#view.setUint32(this.#length, value, true);
        this.#length += 4;
    }

    raw(value: Uint8Array): void {
        this.#bytes.set(value, this.#length);
        this.#length += value.length;
    }

    #pad(): void {
        const end = align(this.#length);
        this.#bytes.fill(0, this.#length, end);
        this.#length = end;
    }
}
