import type { VirtualAddress } from "../address/virtual-address.ts";
import { type IpAddress, ipKey } from "../base/ip.ts";
import type { ChangedParameter, KernelParameter } from "../link/link-parameters.ts";

/**
 * What a real server needs for DR: it takes packets to the virtual address, and tells nobody that it has it.
 */

/** What was changed on this machine, and has to be put back. */
export interface RealServerState {
    readonly addresses: readonly IpAddress[];
    readonly parameters: readonly ChangedParameter[];
}

/** Nothing was changed. */
export const UNCHANGED: RealServerState = { addresses: [], parameters: [] };

/** How things stand. */
export interface RealServerView {
    /** Of `lo`. */
    readonly standing: readonly IpAddress[];
    /** By path; absent where the kernel does not know one. */
    readonly parameters: ReadonlyMap<string, number>;
}

const LOOPBACK = "lo";
const SCOPE_GLOBAL = 0;

/** An answer to ARP only on the interface that has the address, questions only from addresses of their own interface: more is fine, too. */
const NEEDED = { arp_ignore: 1, arp_announce: 2 } as const;

/** The parameters of which each is to have at least this value. */
export const NEEDED_PARAMETERS: readonly KernelParameter[] = ["all", LOOPBACK].flatMap((name) =>
    Object.entries(NEEDED).map(([parameter, value]) => ({ path: `ipv4/conf/${name}/${parameter}`, value })),
);

/** What `add` is to change: the parameters first, or everybody would hear of the addresses. */
export function planAddition(wanted: readonly IpAddress[], view: RealServerView) {
    const standing = keysOf(view.standing);
    return {
        parameters: wanted.some(({ family }) => family === 4) ? unmet(view) : [],
        addresses: distinct(wanted).filter((address) => !standing.has(ipKey(address))),
    };
}

/** What `remove` is to change: addresses that were put up, and with the last one all parameters. @param wanted undefined is all */
export function planRemoval(wanted: readonly IpAddress[] | undefined, { addresses, parameters }: RealServerState) {
    const going = wanted === undefined ? undefined : keysOf(wanted);
    const staying = going === undefined ? [] : addresses.filter((address) => !going.has(ipKey(address)));
    const stayingKeys = keysOf(staying);
    return {
        addresses: addresses.filter((address) => !stayingKeys.has(ipKey(address))),
        state: { addresses: staying, parameters: staying.length === 0 ? [] : parameters },
    };
}

/** Whether a real server can be asked under these addresses. */
export function isReady(wanted: readonly IpAddress[], view: RealServerView): boolean {
    const { addresses, parameters } = planAddition(wanted, view);
    return wanted.length > 0 && addresses.length === 0 && parameters.length === 0;
}

/** Parameters that are not as they have to be. */
export function unmet({ parameters }: RealServerView): readonly KernelParameter[] {
    return NEEDED_PARAMETERS.filter(({ path, value }) => (parameters.get(path) ?? value) < value);
}

/** The address as it is to stand: alone in its network; an IPv6 address of it is not to be spoken from unless it was asked for. */
export function loopbackAddress(address: IpAddress): VirtualAddress {
    const prefixLength = 8 * address.bytes.length;
    const isDeprecated = address.family === 6 ? { preferredLifetime: 0 } : {};
    return { address, prefixLength, interfaceName: LOOPBACK, scope: SCOPE_GLOBAL, flags: 0, isTracked: false, ...isDeprecated };
}

function distinct(addresses: readonly IpAddress[]): readonly IpAddress[] {
    return [...new Map(addresses.map((address) => [ipKey(address), address])).values()];
}

function keysOf(addresses: readonly IpAddress[]): ReadonlySet<string> {
    return new Set(addresses.map(ipKey));
}
