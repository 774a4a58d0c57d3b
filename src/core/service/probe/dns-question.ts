/** RFC 1035 §2.3.4 */
const LONGEST_LABEL = 63;
/** As it is written: 255 bytes on the wire, less the first length and the root's. */
const LONGEST_NAME = 253;

/** Numbers of record types that can be asked for (RFC 1035 §3.2.2, RFC 3596, RFC 4034). */
export const RECORD_TYPES = { A: 1, NS: 2, CNAME: 5, SOA: 6, MX: 15, TXT: 16, AAAA: 28, RRSIG: 46, DNSKEY: 48 } as const;

/** The labels of a name, or undefined when it is none. `.` is the root, which has none. */
export function labelsOf(name: string): readonly string[] | undefined {
    const written = name.replace(/\.$/, "");
    if (written === "") {
        return name === "." ? [] : undefined;
    }
    const labels = written.split(".");
    const isWellFormed = labels.every((label) => label.length <= LONGEST_LABEL && /^[\x21-\x7e]+$/.test(label));
    return isWellFormed && written.length <= LONGEST_NAME ? labels : undefined;
}
