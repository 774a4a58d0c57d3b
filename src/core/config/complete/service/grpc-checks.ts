import type { CheckSettings } from "../../../service/check-settings.ts";
import type { grpcCheck } from "../../blocks/grpc-check.ts";
import type { BlockValue } from "../../schema.ts";
import { type CheckedServer, connectingCheck } from "./checked-server.ts";
import { hostOf } from "./http-checks.ts";
import { tlsSettingsOf } from "./tls-settings.ts";

type WrittenCheck = BlockValue<typeof grpcCheck>;

/** `GRPC_CHECK` of one real server. */
export function grpcChecks(server: CheckedServer): readonly CheckSettings[] {
    return server.written.GRPC_CHECK.map((written) => grpcCheckOf(written, server));
}

function grpcCheckOf(written: WrittenCheck, server: CheckedServer): CheckSettings {
    const hostName = written.virtualhost ?? server.written.virtualhost ?? server.virtualServer.virtualhost;
    return connectingCheck(written, server, {
        probe: (endpoint) => ({
            kind: "grpc",
            endpoint,
            service: written.service ?? "",
            authority: hostName ?? server.host ?? hostOf(endpoint),
            ...(written.tls === true && { tls: tlsSettingsOf(written, server, { hostName, isStrict: false }) }),
            ...(written.proxy_protocol !== undefined && { preamble: written.proxy_protocol }),
        }),
    });
}
