import { PageJudge } from "../../../core/health/conversation/http/page-judge.ts";
import type { PageTools } from "../../../core/health/conversation/http/page-tools.ts";
import { USER_AGENT } from "../../../core/health/conversation/http/request-bytes.ts";
import type { HttpProbe } from "../../../core/service/probe/http-probe.ts";
import { http2Exchange } from "./http2-exchange.ts";
import type { Talk } from "./stream-attempt.ts";

/** Fetches a page over HTTP/2. */
export function pageTalk({ request, expectation, tls }: HttpProbe, tools: PageTools): Talk {
    return (stream, tell) => {
        const judge = new PageJudge(expectation, tools);
        const { method, path, host, headers, body } = request;
        const wanted = {
            headers: {
                ...Object.fromEntries(headers.map(({ name, value }) => [name.toLowerCase(), value])),
                ":method": method,
                ":path": path,
                ":scheme": tls === undefined ? "http" : "https",
                ":authority": host,
                "user-agent": USER_AGENT,
            },
            body: body === undefined ? undefined : Buffer.from(body),
        };
        return http2Exchange(stream, wanted, {
            onHeaders: (answer) => {
                const refused = judge.refuseStatus(Number(answer[":status"]));
                if (refused !== undefined) {
                    tell(refused);
                }
            },
            onData: (bytes) => {
                judge.addRaw(bytes);
                judge.addPage(bytes);
                const outcome = judge.early;
                if (outcome !== undefined) {
                    tell(outcome);
                }
            },
            onTrailers: () => undefined,
            onEnd: () => tell(judge.judge()),
            onFailure: (reason) => tell({ type: "failure", reason }),
        });
    };
}
