import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { runChild } from "./child.ts";

/** Each runs in a child with a network namespace of its own, which ends with it. */
const canUnshare = spawnSync("unshare", ["-n", "true"]).status === 0;
const rooted = it.skipIf(!canUnshare);

const NAMESPACE = `
    const { execFileSync } = require("child_process");
    if (addon.unshare(C.CLONE_NEWNET) < 0) throw new Error("unshare");
    const ip = (...args) => execFileSync("ip", args, { stdio: ["ignore", "pipe", "inherit"] }).toString();
    const name = (result) => (result < 0 ? addon.errnoNames[-result] : String(result));
    const settle = (check) => new Promise((resolve, reject) => {
        const end = Date.now() + 5000;
        const look = () => { const found = check(); if (found) resolve(found); else if (Date.now() > end) reject(new Error("nothing came")); else setTimeout(look, 5); };
        look();
    });
`;

const VETH = `${NAMESPACE}
    ip("link", "set", "lo", "up");
    ip("link", "add", "left", "address", "02:00:00:00:00:01", "type", "veth", "peer", "name", "right", "address", "02:00:00:00:00:02");
    for (const [link, address] of [["left", "192.0.2.1/24"], ["right", "192.0.2.2/24"]]) { ip("addr", "add", address, "dev", link); ip("link", "set", link, "up"); }
    const indexOf = (link) => addon.ifNameToIndex(link);
    // Until then the kernel drops what is sent, without a word.
    while (["left", "right"].some((link) => !ip("link", "show", link).includes("state UP"))) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
`;

describe("[needs root] in a network namespace", () => {
    rooted("protocol 112 goes out by multicast and comes in with its header and time", async () => {
        const { output, errors } = await runChild(`${NAMESPACE}
            const near = addon.open("/proc/thread-self/ns/net", C.O_RDONLY, 0);
            addon.unshare(C.CLONE_NEWNET);
            const far = addon.open("/proc/thread-self/ns/net", C.O_RDONLY, 0);
            const at = (ns, work) => { addon.setns(ns, C.CLONE_NEWNET); const result = work(); addon.setns(near, C.CLONE_NEWNET); return result; };
            at(near, () => ip("link", "add", "left", "type", "veth", "peer", "name", "right", "netns", "/proc/" + process.pid + "/fd/" + far));
            const up = (link, address) => { ip("addr", "add", address, "dev", link); ip("link", "set", link, "up"); return addon.ifNameToIndex(link); };
            const index = { left: up("left", "192.0.2.1/24"), right: at(far, () => up("right", "192.0.2.2/24")) };
            const group = [224, 0, 0, 18];
            const mreq = (link) => { const b = Buffer.alloc(12); b.set(group); b.writeInt32LE(index[link], 8); return b; };
            const out = addon.socket(C.AF_INET, C.SOCK_RAW, C.IPPROTO_RAW);
            addon.setsockopt(out, C.IPPROTO_IP, C.IP_MULTICAST_IF, mreq("left"));
            addon.setsockopt(out, C.SOL_SOCKET, C.SO_BINDTODEVICE, Buffer.from("left\\0"));
            const inn = addon.socketAt(far, C.AF_INET, C.SOCK_RAW, 112);
            addon.setsockopt(inn, C.SOL_SOCKET, C.SO_BINDTODEVICE, Buffer.from("right\\0"));
            addon.setsockopt(inn, C.SOL_SOCKET, C.SO_TIMESTAMPNS, 1);
            addon.setsockopt(inn, C.IPPROTO_IP, C.IP_PKTINFO, 1);
            if (addon.setsockopt(inn, C.IPPROTO_IP, C.IP_ADD_MEMBERSHIP, mreq("right")) < 0) throw new Error("join");
            const packet = Buffer.from("45c0002800000000ff70" + "0000" + "c0000201" + "e0000012" + "21".padEnd(40, "0"), "hex");
            const to = Buffer.alloc(16); to.writeUInt16LE(C.AF_INET); to.set(group, 4);
            (async () => {
                const rx = addon.createRxBatch(8, 256, 16, 128);
                await settle(() => ip("link", "show", "left").includes("state UP"));
                console.log(name(addon.sendto(out, packet, 0, packet.length, 0, to)));
                console.log(await settle(() => { const n = addon.recvmmsg(inn, rx, 0); return n > 0 && n; }), rx.meta[0], rx.data[8], rx.data[9], rx.meta[2] >= 32 + 32);
            })();
        `);
        expect({ output, errors }).toEqual({ output: "40\n1 40 255 112 true\n", errors: "" });
    });

    rooted("a gratuitous ARP leaves one packet socket and reaches another; a link that is down is told as ENETDOWN", async () => {
        const { output, errors } = await runChild(`${VETH}
            const bindTo = (fd, link) => { const a = Buffer.alloc(20); a.writeUInt16LE(C.AF_PACKET); a.writeUInt16BE(C.ETH_P_ARP, 2); a.writeInt32LE(indexOf(link), 4); return addon.bind(fd, a); };
            const out = addon.socket(C.AF_PACKET, C.SOCK_RAW, 0);
            const inn = addon.socket(C.AF_PACKET, C.SOCK_RAW, 0);
            if (bindTo(inn, "right") < 0) throw new Error("bind");
            const to = Buffer.alloc(20); to.writeUInt16LE(C.AF_PACKET); to.writeInt32LE(indexOf("left"), 4); to[11] = 6; to.fill(255, 12, 18);
            const arp = Buffer.from("ffffffffffff020000000001" + "0806" + "0001080006040001" + "020000000001c0000264" + "ffffffffffffc0000264", "hex");
            const tx = addon.createTxBatch(32, 64, 20, 0);
            for (let i = 0; i < 32; i++) { tx.data.set(arp, i * 64); tx.lens[i] = arp.length; tx.addr.set(to, i * 20); tx.addrLens[i] = 20; }
            const rx = addon.createRxBatch(64, 64, 20, 64);
            let got = 0;
            const same = () => Buffer.from(rx.data.subarray(0, arp.length)).equals(arp);
            (async () => {
                console.log(addon.sendmmsg(out, tx, 0, 32, 0));
                await settle(() => { const n = addon.recvmmsg(inn, rx, 0); if (n > 0) got += n; return got >= 32; });
                console.log(got, same());
                let told = "";
                const poller = addon.pollerOpen(inn, (events) => {
                    const n = addon.recvmmsg(inn, rx, 0);
                    if (n < 0 && name(n) !== "EAGAIN") { told = (events & 16) + " " + name(n); }
                });
                addon.pollerSet(poller, 1);
                ip("link", "set", "right", "down");
                console.log(await settle(() => told));
                addon.pollerClose(poller);
                console.log(name(addon.sendmmsg(out, tx, 0, 1, 0)), (ip("link", "set", "left", "down"), name(addon.sendmmsg(out, tx, 0, 1, 0))));
            })();
        `);
        expect({ output, errors }).toEqual({ output: "32\n32 true\n16 ENETDOWN\n1 ENETDOWN\n", errors: "" });
    });

    rooted("a netlink monitor that overruns tells ENOBUFS once by its poller, then goes on", async () => {
        const { output, errors } = await runChild(`${VETH}
            const { spawnSync } = require("child_process");
            const fd = addon.socket(C.AF_NETLINK, C.SOCK_RAW, C.NETLINK_ROUTE);
            addon.setsockopt(fd, C.SOL_SOCKET, C.SO_RCVBUF, 4096);
            const groups = Buffer.alloc(12); groups.writeUInt16LE(C.AF_NETLINK); groups.writeUInt32LE(0x10, 8);
            if (addon.bind(fd, groups) < 0) throw new Error("bind");
            const buffer = Buffer.alloc(65536);
            const seen = [];
            const poller = addon.pollerOpen(fd, () => {
                for (let n; (n = addon.recv(fd, buffer, 0, buffer.length, 0)) !== -11; ) seen.push(n < 0 ? name(n) : "message");
            });
            addon.pollerSet(poller, 1);
            const lines = []; for (let i = 1; i < 250; i++) lines.push("addr add 198.51.100." + i + "/32 dev left");
            spawnSync("ip", ["-batch", "-"], { input: lines.join("\\n") });
            (async () => {
                await settle(() => seen.includes("ENOBUFS") && seen.includes("message"));
                const overruns = seen.filter((each) => each === "ENOBUFS").length;
                seen.length = 0;
                ip("addr", "add", "203.0.113.1/32", "dev", "left");
                await settle(() => seen.includes("message"));
                console.log(overruns, seen.join());
                addon.pollerClose(poller);
            })();
        `);
        expect({ output, errors }).toEqual({ output: "1 message\n", errors: "" });
    });

    rooted("a socket can be made in another namespace while the process stays in its own", async () => {
        const { output, errors } = await runChild(`
            const fs = require("fs");
            const first = fs.openSync("/proc/self/ns/net");
            const before = fs.readlinkSync("/proc/thread-self/ns/net");
            ${VETH}
            const second = fs.readlinkSync("/proc/thread-self/ns/net");
            ip("link", "add", "only-here", "type", "veth", "peer", "name", "and-here");
            const request = () => { const b = Buffer.alloc(40); b.write("only-here"); return b; };
            const here = addon.socket(C.AF_INET, C.SOCK_DGRAM, 0);
            const there = addon.socketAt(first, C.AF_INET, C.SOCK_DGRAM, 0);
            console.log(second !== before, fs.readlinkSync("/proc/thread-self/ns/net") === second);
            console.log(name(addon.ioctl(here, C.SIOCGIFINDEX, request())), name(addon.ioctl(there, C.SIOCGIFINDEX, request())));
            console.log(name(addon.socketAt(9999, C.AF_INET, C.SOCK_DGRAM, 0)), name(addon.socketAt(first, C.AF_INET, 99, 0)), fs.readlinkSync("/proc/thread-self/ns/net") === second);
            console.log(addon.setns(first, C.CLONE_NEWNET), fs.readlinkSync("/proc/thread-self/ns/net") === before);
        `);
        expect({ output, errors }).toEqual({ output: "true true\n0 ENODEV\nEBADF EINVAL true\n0 true\n", errors: "" });
    });
});

describe("[needs root] real time", () => {
    const isRoot = process.getuid?.() === 0;

    it.skipIf(!isRoot)("every thread can be given SCHED_RR, and later children do not inherit it", async () => {
        const { output, errors } = await runChild(`
            const fs = require("fs");
            const tasks = () => fs.readdirSync("/proc/self/task").map(Number);
            for (const tid of tasks()) if (addon.schedSet(tid, C.SCHED_RR | C.SCHED_RESET_ON_FORK, 50) < 0) throw new Error("schedSet");
            console.log(tasks().length > 1, tasks().every((tid) => addon.schedGet(tid) === (C.SCHED_RR | C.SCHED_RESET_ON_FORK)));
            const out = new Int32Array(2);
            const pid = addon.posixSpawn("/bin/sleep", ["sleep", "5"], [], { fds: [] });
            console.log(addon.schedGet(pid) === C.SCHED_OTHER);
            process.kill(pid);
        `);
        expect({ output, errors }).toEqual({ output: "true true\ntrue\n", errors: "" });
    });

    it.skipIf(!isRoot)("file mappings can be locked while the heap grows, shrinks and ends", async () => {
        const { code, signal, output, errors } = await runChild(
            `
            const fs = require("fs");
            const locked = addon.lockFileMaps();
            const field = (name) => Number(new RegExp(name + ":\\\\s+(\\\\d+)").exec(fs.readFileSync("/proc/self/status", "utf8"))[1]);
            for (let round = 0; round < 40; round++) {
                let heap = [];
                for (let i = 0; i < 100000; i++) heap.push({ i, text: "x" + i });
                heap = undefined;
                gc();
            }
            console.log(locked > 10000, field("VmLck") >= locked * 0.9);
        `,
            ["--expose-gc"],
        );
        expect({ code, signal, output, errors }).toEqual({ code: 0, signal: null, output: "true true\n", errors: "" });
    });
});
