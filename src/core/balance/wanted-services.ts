import type { Family, IpAddress } from "../base/ip.ts";
import { type IpvsDestination, type IpvsService, SERVICE_FLAG, type ServiceIdentity } from "../netlink/ipvs.ts";
import type {
    Forwarding,
    RealServerSettings,
    ServedEntry,
    ServiceFlag,
    TransportProtocol,
    VirtualServerSettings,
} from "../service/virtual-server.ts";
import { destinationKey, portIn } from "./table.ts";

/** As IP's header has them. */
export const PROTOCOL_NUMBERS: Readonly<Record<TransportProtocol, number>> = { tcp: 6, udp: 17, sctp: 132 };
const FLAG_NUMBERS: Readonly<Record<ServiceFlag, number>> = {
    "one-packet": SERVICE_FLAG.onePacket,
    "scheduler-1": SERVICE_FLAG.scheduler1,
    "scheduler-2": SERVICE_FLAG.scheduler2,
    "scheduler-3": SERVICE_FLAG.scheduler3,
};
const ADDRESS_BITS: Readonly<Record<Family, number>> = { 4: 32, 6: 128 };

/** The kernel's services that a virtual server stands for: one an address and port, or a firewall mark. */
export function wantedServices(settings: VirtualServerSettings): readonly IpvsService[] {
    return settings.entries.flatMap(identitiesOf).map((identity) => wantedService(settings, identity));
}

/** What the kernel is to do with packets that are sent to a server. */
export function wantedDestination(
    { address, port, forwarding }: { readonly address: IpAddress; readonly port: number; readonly forwarding: Forwarding },
    weight: number,
    thresholds: Pick<IpvsDestination, "upperThreshold" | "lowerThreshold"> = { upperThreshold: 0, lowerThreshold: 0 },
): IpvsDestination {
    const { method, tunnel } = forwarding;
    const { upperThreshold, lowerThreshold } = thresholds;
    // Written out: there are thousands of them, and to spread an object costs several times as much.
    return tunnel === undefined
        ? { address, port, forwarding: method, weight, upperThreshold, lowerThreshold }
        : { address, port, forwarding: method, weight, upperThreshold, lowerThreshold, tunnel };
}

/** By what key a server stands in that service. */
export function keyIn(identity: ServiceIdentity, { address, port, forwarding: { method } }: RealServerSettings): string {
    return destinationKey({ address, port: portIn(identity, { port, forwarding: method }) });
}

function wantedService({ scheduler, flags, persistence, engine }: VirtualServerSettings, identity: ServiceIdentity): IpvsService {
    const all = ADDRESS_BITS[identity.type === "fwmark" ? identity.family : identity.address.family];
    const bits = flags.reduce((sum, flag) => sum | FLAG_NUMBERS[flag], persistence === undefined ? 0 : SERVICE_FLAG.persistent);
    const service = {
        identity,
        scheduler,
        flags: bits,
        persistence: persistence?.seconds ?? 0,
        granularity: Math.min(persistence?.granularity ?? all, all),
    };
    return engine === undefined ? service : { ...service, engine };
}

function identitiesOf(entry: ServedEntry): readonly ServiceIdentity[] {
    if (entry.type === "fwmark") {
        return [{ type: "fwmark", family: entry.family, mark: entry.mark }];
    }
    const { port } = entry;
    const protocol = PROTOCOL_NUMBERS[entry.protocol];
    return addressesOf(entry).map((address) => ({ type: "address", protocol, address, port }));
}

/** All addresses of an entry. */
export function addressesOf({ first, count }: ServedEntry & { readonly type: "addresses" }): readonly IpAddress[] {
    return Array.from({ length: count }, (_, distance) => behind(first, distance));
}

/** The address so far behind the first one. */
function behind(first: IpAddress, distance: number): IpAddress {
    const bytes = first.bytes.slice();
    let carry = distance;
    for (let place = bytes.length - 1; carry > 0 && place >= 0; place--) {
        carry += bytes[place] ?? 0;
        bytes[place] = carry & 0xff;
        carry >>>= 8;
    }
    return { family: first.family, bytes };
}
