import { encodeHealthRequest, judgeHealthResponse, LONGEST_ANSWER } from "../../../core/health/conversation/grpc/health-message.ts";
import { USER_AGENT } from "../../../core/health/conversation/http/request-bytes.ts";
import type { Outcome } from "../../../core/health/outcome.ts";
import type { GrpcProbe } from "../../../core/service/probe/grpc-probe.ts";
import { http2Exchange } from "./http2-exchange.ts";
import type { Talk } from "./stream-attempt.ts";

const OK = "0";
const HTTP_OK = 200;

/** Asks the standard health service, `grpc.health.v1.Health/Check`. */
export function grpcTalk({ service, authority, tls }: GrpcProbe): Talk {
    return (stream, tell) => {
        const fail = (reason: string): void => tell({ type: "failure", reason });
        let message = Buffer.alloc(0);
        let status: string | undefined;
        const takeStatus = (headers: Readonly<Record<string, unknown>>): void => {
            const code = headers["grpc-status"];
            if (code !== undefined) {
                status = String(code);
            }
        };
        return http2Exchange(stream, requestFor(service, authority, tls !== undefined), {
            onHeaders: (headers) => {
                takeStatus(headers);
                if (Number(headers[":status"]) !== HTTP_OK) {
                    fail(`status code ${headers[":status"]}`);
                }
            },
            onData: (bytes) => {
                message = Buffer.concat([message, bytes]);
                if (message.length > LONGEST_ANSWER) {
                    fail("gRPC answer too long");
                }
            },
            onTrailers: takeStatus,
            onEnd: () => tell(judge(status, message)),
            onFailure: fail,
        });
    };
}

function requestFor(service: string, authority: string, isSecure: boolean) {
    return {
        headers: {
            ":method": "POST",
            ":path": "/grpc.health.v1.Health/Check",
            ":scheme": isSecure ? "https" : "http",
            ":authority": authority,
            te: "trailers",
            "content-type": "application/grpc",
            "user-agent": USER_AGENT,
        },
        body: encodeHealthRequest(service),
    };
}

/** The call's own status comes first: without it there may be no message at all. */
function judge(status: string | undefined, message: Uint8Array): Outcome {
    if (status !== OK) {
        return { type: "failure", reason: status === undefined ? "no gRPC status received" : `gRPC status ${status}` };
    }
    const judged = judgeHealthResponse(message);
    return judged.ok ? { type: "success" } : { type: "failure", reason: judged.error };
}
