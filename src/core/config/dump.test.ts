import { describe, expect, it } from "vitest";
import { root } from "./blocks/root.ts";
import { dump } from "./dump.ts";
import { readForTest } from "./test-reader.ts";

const TEXT = `global_defs {
    router_id gate
    vrrp_garp_interval 0.001
    notify_fifo /run/fifo root
    enable_script_security
    notification_email {
        ops@example.org
    }
    max_auto_priority
    vrrp_cpu_affinity 0 1
}
vrrp_script check {
    script "/usr/bin/check -v"
    interval 0.5
    weight -20 reverse
}
vrrp_instance VI_1 {
    nopreempt
    preempt
    interface eth0
    virtual_router_id 51
    advert_int 0.25
    old_unicast_checksum
    virtual_ipaddress {
        10.0.0.1/24 dev eth1 scope link brd + label eth1:1 no_track
        2001:db8::1 -nodad preferred_lft forever
    }
    virtual_routes {
        10.1.0.0/16 via inet 10.0.0.254 metric 5 mtu lock 1400 nexthop via 10.0.0.2 weight 3 nexthop via 10.0.0.3 onlink
    }
    authentication {
        auth_type PASS
        auth_pass "a#b c"
    }
    unicast_peer {
    }
}
virtual_server_group web {
    10.0.0.1 80
    10.0.0.10-10.0.0.20 443
    fwmark 7 inet6
}
virtual_server group web {
    lb_kind TUN type gue port 6080 csum
    persistence_timeout
    real_server 10.2.0.1 80 {
        HTTP_GET {
            url {
                path /
                status_code 200-204 301
                regex_options caseless utf
            }
        }
    }
}
`;

describe("a dump", () => {
    it("is the text it was read from, when that was canonical", () => {
        const { value, complaints } = readForTest(root, TEXT);
        expect(complaints).toEqual([]);
        expect(dump(root, value)).toBe(TEXT);
    });

    it("leaves out what nobody wrote", () => {
        expect(dump(root, readForTest(root, "").value)).toBe("");
    });
});
