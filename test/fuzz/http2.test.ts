import { Duplex } from "node:stream";
import { describe, expect, it } from "vitest";
import { concatBytes } from "../../src/core/base/bytes.ts";
import type { Conversation } from "../../src/core/health/conversation/conversation.ts";
import { healthConversation } from "../../src/core/health/conversation/grpc/health-conversation.ts";
import { encodeFrame, type Frame } from "../../src/core/health/conversation/http2/frame.ts";
import { FrameReader } from "../../src/core/health/conversation/http2/frame-reader.ts";
import { pageConversation } from "../../src/core/health/conversation/http2/page-conversation.ts";
import type { Outcome } from "../../src/core/health/outcome.ts";
import { md5, pageTools } from "../../src/io/health/page-tools.ts";
import { converse } from "../../src/io/health/stream/converse.ts";
import { SeededRandom } from "../../src/sim/random.ts";
import { budgetMilliseconds } from "./budget.ts";
import { corpusOf, keep } from "./corpus.ts";
import { spoil } from "./spoiler.ts";

const NAME = "http2-answers";
/** Far more than a server takes that says it all at once and hangs up. */
const PATIENCE = 10_000;
const TOOLS = pageTools(() => ({ ok: false, error: "none" }), md5);
const CHECKS = {
    page: () =>
        pageConversation(
            {
                request: { version: "2", closes: false, method: "GET", path: "/", host: "a.test", headers: [] },
                expectation: { statusCodes: [{ first: 200, last: 299 }] },
            },
            TOOLS,
        ),
    health: () => healthConversation({ service: "", authority: "a.test" }),
} satisfies Readonly<Record<string, () => Conversation>>;

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

/** What comes of it over a stream; undefined when nothing does. */
async function outcomeOf(conversation: Conversation, bytes: Uint8Array): Promise<Outcome | undefined> {
    let isOver: NodeJS.Timeout | undefined;
    const stream = serverThatSays(bytes);
    const told = new Promise<Outcome | undefined>((resolve) => {
        isOver = setTimeout(resolve, PATIENCE, undefined);
        converse(stream, conversation, resolve);
    });
    return told.finally(() => clearTimeout(isOver));
}

/** The same without one. */
function verdictOn(conversation: Conversation, bytes: Uint8Array): Outcome | undefined {
    conversation.opened();
    return conversation.received(bytes).outcome ?? conversation.ended().outcome;
}

function framesOf(bytes: Uint8Array): readonly Frame[] {
    const reader = new FrameReader();
    reader.add(bytes);
    const frames: Frame[] = [];
    for (let next = reader.next(); next.ok && next.value !== undefined; next = reader.next()) {
        frames.push(next.value);
    }
    return frames;
}

/** Frames of servers in any order, some with another type, other flags, another stream, another payload; and so up to any of them. */
function reorder(frames: readonly Frame[], random: SeededRandom): Uint8Array {
    const one = (): Frame => frames[random.integer(0, frames.length - 1)] as Frame;
    const chosen = Array.from({ length: random.integer(1, 20) }, (): Frame => {
        const frame = one();
        switch (random.integer(0, 6)) {
            case 0:
                return { ...frame, flags: random.integer(0, 255) };
            case 1:
                return { ...frame, stream: random.integer(0, 2) };
            case 2:
                return { ...frame, type: random.integer(0, 10) };
            case 3:
                return { ...frame, payload: spoil([frame.payload], random) };
            default:
                return frame;
        }
    });
    const isPolite = random.integer(0, 9) > 0;
    return concatBytes(...[...(isPolite ? frames.slice(0, 1) : []), ...chosen].map(encodeFrame));
}

describe("frames of HTTP/2", () => {
    it("as servers send them are understood", async () => {
        const [page = new Uint8Array(0), health = new Uint8Array(0), broken = new Uint8Array(0)] = corpusOf(NAME);
        expect(await outcomeOf(CHECKS.page(), page)).toEqual({ type: "success" });
        expect(await outcomeOf(CHECKS.health(), health)).toEqual({ type: "success" });
        expect(await outcomeOf(CHECKS.page(), broken)).toMatchObject({ type: "failure" });
    });

    const seed = Number(process.env["HOLDFAST_FUZZ_SEED"] ?? Date.now() % 1_000_000_007);

    it.each(Object.entries(CHECKS))(`of any kind end a check of a %s over a stream (seed ${seed})`, async (_kind, check) => {
        const random = new SeededRandom(seed);
        const corpus = corpusOf(NAME);
        const end = Date.now() + budgetMilliseconds(0.25);
        for (let run = 0; run < 200 || Date.now() < end; run++) {
            const bytes = spoil(corpus, random);
            const outcome = await outcomeOf(check(), bytes);
            if (outcome === undefined) {
                keep(NAME, bytes, `seed ${seed}, run ${run}: no outcome`);
            }
            expect(outcome).toBeDefined();
        }
    });

    it.each(Object.entries(CHECKS))(`in any order end a check of a %s (seed ${seed})`, (_kind, check) => {
        const random = new SeededRandom(seed);
        const frames = corpusOf(NAME).flatMap(framesOf);
        const seen = new Set<string>();
        const end = Date.now() + budgetMilliseconds(0.25);
        for (let run = 0; run < 2_000 || run % 200 !== 0 || Date.now() < end; run++) {
            const outcome = verdictOn(check(), reorder(frames, random));
            expect(outcome).toBeDefined();
            seen.add(outcome?.type === "failure" ? outcome.reason.replaceAll(/\d+/g, "N") : "success");
        }
        // Far into the conversation, and not only up to its first refusal.
        expect(seen.size).toBeGreaterThan(15);
    });
});
