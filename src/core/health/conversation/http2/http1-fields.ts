const OF_HTTP_1: ReadonlySet<string> = new Set(["connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade"]);

/** RFC 9113 §8.2.2: fields that speak of a connection have no place in HTTP/2. @param name in lower case */
export function isOfHttp1(name: string): boolean {
    return OF_HTTP_1.has(name);
}
