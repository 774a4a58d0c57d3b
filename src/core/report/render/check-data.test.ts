import { expect, it } from "vitest";
import type { VirtualServerView } from "../../balance/views.ts";
import { instant, milliseconds, NO_TIME } from "../../base/instant.ts";
import { renderCheckData } from "./check-data.ts";

const CALENDAR = { unixSeconds: (at: number) => at / 1e6, text: () => "some day" };
const SERVER = { weight: 3, traffic: {} } as const;
const VIEW: VirtualServerView = {
    name: "[10.0.0.1]:tcp:80",
    scheduler: "wrr",
    quorum: 2,
    hysteresis: 1,
    hasQuorum: true,
    traffic: { connections: 7, inPackets: 9, outPackets: 8, inBytes: 900, outBytes: 800 },
    servers: [
        {
            ...SERVER,
            name: "[10.0.0.2]:tcp:80",
            isUp: true,
            traffic: { connections: 4, active: 1, inactive: 0 },
            checks: [
                { kind: "tcp", isUp: true, last: { outcome: { type: "success" }, latency: milliseconds(1.25), at: instant(5e6) } },
                { kind: "http", isUp: true },
            ],
        },
        {
            ...SERVER,
            name: "[10.0.0.3]:tcp:80",
            isUp: false,
            checks: [
                {
                    kind: "script",
                    about: "/bin/look",
                    isUp: false,
                    last: { outcome: { type: "failure", reason: "exited with status 1" }, latency: NO_TIME, at: instant(6e6) },
                },
            ],
        },
    ],
};

it("shows who is alive, what each check said last, and what was counted", () => {
    expect(renderCheckData([VIEW], CALENDAR).split("\n")).toEqual([
        "------< LVS Topology >------",
        " ------< Virtual server >------",
        " VS = [10.0.0.1]:tcp:80",
        "   lvs_sched = wrr",
        "   quorum = 2, hysteresis = 1",
        "   quorum_state_up = 1",
        "   connections = 7",
        "   packets in = 9",
        "   packets out = 8",
        "   bytes in = 900",
        "   bytes out = 800",
        "   ------< Real server >------",
        "   RS = [10.0.0.2]:tcp:80",
        "     alive = 1",
        "     effective weight = 3",
        "     connections = 4",
        "     active connections = 1",
        "     inactive connections = 0",
        "     TCP_CHECK = UP, last: success after 1.3 ms, at 5.000000 (some day)",
        "     HTTP_CHECK = UP",
        "   ------< Real server >------",
        "   RS = [10.0.0.3]:tcp:80",
        "     alive = 0",
        "     effective weight = 3",
        "     MISC_CHECK [/bin/look] = DOWN, last: exited with status 1 after 0.0 ms, at 6.000000 (some day)",
        "",
    ]);
});
