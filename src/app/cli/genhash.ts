import type { IpAddress } from "../../core/base/ip.ts";
import { parseIp } from "../../core/base/ip.ts";
import { type Result, rejected, success } from "../../core/base/result.ts";
import type { RunningDigest } from "../../core/health/conversation/http/page-tools.ts";
import type { Outcome } from "../../core/health/outcome.ts";
import type { HttpProbe } from "../../core/service/probe/http-probe.ts";
import { HttpAttempts } from "../../io/health/http-attempts.ts";
import { LateStreams } from "../../io/health/late-streams.ts";
import { md5 } from "../../io/health/page-tools.ts";
import { socketGround } from "../../io/health/watched-socket.ts";
import { loadAddon } from "../../io/native/load.ts";
import { WatchList } from "../../io/native/watch-list.ts";
import { type OptionSpec, readOptions } from "../getopt.ts";
import type { Streams } from "./check.ts";

const STATUS = { done: 0, failed: 1 } as const;
const DEFAULT_TIMEOUT = 5;
const PROTOCOLS = { "1.0": ["1.0", false], "1.0c": ["1.0", true], "1.0C": ["1.0", true], "1.1": ["1.1", true] } as const;

const OPTIONS = [
    { short: "s", long: "server", argument: "required" },
    { short: "p", long: "port", argument: "required" },
    { short: "u", long: "url", argument: "required" },
    { short: "S", long: "use-ssl", argument: "none" },
    { short: "I", long: "use-sni", argument: "none" },
    { short: "V", long: "use-virtualhost", argument: "required" },
    { short: "P", long: "protocol", argument: "required" },
    { short: "t", long: "timeout", argument: "required" },
    { short: "m", long: "fwmark", argument: "required" },
    { short: "v", long: "verbose", argument: "none" },
    { short: "h", long: "help", argument: "none" },
] as const satisfies readonly OptionSpec[];

type Option = (typeof OPTIONS)[number]["long"];

const USAGE = `usage: holdfast genhash -s ADDRESS -p PORT -u PATH [options]
Fetches a page as HTTP_GET and SSL_GET do, and says the MD5 digest that their keyword \`digest\` takes.
  -s, --server ADDRESS         the server's address
  -p, --port PORT              its port
  -u, --url PATH               the page
  -S, --use-ssl                over TLS
  -I, --use-sni                names the virtual host in the TLS handshake, too
  -V, --use-virtualhost NAME   the host name to ask for; the address and port when not given
  -P, --protocol FORM          1.0 (as when not given), 1.0c (with "Connection: close") or 1.1
  -t, --timeout SECONDS        how long to wait for a word of the server's; ${DEFAULT_TIMEOUT} when not given
  -m, --fwmark N               firewall mark of the packets
  -v, --verbose                says how long the page is and how long it took, too
Exit status: 0 with a digest, 1 without one.
`;

/** What is to be fetched. */
interface Wish {
    readonly probe: HttpProbe;
    /** Milliseconds. */
    readonly timeout: number;
    readonly isVerbose: boolean;
}

/** `holdfast genhash`, and `genhash` as Keepalived has it. */
export async function runGenhash(argv: readonly string[], streams: Streams): Promise<number> {
    const wish = parseWish(argv);
    if (!wish.ok) {
        streams.errors.write(`${wish.error === "" ? "" : `genhash: ${wish.error}\n`}${USAGE}`);
        return STATUS.failed;
    }
    const start = performance.now();
    const { digest, length, reason } = await fetchDigest(wish.value);
    if (digest === undefined) {
        streams.errors.write(`genhash: ${reason}\n`);
        return STATUS.failed;
    }
    const took = Math.round((performance.now() - start) * 1_000);
    streams.output.write(`${digest}\n`);
    if (wish.value.isVerbose) {
        streams.output.write(`${length} bytes, Global response time for [${wish.value.probe.request.path}] = ${took} usecs\n`);
    }
    return STATUS.done;
}

interface Fetched {
    readonly digest: string | undefined;
    readonly length: number;
    readonly reason: string;
}

/** The check is made as ever, and only its digest looked at. */
function fetchDigest({ probe, timeout }: Wish): Promise<Fetched> {
    let [digest, length]: [string | undefined, number] = [undefined, 0];
    const watched = (): RunningDigest => {
        const running = md5();
        return {
            add: (bytes) => {
                length += bytes.length;
                running.add(bytes);
            },
            hexadecimal: () => {
                digest = running.hexadecimal();
                return digest;
            },
        };
    };
    return new Promise((resolve) => {
        const system = loadAddon();
        const watches = new WatchList(system, (list) => list.drain());
        const ground = socketGround(system, watches);
        const attempts = new HttpAttempts(ground, new LateStreams(ground), watched);
        const tell = (outcome: Outcome): void => {
            clearTimeout(timer);
            watches.close();
            resolve({ digest, length, reason: outcome.type === "success" ? "" : outcome.reason });
        };
        const attempt = attempts.make(probe, { onOutcome: tell, onProgress: () => timer.refresh() });
        const timer = setTimeout(() => {
            attempt.close();
            tell({ type: "failure", reason: "no answer in time" });
        }, timeout);
        attempt.begin();
    });
}

function parseWish(argv: readonly string[]): Result<Wish, string> {
    const read = readOptions<Option>(argv, OPTIONS);
    if (!read.ok) {
        return read;
    }
    const given = new Map(read.value.options.map(({ name, argument }): [Option, string] => [name, argument ?? ""]));
    const address = parseIp(given.get("server") ?? "");
    const form = PROTOCOLS[(given.get("protocol") ?? "1.0") as keyof typeof PROTOCOLS];
    const [port, timeout, mark] = [given.get("port") ?? "", given.get("timeout") ?? DEFAULT_TIMEOUT, given.get("fwmark") ?? 0].map(Number);
    if (given.has("help") || !given.has("server") || !given.has("port") || !given.has("url")) {
        return rejected(given.has("help") ? "" : "server, port and url are needed");
    }
    if (address === undefined || form === undefined) {
        return rejected(
            address === undefined
                ? `'${given.get("server")}' is not an address`
                : `invalid HTTP protocol version '${given.get("protocol")}'`,
        );
    }
    if (!isWithin(port, 1, 65_535) || !((timeout ?? 0) > 0) || !isWithin(mark, 0, 4_294_967_295)) {
        return rejected("port, timeout and fwmark are numbers");
    }
    const [version, closes] = form;
    return success({
        probe: probeOf(given, { address, port: port ?? 0, mark: mark ?? 0, version, closes }),
        timeout: (timeout ?? DEFAULT_TIMEOUT) * 1_000,
        isVerbose: given.has("verbose"),
    });
}

interface Target {
    readonly address: IpAddress;
    readonly port: number;
    readonly mark: number;
    readonly version: "1.0" | "1.1";
    readonly closes: boolean;
}

function probeOf(given: ReadonlyMap<Option, string>, { address, port, mark, version, closes }: Target): HttpProbe {
    const server = given.get("server") ?? "";
    const virtualHost = given.get("use-virtualhost");
    const host = virtualHost ?? (address.family === 4 ? `${server}:${port}` : `[${server}]:${port}`);
    return {
        kind: "http",
        endpoint: { address, port, mark },
        request: { version, closes, method: "GET", path: given.get("url") ?? "/", host, headers: [] },
        // Whatever comes has a digest; that it is another one than this is what we are after.
        expectation: { statusCodes: [{ first: 0, last: 999 }], digest: "" },
        ...(given.has("use-ssl") && {
            tls: { isStrict: false, ...(given.has("use-sni") && virtualHost !== undefined && { serverName: virtualHost }) },
        }),
    };
}

function isWithin(value: number | undefined, least: number, most: number): boolean {
    return value !== undefined && Number.isInteger(value) && value >= least && value <= most;
}
