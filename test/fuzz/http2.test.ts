import { Duplex } from "node:stream";
import { describe, expect, it } from "vitest";
import type { Outcome } from "../../src/core/health/outcome.ts";
import type { HttpProbe } from "../../src/core/service/probe/http-probe.ts";
import { md5, pageTools } from "../../src/io/health/page-tools.ts";
import { grpcTalk } from "../../src/io/health/stream/grpc-talk.ts";
import { pageTalk } from "../../src/io/health/stream/page-talk.ts";
import type { Talk } from "../../src/io/health/stream/stream-attempt.ts";
import { SeededRandom } from "../../src/sim/random.ts";
import { budgetMilliseconds } from "./budget.ts";
import { corpusOf, keep } from "./corpus.ts";
import { spoil } from "./spoiler.ts";

const NAME = "http2-answers";
/** Far more than a server takes that says it all at once and hangs up. */
const PATIENCE = 10_000;
const ENDPOINT = {} as HttpProbe["endpoint"];
const TALKS: Readonly<Record<string, () => Talk>> = {
    page: () =>
        pageTalk(
            {
                kind: "http",
                endpoint: ENDPOINT,
                request: { version: "2", closes: false, method: "GET", path: "/", host: "a.test", headers: [] },
                expectation: { statusCodes: [{ first: 200, last: 299 }] },
            },
            pageTools(() => ({ ok: false, error: "none" }), md5),
        ),
    health: () => grpcTalk({ kind: "grpc", endpoint: ENDPOINT, service: "", authority: "a.test" }),
};

/** A server that says this as soon as it has been asked, whatever it is asked, and hangs up. */
function serverThatSays(bytes: Uint8Array): Duplex {
    let isAsked = false;
    return new Duplex({
        read: () => undefined,
        write(_chunk, _encoding, done) {
            done();
            if (!isAsked) {
                isAsked = true;
                setImmediate(() => {
                    this.push(Buffer.from(bytes));
                    this.push(null);
                });
            }
        },
    });
}

/** What comes of it; undefined when nothing does. */
async function outcomeOf(talk: Talk, bytes: Uint8Array): Promise<Outcome | undefined> {
    let isOver: NodeJS.Timeout | undefined;
    const stream = serverThatSays(bytes);
    const told = new Promise<Outcome | undefined>((resolve) => {
        isOver = setTimeout(resolve, PATIENCE, undefined);
        stream.on("error", () => undefined);
        const { close } = talk(stream, (outcome) => {
            resolve(outcome);
            setImmediate(close);
        });
    });
    return told.finally(() => clearTimeout(isOver));
}

describe("frames of HTTP/2", () => {
    it("as servers send them are understood", async () => {
        const [page = new Uint8Array(0), health = new Uint8Array(0), broken = new Uint8Array(0)] = corpusOf(NAME);
        const ask = (kind: "page" | "health", bytes: Uint8Array) => outcomeOf(TALKS[kind]?.() as Talk, bytes);
        expect(await ask("page", page)).toEqual({ type: "success" });
        expect(await ask("health", health)).toEqual({ type: "success" });
        expect(await ask("page", broken)).toMatchObject({ type: "failure" });
    });

    const seed = Number(process.env["HOLDFAST_FUZZ_SEED"] ?? Date.now() % 1_000_000_007);

    it.each(Object.entries(TALKS))(`of any kind end a check of a %s (seed ${seed})`, async (_kind, talk) => {
        const random = new SeededRandom(seed);
        const corpus = corpusOf(NAME);
        const end = Date.now() + budgetMilliseconds(0.25);
        for (let run = 0; run < 20 || Date.now() < end; run++) {
            const bytes = spoil(corpus, random);
            const outcome = await outcomeOf(talk(), bytes);
            if (outcome === undefined) {
                keep(NAME, bytes, `seed ${seed}, run ${run}: no outcome`);
            }
            expect(outcome).toBeDefined();
        }
    });
});
