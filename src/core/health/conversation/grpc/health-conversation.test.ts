import { describe, expect, it } from "vitest";
import { concatBytes } from "../../../base/bytes.ts";
import { FLAG } from "../http2/frame.ts";
import { data, headers, settings, talk } from "../http2/test-bench.ts";
import { healthConversation } from "./health-conversation.ts";

const { END_STREAM } = FLAG;
const OK = headers([":status: 200", "content-type: application/grpc"]);
const SERVES = [0, 0, 0, 0, 2, 8, 1];

function health(...said: readonly Uint8Array[]): string | undefined {
    const { outcome } = talk(healthConversation({ service: "", authority: "a.test" }), settings(), ...said);
    return outcome?.type === "failure" ? outcome.reason : outcome?.type;
}

describe("a service's health", () => {
    it("is asked for in one message", () => {
        const { send } = healthConversation({ service: "", authority: "a.test" }).opened();
        const asked = concatBytes(
            headers([
                ":method: POST",
                ":scheme: http",
                ":authority: a.test",
                ":path: /grpc.health.v1.Health/Check",
                "te: trailers",
                "content-type: application/grpc",
                "user-agent: KeepAliveClient",
            ]),
            data([0, 0, 0, 0, 0], END_STREAM),
        );
        expect(send?.slice(-asked.length)).toEqual(asked);
    });

    it("is what the message says, if the call succeeded", () => {
        const status = (code: string) => headers([`grpc-status: ${code}`], END_STREAM);
        expect(health(OK, data(SERVES.slice(0, 3)), data(SERVES.slice(3)), status("0"))).toBe("success");
        expect(health(OK, data([0, 0, 0, 0, 2, 8, 2]), status("0"))).toBe("service is NOT_SERVING");
        expect(health(OK, data(SERVES), status("14"))).toBe("gRPC status 14");
        expect(health(OK, data(SERVES, END_STREAM))).toBe("no gRPC status received");
        expect(health(OK, data(SERVES), headers(["x: y"], END_STREAM))).toBe("no gRPC status received");
        expect(health(OK, data([0]), status("0"))).toBe("malformed gRPC message");
    });

    it("may be told by a status alone, in the header", () => {
        expect(health(headers([":status: 200", "grpc-status: 5"], END_STREAM))).toBe("gRPC status 5");
        expect(health(headers([":status: 404", "grpc-status: 5"], END_STREAM))).toBe("status code 404");
    });

    it("is no long story", () => {
        expect(health(OK, data(new Uint8Array(1_000)), data(new Uint8Array(1_000)))).toBe("gRPC answer too long");
    });
});
