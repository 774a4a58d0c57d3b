import { type IpAddress, parseIp } from "../../src/core/base/ip.ts";
import { success } from "../../src/core/base/result.ts";
import { AgentConversation } from "../../src/core/health/conversation/agent-conversation.ts";
import type { Conversation } from "../../src/core/health/conversation/conversation.ts";
import { healthConversation } from "../../src/core/health/conversation/grpc/health-conversation.ts";
import { judgeHealthResponse } from "../../src/core/health/conversation/grpc/health-message.ts";
import { HttpConversation } from "../../src/core/health/conversation/http/http-conversation.ts";
import { FrameReader } from "../../src/core/health/conversation/http2/frame-reader.ts";
import { LONGEST_HEADER } from "../../src/core/health/conversation/http2/header-assembly.ts";
import { HpackDecoder } from "../../src/core/health/conversation/http2/hpack/hpack-decoder.ts";
import { pageConversation } from "../../src/core/health/conversation/http2/page-conversation.ts";
import { decodeSettings } from "../../src/core/health/conversation/http2/settings.ts";
import { SmtpConversation } from "../../src/core/health/conversation/smtp-conversation.ts";
import { readFamily } from "../../src/core/netlink/genetlink.ts";
import { readDestination, readService } from "../../src/core/netlink/ipvs.ts";
import { readDaemon, readInfo, readTimeouts } from "../../src/core/netlink/ipvs-daemon.ts";
import { readDone, readError, readMessages } from "../../src/core/netlink/message.ts";
import { readTableNews } from "../../src/core/netlink/nftables.ts";
import { readProcessEvents } from "../../src/core/netlink/process-events.ts";
import { readRoute } from "../../src/core/netlink/route-messages.ts";
import { readAddress, readLink, readMarkedAddress } from "../../src/core/netlink/rtnetlink.ts";
import { readRule } from "../../src/core/netlink/rule-messages.ts";
import { readVrfLink } from "../../src/core/netlink/vrf-links.ts";
import { decodeAuthenticationHeader } from "../../src/core/packet/ah.ts";
import { decodeArp } from "../../src/core/packet/arp.ts";
import { decodeBfd } from "../../src/core/packet/bfd.ts";
import { decodeDnsResponse } from "../../src/core/packet/dns.ts";
import { decodeEthernet } from "../../src/core/packet/ethernet.ts";
import { decodeHmacTrailer } from "../../src/core/packet/hmac-trailer.ts";
import { decodeEcho } from "../../src/core/packet/icmp.ts";
import { decodeMembershipReport } from "../../src/core/packet/igmp.ts";
import { decodeIpv4 } from "../../src/core/packet/ipv4.ts";
import { decodeIpv6 } from "../../src/core/packet/ipv6.ts";
import { decodeNeighbourAdvertisement } from "../../src/core/packet/ndisc.ts";
import { decodeVrrp } from "../../src/core/packet/vrrp.ts";
import type { PageExpectation, PageRequest } from "../../src/core/service/probe/http-probe.ts";
import { readControlRequest } from "../../src/core/supervise/control-messages.ts";
import { FrameDecoder, readMessageText } from "../../src/io/ipc/frames.ts";

/** Something that takes foreign bytes and must never throw, whatever comes. */
export type Target = (bytes: Uint8Array) => unknown;

const ends = { source: parseIp("fe80::1") as IpAddress, destination: parseIp("ff02::1") as IpAddress };
const REQUEST: PageRequest = { version: "1.1", closes: true, method: "GET", path: "/", host: "10.0.0.2", headers: [] };
const EXPECTATION: PageExpectation = { statusCodes: [{ first: 200, last: 299 }], text: "fine" };
const TOOLS = { md5: () => ({ add: () => undefined, hexadecimal: () => "" }), matcher: () => success(() => true) };

/** Every decoder of foreign bytes, by the name of its corpus. */
export const TARGETS: Readonly<Record<string, Target>> = {
    ethernet: decodeEthernet,
    ipv4: decodeIpv4,
    ipv6: decodeIpv6,
    arp: decodeArp,
    "neighbour-advertisement": (bytes) => decodeNeighbourAdvertisement(bytes, ends),
    echo: (bytes) => [decodeEcho(bytes, { family: 6, ...ends }), decodeEcho(bytes, { family: 4, ...ends })],
    membership: decodeMembershipReport,
    vrrp: (bytes) => [decodeVrrp(bytes, 4), decodeVrrp(bytes, 6)],
    "authentication-header": decodeAuthenticationHeader,
    "authentication-trailer": decodeHmacTrailer,
    bfd: decodeBfd,
    dns: decodeDnsResponse,
    rtnetlink: (bytes) =>
        readMessages(bytes).map((message) => [
            readError(message),
            readDone(message),
            readLink(message.payload),
            readAddress(message.payload),
            readMarkedAddress(message.payload),
            readRoute(message.payload),
            readRule(message.payload),
            readVrfLink(message.payload),
        ]),
    genetlink: (bytes) => readMessages(bytes).map(({ payload }) => readFamily(payload)),
    ipvs: (bytes) =>
        readMessages(bytes).map(({ payload }) => [
            readService(payload),
            readDestination(payload, 4),
            readDestination(payload, 6),
            readDaemon(payload),
            readTimeouts(payload),
            readInfo(payload),
        ]),
    nftables: (bytes) => readMessages(bytes).map(({ type, payload }) => readTableNews(type, payload)),
    "process-events": readProcessEvents,
    frames: (bytes) => inPieces(new FrameDecoder(), bytes),
    "control-requests": (bytes) => {
        const message = readMessageText(Buffer.from(bytes).toString("utf8"));
        return message.ok ? readControlRequest(message.value) : message;
    },
    "http-answers": (bytes) => converse(new HttpConversation({ request: REQUEST, expectation: EXPECTATION }, TOOLS), bytes),
    hpack: (bytes) => {
        const decoder = new HpackDecoder();
        return pieces(bytes).map((piece) => decoder.decode(piece, LONGEST_HEADER));
    },
    "http2-frames": (bytes) => pieces(bytes).map(framesBy(new FrameReader())),
    "http2-answers": (bytes) => {
        converse(pageConversation({ request: { ...REQUEST, version: "2" }, expectation: EXPECTATION }, TOOLS), bytes);
        converse(healthConversation({ service: "", authority: "a.test" }), bytes);
    },
    "agent-answers": (bytes) => converse(new AgentConversation({ kind: "agent", endpoint: ENDPOINT }), bytes),
    "grpc-answers": judgeHealthResponse,
    "smtp-answers": (bytes) => converse(new SmtpConversation({ kind: "smtp", heloName: "lb1", endpoint: ENDPOINT }), bytes),
};

/** Where the answers would come from; a conversation does not ask. */
const ENDPOINT = {} as ConstructorParameters<typeof SmtpConversation>[0]["endpoint"];

function inPieces(decoder: FrameDecoder, bytes: Uint8Array): unknown {
    return pieces(bytes).map((piece) => decoder.push(piece));
}

/** Takes all frames of a piece, and reads each as if it were settings. */
function framesBy(reader: FrameReader): Target {
    return (piece) => {
        reader.add(piece);
        for (let next = reader.next(); next.ok && next.value !== undefined; next = reader.next()) {
            decodeSettings(next.value.payload);
        }
    };
}

/** The server says it all in two pieces, and hangs up. */
function converse(conversation: Conversation, bytes: Uint8Array): void {
    conversation.opened();
    for (const piece of pieces(bytes)) {
        if (conversation.received(piece).outcome !== undefined) {
            return;
        }
    }
    conversation.ended();
}

/** The first byte says where it is cut. */
function pieces(bytes: Uint8Array): readonly Uint8Array[] {
    const at = (bytes[0] ?? 0) % (bytes.length + 1);
    return [bytes.subarray(0, at), bytes.subarray(at)];
}
