import { authenticationFailures, type RouterView, rejectionCount } from "./router-view.ts";

/** Statistics as text, in the layout that Keepalived's users parse. */
export function renderStatistics(views: readonly RouterView[]): string {
    return views.map(statisticsOf).join("");
}

function statisticsOf({ settings, snapshot }: RouterView): string {
    const counters = snapshot?.counters;
    const rejected = (reason: Parameters<typeof rejectionCount>[1]) => rejectionCount(counters, reason);
    return [
        `VRRP Instance: ${settings.name}`,
        "  Advertisements:",
        `    Received: ${counters?.advertisementsReceived ?? 0}`,
        `    Sent: ${counters?.advertisementsSent ?? 0}`,
        `  Became master: ${counters?.becameActive ?? 0}`,
        `  Released master: ${counters?.releasedActive ?? 0}`,
        "  Packet Errors:",
        `    Length: ${rejected("packet-length")}`,
        `    TTL: ${rejected("ttl")}`,
        `    Invalid Type: ${rejected("type")}`,
        `    Advertisement Interval: ${rejected("interval-mismatch")}`,
        `    Address List: ${counters?.addressListErrors ?? 0}`,
        "  Authentication Errors:",
        `    Invalid Type: ${rejected("authentication-type-invalid")}`,
        `    Type Mismatch: ${rejected("authentication-type-mismatch")}`,
        `    Failure: ${authenticationFailures(counters)}`,
        "  Authentication Extension Errors:",
        `    Missing: ${rejected("extension-missing") + (counters?.unsignedAccepted ?? 0)}`,
        `    Malformed: ${rejected("extension-malformed")}`,
        `    Unknown Key: ${rejected("extension-unknown-key")}`,
        `    Invalid HMAC: ${rejected("extension-invalid-hmac")}`,
        `    Stale: ${rejected("extension-stale")}`,
        `    Replay: ${rejected("extension-replayed")}`,
        "  Priority Zero:",
        `    Received: ${counters?.priorityZeroReceived ?? 0}`,
        `    Sent: ${counters?.priorityZeroSent ?? 0}`,
        "",
    ].join("\n");
}
