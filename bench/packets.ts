import { seconds } from "../src/core/base/instant.ts";
import { type Family, ipFromBytes, parseIp } from "../src/core/base/ip.ts";
import { AnnouncementTemplate, MAX_ANNOUNCEMENT_LENGTH } from "../src/core/packet/announcement.ts";
import { encodeVrrp, VRRP_GROUP_IPV4, VRRP_GROUP_IPV6 } from "../src/core/packet/vrrp.ts";
import type { OutgoingPacket } from "../src/core/vrrp/effects.ts";
import { loadAddon } from "../src/io/native/load.ts";
import { type Attendance, VrrpPort } from "../src/io/packet/vrrp-port.ts";
import { MonotonicClock } from "../src/io/time/monotonic-clock.ts";
import { type VethEnd, VethPair } from "../test/compliance/veth-pair.ts";

/*
 * CPU time for each advertisement that goes out or comes in through our port, the kernel's part included: two namespaces, one veth pair.
 * Sending includes the whole way through the kernel to the peer's receive queue, because the kernel does that in the sender's name.
 */
const ROUNDS = 60;
const WAYS: readonly { readonly family: Family; readonly isMulticast: boolean }[] = [
    { family: 4, isMulticast: true },
    { family: 6, isMulticast: true },
    { family: 4, isMulticast: false },
    { family: 6, isMulticast: false },
];

const system = loadAddon();
const clock = new MonotonicClock(system);
const pair = new VethPair(system, "lb");
try {
    encode();
    for (const count of [255, 1000]) {
        measure(count);
    }
} finally {
    pair.remove();
}

function encode(): void {
    const template = new AnnouncementTemplate(pair.a.mac, false);
    const addresses = Array.from({ length: 4_000 }, (_, index) => ipFromBytes(Uint8Array.of(10, 0, index >> 8, index & 255)));
    const frames = new Uint8Array(64 * MAX_ANNOUNCEMENT_LENGTH);
    const once = () => {
        for (const [index, address] of addresses.entries()) {
            template.write(address, frames, (index % 64) * MAX_ANNOUNCEMENT_LENGTH);
        }
    };
    const first = cpuOf(once);
    const warm = Math.min(...Array.from({ length: 10 }, () => cpuOf(once)));
    console.log(`4000 gratuitous ARP frames encoded in ${first} µs cold, ${warm} µs warm`);
}

function measure(count: number): void {
    let heard = 0;
    const [sender, receiver] = [portWith(() => {}), portWith(() => heard++)];
    const attendances = (end: VethEnd) => Array.from({ length: count }, (_, index) => attendance(index, pair.link(end).index));
    const packets = Array.from({ length: count }, (_, index) => advertisement(index));
    pair.at(pair.a, () => sender.attend(attendances(pair.a)));

    const oneByOne = cpuOf(() => {
        for (let round = 0; round < ROUNDS; round++) {
            for (const packet of packets) {
                sender.send(packet);
                sender.flush();
            }
        }
    });
    pair.at(pair.b, () => receiver.attend(attendances(pair.b)));
    let receiving = 0;
    const together = cpuOf(() => {
        for (let round = 0; round < ROUNDS; round++) {
            for (let start = 0; start < count; start += 64) {
                for (const packet of packets.slice(start, start + 64)) {
                    sender.send(packet);
                }
                sender.flush();
                receiving += cpuOf(() => {
                    while (receiver.drain()) {}
                });
            }
        }
    });
    const total = ROUNDS * count;
    const each = (micros: number) => `${(micros / total).toFixed(2)} µs`;
    console.log(
        `${count} virtual routers on one interface: sent one in a turn ${each(oneByOne)}, sent 64 in a turn ${each(together - receiving)}, ` +
            `received ${each(receiving)} (${heard} of ${total} heard)`,
    );
    sender.close();
    receiver.close();
}

function portWith(onPacket: () => void): VrrpPort {
    return new VrrpPort({
        system,
        clock,
        preferences: { hearsUnknownVrids: false },
        onPacket,
        onReady: () => {},
        onTrouble: (trouble) => console.log(trouble),
    });
}

function wayOf(index: number): { readonly family: Family; readonly isMulticast: boolean } {
    return WAYS[Math.floor(index / 255)] ?? { family: 4, isMulticast: true };
}

function attendance(index: number, interfaceIndex: number): Attendance {
    const { family, isMulticast } = wayOf(index);
    const group = family === 4 ? VRRP_GROUP_IPV4 : VRRP_GROUP_IPV6;
    return { vrid: 1 + (index % 255), family, interfaceIndex, interfaceName: "v0", ...(isMulticast && { group }) };
}

function advertisement(index: number): OutgoingPacket {
    const { family, group, vrid } = { group: undefined, ...attendance(index, 0) };
    const peer = family === 4 ? pair.b.ipv4 : pair.b.ipv6;
    const ends = {
        source: parseIp(family === 4 ? pair.a.ipv4 : pair.a.ipv6) ?? VRRP_GROUP_IPV4,
        destination: group ?? parseIp(peer) ?? VRRP_GROUP_IPV4,
    };
    const addresses = [ipFromBytes(new Uint8Array(family === 4 ? 4 : 16).fill(10))];
    const payload = encodeVrrp({ version: 3, family, vrid, priority: 100, interval: seconds(1), addresses }, ends);
    return { interfaceIndex: pair.link(pair.a).index, family, protocol: 112, ttl: 255, payload, ...ends };
}

/** Microseconds of this process's CPU time, the kernel's included. */
function cpuOf(run: () => void): number {
    const start = process.cpuUsage();
    run();
    const { user, system: kernel } = process.cpuUsage(start);
    return user + kernel;
}
