import { describe, expect, it } from "vitest";
import { success } from "../../base/result.ts";
import { NO_FILES } from "../../config/file-tree.ts";
import { loadConfiguration } from "../../config/load.ts";
import { routeDumpText, ruleDumpText } from "./routing-text.ts";

function statics(kind: string, line: string) {
    const files = { ...NO_FILES, read: (path: string) => (path === "a" ? success(`static_${kind} {\n${line}\n}\n`) : NO_FILES.read(path)) };
    return loadConfiguration(["a"], files, { configId: "x", random: () => 0 }).completed.statics;
}

describe("a route in a dump", () => {
    it.each([
        [
            "10.28.0.0/16 dev e0 via 192.0.2.9 scope link metric 5 table 77 tos 4 mtu lock 1300 hoplimit 7 advmss 8 rtt 2s rttvar 900ms reordering 3 window 4 cwnd 5 ssthresh 6 realms 1/2 src 192.0.2.50 rto_min 1s initcwnd 2 initrwnd 3 features ecn quickack 1 congctl reno ttl-propagate enabled fastopen_no_cookie 1 onlink",
            "prepend 10.28.0.0/16 src 192.0.2.50 tos 4 via inet 192.0.2.9 dev e0 table 77 proto 18 scope 253 metric 5 onlink realms 1/2 congctl reno rtt 2s rttvar 900ms rto_min 1s features ecn mtu lock 1300 window 4 ssthresh 6 cwnd 5 advmss 8 reordering 3 hoplimit 7 initcwnd 2 initrwnd 3 quickack 1 fastopen_no_cookie 1 ttl-propagate enabled",
        ],
        [
            "10.27.0.0/16 nexthop via 192.0.2.9 dev e0 weight 3 realms 4 encap mpls 4/5 nexthop dev e0 onlink",
            "prepend 10.27.0.0/16 proto 18 nexthop via inet 192.0.2.9 dev e0 weight 3 realms 4 encap mpls 4/5 nexthop dev e0 onlink no_track",
        ],
        [
            "2001:db8::/64 dev e0 encap ip6 id 3 dst fd00::1 src fd00::2 tos 3 hoplimit 4 flags 16 from fd00::/9 expires 100 pref low",
            "prepend 2001:db8::/64 from fd00::/9 encap ip6 id 3 dst fd00::1 src fd00::2 tos 3 hoplimit 4 flags 0x10 dev e0 proto 18 expires 100sec pref low",
        ],
        ["blackhole 10.25.0.1 metric 9 append", "append blackhole 10.25.0.1 proto 18 metric 9 no_track"],
        ["0.0.0.0/0 dev e0 encap ila 1:2:3:f4 add vrf blue", "add 0.0.0.0/0 encap ila 1:2:3:f4 dev e0 vrf blue proto 18"],
        [
            "10.0.0.0/8 dev e0 encap ip ttl 3 ttl-propagate disabled",
            "prepend 10.0.0.0/8 encap ip ttl 3 dev e0 proto 18 ttl-propagate disabled",
        ],
    ])("%s", (line, expected) => {
        expect(statics("routes", line).routes.map(routeDumpText)).toEqual([expected]);
    });
});

describe("a rule in a dump", () => {
    it.each([
        [
            "from 10.28.0.0/16 to 10.1.0.0/16 table 5 preference 78 iif e0 fwmark 4/5 realms 1/2",
            "from 10.28.0.0/16 to 10.1.0.0/16 priority 78 tos 0x0 fwmark 0x4/0x5 iif e0 protocol 18 realms 1/2 lookup 5",
        ],
        ["blackhole to 1.2.3.4 preference 80", "from all to 1.2.3.4 priority 80 tos 0x0 protocol 18 type blackhole"],
        [
            "from 2001:db8::/64 table 7 preference 78 sup_pl 4 sport 1-2 ipproto udp uidrange 4-5",
            "from 2001:db8::/64 priority 78 tos 0x0 suppress_prefixlen 4 uidrange 4-5 protocol 18 ipproto 17 sport 1-2 lookup 7",
        ],
        [
            "not from 10.28.0.0/16 tos 8 table 5 preference 78 oif e0 sup_group 5 tunnel-id 6",
            "not from 10.28.0.0/16 priority 78 tos 0x8 oif e0 suppress_ifgroup 5 tunnel-id 6 protocol 18 lookup 5",
        ],
        ["l3mdev preference 79 dport 6 no_track", "from all priority 79 tos 0x0 l3mdev protocol 18 dport 6 lookup 0 no_track"],
        ["goto 8999 from 1.2.3.4 preference 79 fwmark 3", "from 1.2.3.4 priority 79 tos 0x0 fwmark 0x3 protocol 18 goto 8999"],
    ])("%s", (line, expected) => {
        expect(statics("rules", line).rules.map(ruleDumpText)).toEqual([expected]);
    });
});
