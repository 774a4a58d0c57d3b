import { chmodSync, lstatSync, unlinkSync } from "node:fs";
import { createConnection, createServer, type Server, type Socket } from "node:net";

/** A request is one line and short. In bytes. */
const LONGEST_REQUEST = 64 * 1024;
/** Whoever connects and says nothing is sent away. In milliseconds. */
const PATIENCE = 10_000;
const MAX_CALLERS = 32;

/** Answers one request: JSON in, JSON out. */
export type ControlHandler = (request: unknown, answer: (value: unknown) => void) => void;

/**
 * Where a running daemon is asked: a socket in the file system that only its owner may use. One line of JSON is the request, one line the answer.
 */
export class ControlSocket {
    readonly #path: string;
    readonly #server: Server;
    readonly #callers = new Set<Socket>();

    /**
     * @param path nobody else may be using it: to be called under the lock of the daemon's pid file
     * @param onTrouble it cannot be listened there
     */
    constructor(path: string, handle: ControlHandler, onTrouble: (error: Error) => void) {
        this.#path = path;
        this.#server = createServer({ allowHalfOpen: true }, (socket) => this.#receive(socket, handle));
        this.#server.maxConnections = MAX_CALLERS;
        this.#server.on("error", onTrouble);
        removeSocket(path);
        // Between bind and chmod nobody else gets in either.
        const before = process.umask(0o177);
        this.#server.listen(path, () => chmodSync(path, 0o600));
        process.umask(before);
        this.#server.unref();
    }

    close(): void {
        this.#server.close();
        for (const socket of this.#callers) {
            socket.destroy();
        }
        removeSocket(this.#path);
    }

    #receive(socket: Socket, handle: ControlHandler): void {
        let text = "";
        let isAsked = false;
        this.#callers.add(socket);
        socket.setEncoding("utf8");
        socket.setTimeout(PATIENCE, () => (isAsked ? undefined : socket.destroy()));
        socket.on("close", () => this.#callers.delete(socket));
        socket.on("error", () => socket.destroy());
        socket.on("data", (piece: string) => {
            text += piece;
            const end = text.indexOf("\n");
            if (isAsked || (end < 0 && text.length <= LONGEST_REQUEST)) {
                return;
            }
            isAsked = true;
            handle(end < 0 ? undefined : parse(text.slice(0, end)), (value) => socket.end(`${JSON.stringify(value)}\n`));
        });
    }
}

/** Asks the daemon behind that socket. @throws Error when nobody answers there; its `code` is the errno's name where there is one */
export function askDaemon(path: string, request: unknown): Promise<unknown> {
    return new Promise((resolve, reject) => {
        let text = "";
        const socket = createConnection(path, () => socket.write(`${JSON.stringify(request)}\n`));
        socket.setEncoding("utf8");
        socket.on("data", (piece: string) => {
            text += piece;
        });
        socket.on("error", reject);
        socket.on("end", () => {
            socket.end();
            const value = parse(text);
            if (value === undefined) {
                reject(new Error("the daemon went away before it answered"));
            } else {
                resolve(value);
            }
        });
    });
}

function parse(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        return undefined;
    }
}

/** Only ever a socket: whatever else stands there is somebody's. */
function removeSocket(path: string): void {
    if (lstatSync(path, { throwIfNoEntry: false })?.isSocket() === true) {
        unlinkSync(path);
    }
}
