import { connect, constants, type IncomingHttpHeaders, type OutgoingHttpHeaders } from "node:http2";
import type { Duplex } from "node:stream";

/** One request over HTTP/2. */
export interface Http2Request {
    readonly headers: OutgoingHttpHeaders;
    readonly body: Uint8Array | undefined;
}

/** Whom an exchange tells what comes. */
export interface Http2Listeners {
    onHeaders(headers: IncomingHttpHeaders): void;
    onData(bytes: Uint8Array): void;
    onTrailers(headers: IncomingHttpHeaders): void;
    onEnd(): void;
    /** In words for people. */
    onFailure(reason: string): void;
}

/** Asks one thing over a stream that speaks HTTP/2 (RFC 9113), and nothing more. */
export function http2Exchange(stream: Duplex, { headers, body }: Http2Request, listeners: Http2Listeners): { close(): void } {
    const session = connect("http://server", { createConnection: () => stream, settings: { enablePush: false } });
    const fail = (error: Error & { readonly code?: string }): void => listeners.onFailure(`HTTP/2: ${error.code ?? error.message}`);
    session.on("error", fail);
    const closed = (): void => listeners.onFailure("HTTP/2: connection closed");
    session.once("close", closed);
    let hasAnswer = false;
    const request = session.request(headers, { endStream: body === undefined });
    request.on("error", fail);
    request.once("response", (answer) => {
        hasAnswer = true;
        listeners.onHeaders(answer);
    });
    request.on("data", (bytes: Uint8Array) => listeners.onData(bytes));
    request.once("trailers", (trailers) => listeners.onTrailers(trailers));
    // Its end alone says little: a stream that is broken off ends for Node as well.
    request.once("close", () => (hasAnswer && request.rstCode === constants.NGHTTP2_NO_ERROR ? listeners.onEnd() : closed()));
    if (body !== undefined) {
        request.end(body);
    }
    return { close: () => session.destroy() };
}
