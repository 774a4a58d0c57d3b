import type { Duration } from "../base/instant.ts";
import { equalIp, type Family, formatIp, type IpAddress } from "../base/ip.ts";
import type { RealServerSettings } from "./virtual-server.ts";

/** A name in the place of an address: there is a real server wherever it leads. */
export interface ServerHost {
    readonly host: string;
    /** How often it is asked for; absent: as its records say. */
    readonly interval?: Duration;
}

/** Stands for the addresses of a name until they are known. */
export const UNKNOWN_ADDRESS: Readonly<Record<Family, IpAddress>> = {
    4: { family: 4, bytes: new Uint8Array(4) },
    6: { family: 6, bytes: new Uint8Array(16) },
};

/** The real server at one address of a name: as the one that was described for all of them, and so are its checks. */
export function serverAt({ named, ...description }: RealServerSettings, address: IpAddress): RealServerSettings {
    const server = withAddress(description, { from: description.address, to: address }) as RealServerSettings;
    return { ...server, name: description.name.replace(`[${named?.host}]`, `[${formatIp(address)}]`) };
}

/** Plain data in which one address is replaced by another wherever it stands. */
function withAddress(value: unknown, change: { readonly from: IpAddress; readonly to: IpAddress }): unknown {
    if (Array.isArray(value)) {
        return value.map((one) => withAddress(one, change));
    }
    if (typeof value !== "object" || value === null || value instanceof Uint8Array) {
        return value;
    }
    if (isAddress(value)) {
        return equalIp(value, change.from) ? change.to : value;
    }
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, withAddress(one, change)]));
}

function isAddress(value: object): value is IpAddress {
    return "family" in value && "bytes" in value && value.bytes instanceof Uint8Array;
}
