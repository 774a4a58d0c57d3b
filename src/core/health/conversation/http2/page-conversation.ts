import { utf8 } from "../../../base/utf8.ts";
import type { HttpProbe } from "../../../service/probe/http-probe.ts";
import type { Outcome } from "../../outcome.ts";
import type { Conversation } from "../conversation.ts";
import { PageJudge } from "../http/page-judge.ts";
import type { PageTools } from "../http/page-tools.ts";
import { USER_AGENT } from "../http/request-bytes.ts";
import type { AnswerReader } from "./answer-reader.ts";
import { isOfHttp1 } from "./http1-fields.ts";
import { Http2Conversation } from "./http2-conversation.ts";
import type { Http2Request } from "./http2-request.ts";

/** `HTTP_GET` over HTTP/2. */
export function pageConversation(probe: Pick<HttpProbe, "request" | "expectation" | "tls">, tools: PageTools): Conversation {
    return new Http2Conversation(requestOf(probe), new PageAnswer(new PageJudge(probe.expectation, tools)));
}

function requestOf({ request, tls }: Pick<HttpProbe, "request" | "tls">): Http2Request {
    const { method, path, host, headers, body = "" } = request;
    // Each once: the last of those that are wanted, and our own name.
    const wanted = new Map(headers.map(({ name, value }) => [name.toLowerCase(), value.trim()]));
    wanted.set("user-agent", USER_AGENT);
    return {
        method,
        scheme: tls === undefined ? "http" : "https",
        authority: host,
        path,
        headers: Array.from(wanted, ([name, value]) => ({ name, value })).filter(({ name }) => !isOfHttp1(name)),
        body: utf8(body),
    };
}

class PageAnswer implements AnswerReader {
    readonly #judge: PageJudge;

    constructor(judge: PageJudge) {
        this.#judge = judge;
    }

    head(status: number): Outcome | undefined {
        return this.#judge.refuseStatus(status);
    }

    data(bytes: Uint8Array): Outcome | undefined {
        this.#judge.addRaw(bytes);
        this.#judge.addPage(bytes);
        return this.#judge.early;
    }

    trailer(): void {
        // It is no part of the page.
    }

    end(): Outcome {
        return this.#judge.judge();
    }
}
