import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadFromDisk } from "../../src/app/cli/check.ts";
import { PagePatterns } from "../../src/io/health/page-patterns.ts";
import { loadAddon } from "../../src/io/native/load.ts";
import { NetlinkSocket } from "../../src/io/netlink/netlink-socket.ts";
import { generous } from "../../src/io/netlink/receive-buffer.ts";
import { PidFile } from "../../src/io/system/pid-file.ts";
import { writePrivateFile } from "../../src/io/system/private-file.ts";
import { pagePattern } from "../contracts/page-pattern.ts";

/** What went wrong in others once, and has no better place among the tests. */
describe("files", () => {
    let folder: string;

    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), "past-incidents-"));
    });

    afterEach(() => {
        rmSync(folder, { recursive: true });
    });

    it("a pid file is 0644 whatever the umask, and never behind a link", () => {
        const system = loadAddon();
        const before = process.umask(0);
        try {
            const claimed = PidFile.claim(system, join(folder, "pid"));
            expect(claimed.ok).toBe(true);
            if (claimed.ok) {
                claimed.value.write(process.pid);
                expect(statSync(join(folder, "pid")).mode & 0o7777).toBe(0o644);
                claimed.value.release();
            }
            writeFileSync(join(folder, "precious"), "precious");
            symlinkSync(join(folder, "precious"), join(folder, "linked"));
            expect(PidFile.claim(system, join(folder, "linked"))).toEqual({ ok: false, error: { type: "refused", code: "ELOOP" } });
            expect(readFileSync(join(folder, "precious"), "utf8")).toBe("precious");
        } finally {
            process.umask(before);
        }
    });

    it("a dump takes the place of a file that somebody prepared: whoever holds that one open sees nothing", () => {
        const path = join(folder, "keepalived.data");
        writeFileSync(path, "prepared", { mode: 0o666 });
        const prepared = statSync(path).ino;
        expect(writePrivateFile(path, "secret").ok).toBe(true);
        expect(statSync(path).ino).not.toBe(prepared);
        expect(statSync(path).mode & 0o7777).toBe(0o600);
        symlinkSync("/nonexistent/target", join(folder, "link"));
        expect(writePrivateFile(join(folder, "link"), "secret").ok).toBe(true);
        expect(readFileSync(join(folder, "link"), "utf8")).toBe("secret");
    });

    it("empty names are read like any others, and nobody falls over them", () => {
        const path = join(folder, "conf");
        const words = [
            "vrrp_ipsets",
            "vrrp_iptables",
            "nftables",
            "notify_fifo",
            "router_id",
            "smtp_server",
            "process_user",
            "notify_webhook",
        ];
        for (const word of words) {
            writeFileSync(path, `global_defs {\n${word} ""\n}\nvrrp_instance "" {\ninterface ""\nvirtual_ipaddress {\n""\n}\n}\n`);
            expect(() => loadFromDisk([path])).not.toThrow();
        }
    });
});

describe("foreign input", () => {
    it("a page made to keep a pattern busy is judged in time that grows with its length", () => {
        const matcher = new PagePatterns().matcher(pagePattern("(a+)+$"));
        // With backtracking this would take longer than there is time.
        expect(matcher.ok && matcher.value(Buffer.from(`${"a".repeat(5_000)}!`))).toBe(false);
    });

    it.runIf(process.getuid?.() === 0)("netlink datagrams of another process than the kernel are not heard", () => {
        const system = loadAddon();
        const listener = new NetlinkSocket(system, [], generous(65_536));
        const other = new NetlinkSocket(system, [], generous(65_536));
        const address = new Uint8Array(12);
        new DataView(address.buffer).setUint16(0, system.constants.AF_NETLINK, true);
        new DataView(address.buffer).setUint32(4, listener.port, true);
        const forged = new Uint8Array(16);
        new DataView(forged.buffer).setUint32(0, 16, true);
        expect(system.sendto(other.fd, forged, 0, forged.length, 0, address)).toBe(16);
        let heard = 0;
        // It has arrived: there is something to take in, and nobody is told.
        expect(listener.receive(() => heard++)).toBe("some");
        expect(heard).toBe(0);
        listener.close();
        other.close();
    });
});
