import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { VirtualTime } from "../../../test/contracts/virtual-time.ts";
import { seconds } from "../../core/base/instant.ts";
import { Ipv6Forwarding } from "./ipv6-forwarding.ts";

const folder = mkdtempSync(join(tmpdir(), "holdfast-forwarding-"));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it("is read from the kernel, and again after five seconds", () => {
    const time = new VirtualTime();
    const forwarding = new Ipv6Forwarding(time, folder);
    const set = (text: string) => {
        mkdirSync(join(folder, "eth0"), { recursive: true });
        writeFileSync(join(folder, "eth0", "forwarding"), text);
    };
    set("1\n");
    expect([forwarding.isOn("eth0"), forwarding.isOn("eth1")]).toEqual([true, false]);
    set("0\n");
    expect(forwarding.isOn("eth0")).toBe(true);
    time.pass(seconds(5));
    expect(forwarding.isOn("eth0")).toBe(false);
});
