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
vrrp_instance VI_2 {
    use_vmac vrrp51 netlink_notify_msg
    no_accept
    track_interface {
        eth2 weight -30 reverse
        eth3
    }
    track_file {
        numbers weight 3
    }
    virtual_rules {
        from 10.0.0.0/8 table 100 preference 50 uidrange 0-100 sport 80 no_track
    }
    notify_master "/usr/bin/tell master" root wheel
    notify_deleted
    smtp_alert off
    garp_extra_if all 30
    auth_hmac {
        key 1 hex:00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff
        active_key 1
        key 2 file:/etc/key
    }
}
interface_up_down_delays {
    eth0 2.5 1
    eth1 3
}
bfd_instance peer {
    neighbor_ip 10.0.0.2
    min_rx 12.5
    max_hops -1
    weight 5 noreverse
}
virtual_server fwmark 12 {
    persistence_granularity 255.255.255.0
    protocol UDP
    real_server 10.2.0.9 {
        DNS_CHECK {
            type MX
            name example.org
            warmup 0
        }
        UDP_CHECK {
            payload 00ff
            require_reply 0XfX
        }
        MISC_CHECK {
            misc_path "/usr/bin/probe 'two words'"
            user nobody nogroup
        }
    }
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

    it("of what a program made without positions is read as the same again", () => {
        const { value } = readForTest(root, TEXT);
        const made = withoutPositions(value) as typeof value;
        expect(withoutPositions(readForTest(root, dump(root, made)).value)).toEqual(made);
    });

    it("leaves out what nobody wrote", () => {
        expect(dump(root, readForTest(root, "").value)).toBe("");
    });
});

/** The value as a program would make it: nothing of it stands anywhere. */
function withoutPositions(value: unknown): unknown {
    if (Array.isArray(value)) {
        return value.map(withoutPositions);
    }
    if (typeof value !== "object" || value === null || value instanceof Uint8Array) {
        return value;
    }
    const entries = Object.entries(value).map(([key, inner]) => [
        key,
        key === "positions" ? {} : key === "at" ? 0 : withoutPositions(inner),
    ]);
    return Object.fromEntries(entries);
}
