import { checked, openSocketIn } from "../../../src/app/cli/lab/namespace-socket.ts";
import { until } from "../../../src/app/cli/lab/until.ts";
import { formatIp, type IpAddress, parseIp } from "../../../src/core/base/ip.ts";
import type { Fd, NativeAddon } from "../../../src/io/native/addon.ts";
import { ipSocketAddress } from "../../../src/io/packet/socket-address.ts";
import { chunk, openSctp, SCTP, type SctpPacket, sctpPacket } from "./sctp-packet.ts";

/** Of IP's header. */
export const SCTP_PROTOCOL = 132;
const PATIENCE = { what: "an SCTP packet", limit: 10_000 };
const ROOM = 2_048;
const CLIENTS_TAG = 0x0c0c_0c0c;
const SERVERS_TAG = 0x0a0a_0a0a;
/** Window, streams out and in, first number: behind the tag in INIT and INIT ACK. */
const TERMS = [0, 0, 0xff, 0xff, 0, 1, 0, 1, 0, 0, 0, 1];
const COOKIE = [0, 7, 0, 8, 1, 2, 3, 4];

interface Heard extends SctpPacket {
    readonly from: string;
    readonly to: string;
}

interface ServersEnd {
    readonly fd: Fd;
    readonly namespace: string;
}

/**
 * Both ends of SCTP associations, for kernels that have none themselves but follow and translate them: the four packets that open one (RFC 9260 §5.1),
 * by raw sockets in network namespaces.
 */
export class HandMadeSctp {
    readonly #addon: NativeAddon;
    readonly #client: Fd;
    readonly #servers: ReadonlyMap<string, ServersEnd>;
    #port = 40_000;

    /** @param servers names of servers, and the namespaces in which they are */
    constructor(addon: NativeAddon, client: string, servers: Readonly<Record<string, string>>) {
        this.#addon = addon;
        this.#client = this.#open(client);
        const ends = Object.entries(servers).map(([name, namespace]): [string, ServersEnd] => [
            name,
            { fd: this.#open(namespace), namespace },
        ]);
        this.#servers = new Map(ends);
    }

    /** Opens an association, and answers with the server's name. @throws Error when a packet does not come, or not as it should */
    async associate(address: string, port: number): Promise<string> {
        const [source, to] = [this.#port++, ip(address)];
        this.#send(this.#client, to, { source, destination: port, tag: 0, chunk: chunk(SCTP.init, [...tagBytes(CLIENTS_TAG), ...TERMS]) });
        const [name, server, init] = await until(() => this.#heardByServer(), PATIENCE);
        expectChunk(init, SCTP.init, { source, destination: port, tag: 0 });
        const back = { source: port, destination: source, tag: CLIENTS_TAG };
        const accepting = chunk(SCTP.initAck, [...tagBytes(SERVERS_TAG), ...TERMS, ...COOKIE]);
        this.#reply(server, init, { ...back, chunk: accepting });
        expectChunk(await this.#heardFrom(this.#client, address), SCTP.initAck, back);
        const there = { source, destination: port, tag: SERVERS_TAG };
        this.#send(this.#client, to, { ...there, chunk: chunk(SCTP.cookieEcho, COOKIE.slice(4)) });
        expectChunk(await this.#heardFrom(server.fd, init.from), SCTP.cookieEcho, there);
        this.#reply(server, init, { ...back, chunk: chunk(SCTP.cookieAck, []) });
        expectChunk(await this.#heardFrom(this.#client, address), SCTP.cookieAck, back);
        return name;
    }

    close(): void {
        for (const fd of [this.#client, ...Array.from(this.#servers.values(), (server) => server.fd)]) {
            this.#addon.close(fd);
        }
    }

    #open(namespace: string): Fd {
        const { AF_INET: domain, SOCK_RAW: type } = this.#addon.constants;
        return openSocketIn(this.#addon, namespace, { domain, type, protocol: SCTP_PROTOCOL });
    }

    /** From the address that was spoken to, which is not the server's own where packets are handed on. */
    #reply({ namespace }: ServersEnd, { from, to }: Heard, packet: SctpPacket): void {
        const fd = this.#open(namespace);
        checked(this.#addon, "bind", this.#addon.bind(fd, ipSocketAddress(ip(to), 0)));
        this.#send(fd, ip(from), packet);
        this.#addon.close(fd);
    }

    #send(fd: Fd, to: IpAddress, packet: SctpPacket): void {
        const bytes = sctpPacket(packet);
        checked(this.#addon, "sendto", this.#addon.sendto(fd, bytes, 0, bytes.length, 0, ipSocketAddress(to, 0)));
    }

    #heardByServer(): readonly [string, ServersEnd, Heard] | undefined {
        for (const [name, server] of this.#servers) {
            const heard = this.#receive(server.fd);
            if (heard !== undefined) {
                return [name, server, heard];
            }
        }
        return undefined;
    }

    async #heardFrom(fd: Fd, address: string): Promise<Heard> {
        const heard = await until(() => this.#receive(fd), PATIENCE);
        if (heard.from !== address) {
            throw new Error(`from ${heard.from} instead of ${address}`);
        }
        return heard;
    }

    #receive(fd: Fd): Heard | undefined {
        const buffer = new Uint8Array(ROOM);
        const length = this.#addon.recv(fd, buffer, 0, ROOM, 0);
        if (length <= 0) {
            return undefined;
        }
        // A raw socket hears IP's header, too.
        const header = ((buffer[0] ?? 0) & 0xf) * 4;
        const address = (at: number) => formatIp({ family: 4, bytes: buffer.slice(at, at + 4) });
        return { ...openSctp(buffer.subarray(header, length)), from: address(12), to: address(16) };
    }
}

function expectChunk(heard: SctpPacket, type: number, { source, destination, tag }: Omit<SctpPacket, "chunk">): void {
    const seen = [heard.chunk[0], heard.source, heard.destination, heard.tag].join(" ");
    const wanted = [type, source, destination, tag].join(" ");
    if (seen !== wanted) {
        throw new Error(`chunk, ports and tag are ${seen} instead of ${wanted}`);
    }
}

function tagBytes(tag: number): readonly number[] {
    return [tag >>> 24, (tag >>> 16) & 0xff, (tag >>> 8) & 0xff, tag & 0xff];
}

function ip(text: string): IpAddress {
    const address = parseIp(text);
    if (address === undefined) {
        throw new Error(`no address: ${text}`);
    }
    return address;
}
