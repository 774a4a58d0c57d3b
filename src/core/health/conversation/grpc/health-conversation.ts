import { concatBytes } from "../../../base/bytes.ts";
import type { GrpcProbe } from "../../../service/probe/grpc-probe.ts";
import { failed, type Outcome } from "../../outcome.ts";
import type { Conversation } from "../conversation.ts";
import { USER_AGENT } from "../http/request-bytes.ts";
import type { AnswerReader } from "../http2/answer-reader.ts";
import type { Field } from "../http2/hpack/field.ts";
import { Http2Conversation } from "../http2/http2-conversation.ts";
import { encodeHealthRequest, judgeHealthResponse, LONGEST_ANSWER } from "./health-message.ts";

const OK = "0";
const HTTP_OK = 200;

/** `GRPC_CHECK`: asks the standard health service, `grpc.health.v1.Health/Check`. */
export function healthConversation({ service, authority, tls }: Pick<GrpcProbe, "service" | "authority" | "tls">): Conversation {
    const request = {
        method: "POST",
        scheme: tls === undefined ? "http" : "https",
        authority,
        path: "/grpc.health.v1.Health/Check",
        headers: [
            { name: "te", value: "trailers" },
            { name: "content-type", value: "application/grpc" },
            { name: "user-agent", value: USER_AGENT },
        ],
        body: encodeHealthRequest(service),
    } as const;
    return new Http2Conversation(request, new HealthAnswer());
}

class HealthAnswer implements AnswerReader {
    #message: Uint8Array = new Uint8Array(0);
    #status: string | undefined;

    head(status: number, fields: readonly Field[]): Outcome | undefined {
        this.trailer(fields);
        return status === HTTP_OK ? undefined : failed(`status code ${status}`);
    }

    data(bytes: Uint8Array): Outcome | undefined {
        this.#message = concatBytes(this.#message, bytes);
        return this.#message.length > LONGEST_ANSWER ? failed("gRPC answer too long") : undefined;
    }

    /** The call's status stands behind the message, or, where there is none, in the header. */
    trailer(fields: readonly Field[]): void {
        this.#status = fields.find(({ name }) => name === "grpc-status")?.value ?? this.#status;
    }

    /** The call's own status comes first: without it there may be no message at all. */
    end(): Outcome {
        if (this.#status !== OK) {
            return failed(this.#status === undefined ? "no gRPC status received" : `gRPC status ${this.#status}`);
        }
        const judged = judgeHealthResponse(this.#message);
        return judged.ok ? { type: "success" } : failed(judged.error);
    }
}
