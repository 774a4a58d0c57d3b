import { createSocket } from "node:dgram";
import { Agent, createServer, request, type Server } from "node:http";
import { Socket } from "node:net";
import { checked, openSocketIn } from "../../../src/app/cli/lab/namespace-socket.ts";
import { parseIp } from "../../../src/core/base/ip.ts";
import type { NativeAddon } from "../../../src/io/native/addon.ts";
import { ipSocketAddress } from "../../../src/io/packet/socket-address.ts";

/** How often each server answered; trouble counts under its name. */
export type Answers = Readonly<Record<string, number>>;

const BACKLOG = 64;
const PATIENCE = 5_000;
/** Longer than any part of the lab waits between two questions over one connection. */
const KEPT_ALIVE = 600_000;

/** Whom to ask, and from where. */
export interface Question {
    readonly namespace: string;
    readonly address: string;
    readonly port?: number;
    /** Absent leaves it to the kernel. */
    readonly source?: string;
    /** Of IP's header; absent is TCP. */
    readonly protocol?: number;
}

/** Where a web server listens: on port 80 by TCP unless that is said. */
export type Entrance = Pick<Question, "port" | "protocol">;

/** A connection that stays open between questions. */
export interface KeptConnection {
    ask(): Promise<string>;
    close(): void;
}

/** HTTP and UDP inside network namespaces, by Node's own client and server on sockets that were made there: no process for each. */
export class NamespaceSockets {
    readonly #addon: NativeAddon;

    constructor(addon: NativeAddon) {
        this.#addon = addon;
    }

    /** A web server on a port of every address, that says its name. */
    serveHttp(namespace: string, name: string, { port = 80, protocol = 0 }: Entrance = {}): Server {
        const { constants } = this.#addon;
        const fd = openSocketIn(this.#addon, namespace, { domain: constants.AF_INET6, type: constants.SOCK_STREAM, protocol });
        checked(this.#addon, "setsockopt", this.#addon.setsockopt(fd, constants.SOL_SOCKET, constants.SO_REUSEADDR, 1));
        checked(this.#addon, "bind", this.#addon.bind(fd, socketAddress("::", port)));
        checked(this.#addon, "listen", this.#addon.listen(fd, BACKLOG));
        return createServer({ keepAliveTimeout: KEPT_ALIVE }, (_, response) => response.end(name)).listen({ fd });
    }

    /** Answers each datagram with the name. */
    serveUdp(namespace: string, name: string, port: number): void {
        const socket = createSocket("udp4");
        socket.on("message", (_, from) => socket.send(name, from.port, from.address));
        socket.bind({ fd: this.#bound(namespace, "0.0.0.0", port) });
    }

    /** One request over a connection of its own: the answer, or the trouble's name. */
    ask(question: Question): Promise<string> {
        return this.#get(question, undefined);
    }

    /** So many requests, one after the other. */
    async askOften(question: Question, count: number): Promise<Answers> {
        const answers: Record<string, number> = {};
        for (let asked = 0; asked < count; asked++) {
            const answer = await this.ask(question);
            answers[answer] = (answers[answer] ?? 0) + 1;
        }
        return answers;
    }

    /** One connection, over which the same is asked again and again. */
    keepAsking(question: Question): KeptConnection {
        const agent = new Agent({ keepAlive: true, maxSockets: 1 });
        agent.createConnection = () => this.#connect(question);
        return { ask: () => this.#get(question, agent), close: () => agent.destroy() };
    }

    /** One datagram and its answer, from a port of its own. */
    askUdp({ namespace, address, port = 53 }: Question): Promise<string> {
        const socket = createSocket("udp4");
        return new Promise((resolve) => {
            const end = (answer: string) => {
                clearTimeout(timer);
                socket.close();
                resolve(answer);
            };
            const timer = setTimeout(() => end("no answer"), PATIENCE);
            socket.on("message", (bytes) => end(String(bytes)));
            socket.on("listening", () => socket.send("who?", port, address));
            socket.bind({ fd: this.#bound(namespace, "0.0.0.0", 0) });
        });
    }

    #get(question: Question, agent: Agent | undefined): Promise<string> {
        return new Promise((resolve) => {
            const how = agent === undefined ? { createConnection: () => this.#connect(question) } : { agent };
            const asked = request({ host: question.address, timeout: PATIENCE, ...how }, (response) => {
                let answer = "";
                response.on("data", (bytes) => {
                    answer += bytes;
                });
                response.on("end", () => resolve(answer));
            });
            asked.on("timeout", () => asked.destroy());
            asked.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
            asked.end();
        });
    }

    #connect({ namespace, address, port = 80, source, protocol = 0 }: Question): Socket {
        const { constants } = this.#addon;
        const domain = address.includes(":") ? constants.AF_INET6 : constants.AF_INET;
        const fd = openSocketIn(this.#addon, namespace, { domain, type: constants.SOCK_STREAM, protocol });
        if (source !== undefined) {
            checked(this.#addon, "bind", this.#addon.bind(fd, socketAddress(source, 0)));
        }
        // What is written waits until the connection stands.
        const result = this.#addon.connect(fd, socketAddress(address, port));
        const socket = new Socket({ fd, readable: true, writable: true });
        // Whoever asks is told by the request; a connection may also be reset while nobody asks.
        socket.on("error", () => {});
        if (result < 0 && this.#addon.errnoNames[-result] !== "EINPROGRESS") {
            socket.destroy(new Error(this.#addon.errnoNames[-result]));
        }
        return socket;
    }

    #bound(namespace: string, address: string, port: number): number {
        const { constants } = this.#addon;
        const fd = openSocketIn(this.#addon, namespace, { domain: constants.AF_INET, type: constants.SOCK_DGRAM, protocol: 0 });
        checked(this.#addon, "bind", this.#addon.bind(fd, socketAddress(address, port)));
        return fd;
    }
}

function socketAddress(address: string, port: number): Uint8Array {
    const parsed = parseIp(address);
    if (parsed === undefined) {
        throw new Error(`no address: ${address}`);
    }
    const bytes = ipSocketAddress(parsed, 0);
    new DataView(bytes.buffer, bytes.byteOffset).setUint16(2, port);
    return bytes;
}
