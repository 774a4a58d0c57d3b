import { viewOf } from "../../core/base/bytes.ts";

const AF_UNIX = 1;
const AF_NETLINK = 16;
const UNIX_PATH_LENGTH = 108;

/*
 * struct sockaddr_un
 *
 * +-----------------+----------------------------------------------------+
 * | family (2)      | path (up to 108), zero-terminated unless abstract  |
 * +-----------------+----------------------------------------------------+
 */

/** The address of a local socket. @param path a leading "@" stands for the zero byte of an abstract name; undefined when it is too long or has a zero byte */
export function unixSocketAddress(path: string): Uint8Array | undefined {
    const name = new TextEncoder().encode(path);
    const isAbstract = name[0] === 0x40;
    const length = name.length + (isAbstract ? 0 : 1);
    if (path === "" || length > UNIX_PATH_LENGTH || name.includes(0)) {
        return undefined;
    }
    const address = new Uint8Array(2 + length);
    viewOf(address).setUint16(0, AF_UNIX, true);
    address.set(name, 2);
    if (isAbstract) {
        address[2] = 0;
    }
    return address;
}

/*
 * struct sockaddr_nl
 *
 * +-----------------+-----------------+-----------------+-----------------+
 * | family (2)      | padding (2)     | port id (4)     | groups (4)      |
 * +-----------------+-----------------+-----------------+-----------------+
 */

/** A netlink address. @param portId 0 is the kernel as a destination, and lets the kernel choose when bound to */
export function netlinkSocketAddress(portId: number, groups: number): Uint8Array {
    const address = new Uint8Array(12);
    const view = viewOf(address);
    view.setUint16(0, AF_NETLINK, true);
    view.setUint32(4, portId, true);
    view.setUint32(8, groups >>> 0, true);
    return address;
}
