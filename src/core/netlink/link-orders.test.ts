import { describe, expect, it } from "vitest";
import { hex } from "../../../test/contracts/decoder.ts";
import { virtualRouterMac } from "../base/mac.ts";
import { IPVLAN_FLAGS, writeDeleteLink, writeLinkChange, writeNewLink } from "./link-orders.ts";
import { type NetlinkMessage, readMessages } from "./message.ts";
import { MessageWriter } from "./message-writer.ts";
import { RTNETLINK, readLink } from "./rtnetlink.ts";

const MAC = virtualRouterMac(4, 51);

function written(write: (writer: MessageWriter) => void): NetlinkMessage {
    const writer = new MessageWriter(256);
    write(writer);
    return readMessages(writer.bytes.subarray(0, writer.length))[0] as NetlinkMessage;
}

describe("a new link", () => {
    it("is a macvlan in private mode, down, and refused where its name is taken", () => {
        const message = written((writer) =>
            writeNewLink(writer, { name: "vrrp.51", baseIndex: 3, form: { kind: "macvlan", mac: MAC }, group: 7, masterIndex: 9 }, 1),
        );
        expect([message.type, message.flags]).toEqual([RTNETLINK.RTM_NEWLINK, 0x605]);
        expect(readLink(message.payload)).toMatchObject({
            name: "vrrp.51",
            isUp: false,
            mac: MAC,
            kind: "macvlan",
            mode: 1,
            baseIndex: 3,
            group: 7,
            masterIndex: 9,
        });
    });

    it("is an ipvlan of layer 2 with its flags", () => {
        const { payload } = written((writer) =>
            writeNewLink(writer, { name: "ip0", baseIndex: 3, form: { kind: "ipvlan", flags: IPVLAN_FLAGS.vepa } }, 1),
        );
        expect(payload.slice(16)).toEqual(
            hex("08000300 69703000 08000500 03000000 24001280 0b000100 6970766c 616e0000 14000280 06000100 00000000 06000200 02000000"),
        );
        expect(readLink(payload)).toMatchObject({ name: "ip0", kind: "ipvlan", mode: 0, baseIndex: 3 });
    });
});

describe("a link that is there", () => {
    it("is set up, and nothing else", () => {
        const { type, payload } = written((writer) => writeLinkChange(writer, 7, { isUp: true }, 1));
        expect([type, payload]).toEqual([RTNETLINK.RTM_NEWLINK, hex("00000000 07000000 01000000 01000000")]);
    });

    it("gets another group and leaves its master", () => {
        const { payload } = written((writer) => writeLinkChange(writer, 7, { group: 0, masterIndex: 0 }, 1));
        expect(payload).toEqual(hex("00000000 07000000 00000000 00000000 08000a00 00000000 08001b00 00000000"));
    });

    it("gets the virtual MAC address and private mode", () => {
        const { payload } = written((writer) => writeLinkChange(writer, 7, { macvlan: { mac: MAC } }, 1));
        expect(payload.slice(16, 28)).toEqual(hex("0a000100 00005e00 01330000"));
        expect(payload.slice(-8)).toEqual(hex("08000100 01000000"));
    });

    it("is taken away", () => {
        const { type, payload } = written((writer) => writeDeleteLink(writer, 7, 1));
        expect([type, payload]).toEqual([RTNETLINK.RTM_DELLINK, hex("00000000 07000000 00000000 00000000")]);
    });
});

it("a veth's peer is no mode, and a wireless or bridged link's news may lack everything", () => {
    const veth = hex("00000100 05000000 43100100 00000000 07000300 76610000 08000500 04000000 10001280 09000100 76657468 00000000");
    expect(readLink(veth)).toMatchObject({ name: "va", kind: "veth", baseIndex: 4 });
    expect(readLink(veth)).not.toHaveProperty("mode");
});
