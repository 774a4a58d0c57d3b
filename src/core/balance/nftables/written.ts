import { formatIp, parseIp } from "../../base/ip.ts";
import type { IpvsDestination, IpvsService, ServiceIdentity } from "../../netlink/ipvs.ts";

/**
 * What our rules say of themselves, as comments: with them a successor knows what stands, and so does who reads the rules.
 */

const FORWARDINGS = ["nat", "route"] as const;

/** `service tcp 10.0.0.1 80 wrr flags 1 persistence 300 32`; all that makes a service. */
export function writtenService({ identity, scheduler, flags, persistence, granularity }: IpvsService): string {
    const where = identity.type === "fwmark" ? `fwmark ${identity.family} ${identity.mark}` : addressWords(identity);
    return `service ${where} ${scheduler} ${flags} ${persistence} ${granularity}`;
}

/** `server 10.0.0.2 80 nat 3 0 0 of 5`; all that makes a destination, and the number of its service. */
export function writtenServer(
    { address, port, forwarding, weight, upperThreshold, lowerThreshold }: IpvsDestination,
    service: number,
): string {
    return `server ${formatIp(address)} ${port} ${forwarding} ${weight} ${upperThreshold} ${lowerThreshold} of ${service}`;
}

/** The service of such a comment; undefined when it is none. */
export function readService(comment: string): IpvsService | undefined {
    const [word, kind, first = "", second = "", scheduler = "", ...rest] = comment.split(" ");
    const [flags, persistence, granularity] = numbers(rest, 3);
    const identity = word === "service" ? identityOf(kind ?? "", first, second) : undefined;
    return identity === undefined || flags === undefined || persistence === undefined || granularity === undefined
        ? undefined
        : { identity, scheduler, flags, persistence, granularity };
}

/** The destination of such a comment and its service; undefined when it is none. */
export function readServer(comment: string): { readonly destination: IpvsDestination; readonly service: number } | undefined {
    const [word, where = "", portText = "", method, ...rest] = comment.replace(" of ", " ").split(" ");
    const address = word === "server" ? parseIp(where) : undefined;
    const forwarding = FORWARDINGS.find((one) => one === method);
    const [port] = numbers([portText], 1);
    const [weight, upperThreshold, lowerThreshold, service] = numbers(rest, 4);
    return address === undefined ||
        forwarding === undefined ||
        port === undefined ||
        weight === undefined ||
        upperThreshold === undefined ||
        lowerThreshold === undefined ||
        service === undefined
        ? undefined
        : { destination: { address, port, forwarding, weight, upperThreshold, lowerThreshold }, service };
}

function addressWords({ protocol, address, port }: ServiceIdentity & { readonly type: "address" }): string {
    return `${protocol} ${formatIp(address)} ${port}`;
}

function identityOf(kind: string, first: string, second: string): ServiceIdentity | undefined {
    const [number] = numbers([second], 1);
    if (number === undefined) {
        return undefined;
    }
    if (kind === "fwmark") {
        return first === "4" || first === "6" ? { type: "fwmark", family: first === "4" ? 4 : 6, mark: number } : undefined;
    }
    const address = parseIp(first);
    const [protocol] = numbers([kind], 1);
    return address === undefined || protocol === undefined ? undefined : { type: "address", protocol, address, port: number };
}

/** All of them, or none. */
function numbers(words: readonly string[], count: number): readonly number[] {
    return words.length === count && words.every((word) => /^\d{1,10}$/.test(word)) ? words.map(Number) : [];
}
