import { randomInt } from "node:crypto";
import { AgentConversation } from "../../core/health/conversation/agent-conversation.ts";
import { GREETING } from "../../core/health/conversation/greeting.ts";
import { SmtpConversation } from "../../core/health/conversation/smtp-conversation.ts";
import { dnsExchange } from "../../core/health/exchange/dns-exchange.ts";
import type { Exchange } from "../../core/health/exchange/exchange.ts";
import { udpExchange } from "../../core/health/exchange/udp-exchange.ts";
import type { Endpoint } from "../../core/service/probe/endpoint.ts";
import type { NativeAddon } from "../native/addon.ts";
import type { WatchList } from "../native/watch-list.ts";
import type { AttemptHost, Connectors } from "./attempt.ts";
import { openCheckSocket } from "./check-socket.ts";
import { DatagramAttempt } from "./datagram-attempt.ts";
import { GrpcAttempts } from "./grpc-attempts.ts";
import { HttpAttempts } from "./http-attempts.ts";
import { LateStreams } from "./late-streams.ts";
import { PingPlan } from "./ping-plan.ts";
import { TcpConnection } from "./tcp-connection.ts";
import { socketGround } from "./watched-socket.ts";

const DNS_IDS = 0x1_0000;

/** How this machine carries probes out. @param watches for their sockets, which the caller has drained @param runScript programs are run elsewhere */
export function connectorsOf(system: NativeAddon, watches: WatchList, runScript: Connectors["script"]): Connectors {
    const ground = socketGround(system, watches);
    const { SOCK_DGRAM: type, IPPROTO_UDP: protocol } = system.constants;
    const overUdp = (endpoint: Endpoint, exchange: Exchange, host: AttemptHost) =>
        new DatagramAttempt(ground, host, {
            endpoint,
            open: () => openCheckSocket(system, endpoint, { type, protocol }),
            exchangeFrom: () => exchange,
        });
    const streams = new LateStreams(ground);
    const pages = new HttpAttempts(ground, streams);
    const services = new GrpcAttempts(ground, streams);
    return {
        grpc: (probe, host) => services.make(probe, host),
        http: (probe, host) => pages.make(probe, host),
        tcp: ({ endpoint }, host) => new TcpConnection(ground, host, { endpoint, conversation: GREETING }),
        smtp: (probe, host) => new TcpConnection(ground, host, { endpoint: probe.endpoint, conversation: new SmtpConversation(probe) }),
        dns: (probe, host) => overUdp(probe.endpoint, dnsExchange(probe, randomInt(DNS_IDS)), host),
        udp: (probe, host) => overUdp(probe.endpoint, udpExchange(probe), host),
        ping: ({ endpoint }, host) => new DatagramAttempt(ground, host, new PingPlan(system, endpoint)),
        agent: (probe, host) => new TcpConnection(ground, host, { endpoint: probe.endpoint, conversation: new AgentConversation(probe) }),
        script: runScript,
    };
}
