/** `vrrp_strict` and `strict_mode`: each rule with the clause that it holds the virtual router to. */
import { describe, expect, it } from "vitest";
import { NO_TIME, seconds } from "../../base/instant.ts";
import { root } from "../blocks/root.ts";
import { readForTest } from "../test-reader.ts";
import { completeConfiguration } from "./complete.ts";
import type { CompletedRouter } from "./completed-router.ts";

interface Outcome {
    readonly router: CompletedRouter | undefined;
    readonly codes: readonly string[];
}

function complete(globals: readonly string[], lines: readonly string[], addresses: readonly string[] = ["10.0.0.9"]): Outcome {
    const codes: string[] = [];
    const held = addresses.length === 0 ? [] : ["virtual_ipaddress {", ...addresses, "}"];
    const instance = ["vrrp_instance VI {", "virtual_router_id 51", "interface eth0", ...lines, ...held, "}"];
    const text = ["global_defs {", ...globals, "}", ...instance].join("\n");
    const { routers } = completeConfiguration(readForTest(root, text).value, (_at, { code, errorClass }) => {
        if (errorClass !== "note") {
            codes.push(code);
        }
    });
    return { router: routers[0], codes };
}

const strict = (...lines: readonly string[]): Outcome => complete(["vrrp_strict"], lines);

describe("strict mode", () => {
    it("holds for all instances by vrrp_strict, for one by strict_mode, and is taken back for one", () => {
        expect(strict().router?.strict).toBe(true);
        expect(complete([], ["strict_mode"]).router?.strict).toBe(true);
        expect(strict("strict_mode off").router?.strict).toBe(false);
    });

    it.each<[string, readonly string[], Partial<CompletedRouter>, readonly string[]]>([
        [
            "RFC 9568 §9: no authentication",
            ["authentication {", "auth_type PASS", "auth_pass x", "}"],
            { authentication: { type: "none" } },
            ["authentication-ignored"],
        ],
        [
            "RFC 3768 §5.3.4: an owner has priority 255, and nobody else starts as master",
            ["state MASTER", "priority 100"],
            { wantsMaster: false },
            ["strict-owner"],
        ],
        ["RFC 3768 §5.3.4: who has 255 is the owner", ["state BACKUP", "priority 255"], { wantsMaster: true }, ["strict-owner"]],
        ["RFC 9568 §6.1: Preempt_Mode knows no delay", ["preempt_delay 5"], { preemptDelay: NO_TIME }, ["preempt-delay-ignored"]],
        [
            "RFC 9568 §6.1: Active_Down_Interval is three intervals and Skew_Time",
            ["down_timer_adverts 5"],
            { downTimerAdverts: 3 },
            ["strict-down-timer"],
        ],
        [
            "RFC 9568 §6.4.3: a lower priority is discarded, without an answer",
            ["lower_prio_no_advert off"],
            { lowerPriorityNoAdvert: true },
            [],
        ],
        [
            "RFC 9568 §6.4.3: before a higher priority nothing more is said",
            ["higher_prio_send_advert"],
            { higherPrioritySendAdvert: false },
            [],
        ],
        ["RFC 9568 §6.1: Accept_Mode is false for who is no owner", ["version 3"], { accept: false }, []],
        ["RFC 9568 §6.1: Accept_Mode may be set", ["version 3", "accept"], { accept: true }, []],
        ["RFC 9568 §6.4.3: an owner accepts", ["priority 255"], { accept: true, ownerIgnoresAdverts: true }, []],
        ["RFC 3768 §6.4.3: version 2 knows no Accept_Mode", ["version 2", "accept"], { accept: false }, ["strict-accept"]],
    ])("%s", (_rule, lines, expected, codes) => {
        const outcome = strict(...lines);
        expect(outcome.router).toMatchObject(expected);
        expect(outcome.codes).toEqual(codes);
    });

    it("RFC 9568 §6.4.3: no announcements for a lower priority", () => {
        expect(strict("garp_lower_prio_repeat 4", "garp_lower_prio_delay 4").router?.announcements).toMatchObject({
            lowerPriorityRepeat: 0,
            lowerPriorityDelay: NO_TIME,
        });
    });

    it("RFC 9568 §5.2.9: at least one address, whatever no_virtual_ipaddress says", () => {
        for (const version of [2, 3]) {
            const { router, codes } = complete(["vrrp_strict"], [`version ${version}`, "no_virtual_ipaddress"], []);
            expect(router).toBeUndefined();
            expect(codes).toEqual(["no-addresses"]);
        }
    });

    it("RFC 9568 §5.2.9: of IPv6 addresses a link-local one comes first", () => {
        expect(complete(["vrrp_strict"], [], ["fe80::9", "fd00::9"]).codes).toEqual([]);
        expect(complete(["vrrp_strict"], [], ["fd00::9"]).codes).toHaveLength(1);
        expect(complete([], [], ["fd00::9"]).codes).toEqual([]);
    });

    it("RFC 3768 §1: version 2 is IPv4's; IPv6 goes with version 3", () => {
        const { router, codes } = complete(["vrrp_strict"], ["version 2"], ["fe80::9"]);
        expect(router?.version).toBe(3);
        expect(codes).toEqual(["strict-version"]);
    });

    it("RFC 9568 §5.1.1.2: advertisements are multicast; unicast is said to be none of it", () => {
        expect(strict("unicast_peer {", "10.0.0.2", "}").codes).toEqual(["strict-unicast"]);
    });

    it("is not what holds otherwise", () => {
        const { router, codes } = complete(
            [],
            ["preempt_delay 5", "down_timer_adverts 5", "higher_prio_send_advert", "garp_lower_prio_repeat 4"],
        );
        expect(codes).toEqual([]);
        expect(router).toMatchObject({
            accept: true,
            preemptDelay: seconds(5),
            downTimerAdverts: 5,
            higherPrioritySendAdvert: true,
            lowerPriorityNoAdvert: false,
            announcements: { lowerPriorityRepeat: 4 },
        });
    });
});

describe("what goes along with an instance", () => {
    it("vrrp_delay_after_boot and promote_secondaries", () => {
        const { router } = complete(["vrrp_delay_after_boot 90"], ["promote_secondaries"]);
        expect(router).toMatchObject({ delayAfterBoot: seconds(90), promotesSecondaries: true });
        expect(complete([], []).router).not.toHaveProperty("delayAfterBoot");
    });

    it.each([
        [["lvs_sync_daemon eth1 VI"], [], { interfaceName: "eth1", syncId: 51 }, []],
        [
            ["lvs_sync_daemon eth1 inst VI id 7 maxlen 1000 port 9000 ttl 3 group 224.0.0.99"],
            [],
            { interfaceName: "eth1", syncId: 7, maxLength: 1000, port: 9000, ttl: 3 },
            [],
        ],
        [["lvs_sync_daemon eth1 other"], [], undefined, []],
        [[], ["lvs_sync_daemon_interface eth2"], { interfaceName: "eth2", syncId: 51 }, []],
        [["lvs_sync_daemon eth1 other"], ["lvs_sync_daemon_interface eth2"], undefined, ["second-sync-daemon"]],
    ])("lvs_sync_daemon: %j %j", (globals, lines, expected, codes) => {
        const outcome = complete(globals, lines);
        expect(outcome.codes.filter((code) => code.includes("sync"))).toEqual(codes);
        if (expected === undefined) {
            expect(outcome.router?.syncDaemon).toBeUndefined();
        } else {
            expect(outcome.router?.syncDaemon).toMatchObject(expected);
        }
    });
});
