import { bool, text } from "../arguments/words.ts";
import { block, keyword } from "../schema.ts";
import { CHECK, CONNECTION } from "./checker.ts";
import { CERTIFICATES, PREAMBLE, SERVER_NAME } from "./http-get.ts";

/** `GRPC_CHECK { … }` */
export const grpcCheck = block({
    documentation: "Asks the health service of gRPC, `grpc.health.v1.Health/Check`.",
    keywords: {
        ...CONNECTION,
        ...CHECK,
        ...SERVER_NAME,
        ...PREAMBLE,
        ...CERTIFICATES,
        service: keyword(text("NAME"), {
            documentation: "The service whose health is asked for.",
            defaultText: "the server as a whole",
            status: "acts",
        }),
        virtualhost: keyword(text("NAME"), { documentation: "Host name to ask for.", defaultText: "the real server's", status: "acts" }),
        tls: keyword(bool(), { documentation: "Asks over TLS.", defaultText: "off", status: "acts" }),
    },
});
