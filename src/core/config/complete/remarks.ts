import { formatIp } from "../../base/ip.ts";
import type { AddressEntry } from "../blocks/address-entry.ts";
import type { Configuration, Instance, Report } from "./scope.ts";

/** Settings that Keepalived takes with a complaint because they have no effect, or not the one that was meant. */
export function remark(configuration: Configuration, report: Report): void {
    const emailAt = configuration.global_defs?.positions.notification_email;
    if (emailAt?.length === 0) {
        report(configuration.global_defs?.at ?? configuration.at, {
            code: "no-recipient",
            errorClass: "warning",
            message: "notification_email lists nobody",
            consequence: "no mail is sent",
        });
    }
    for (const instance of configuration.vrrp_instance) {
        remarkOnOwnInterface(instance, report);
        for (const entry of instance.virtual_ipaddress) {
            remarkOnAddress(instance, entry, report);
        }
        for (const entry of instance.virtual_ipaddress_excluded) {
            remarkOnAddress(instance, entry, report);
        }
        remarkOnFamily(instance, report);
    }
}

function remarkOnOwnInterface(instance: Instance, report: Report): void {
    for (const tracked of instance.track_interface) {
        if (tracked.name === instance.interface && !instance.dont_track_primary) {
            report(tracked.at, {
                code: "tracks-own-interface",
                errorClass: "warning",
                message: `(${instance.name}) ${tracked.name} is its own interface, which is tracked anyway`,
                consequence: "the entry has no effect",
            });
        }
    }
}

function remarkOnAddress(instance: Instance, entry: AddressEntry, report: Report): void {
    const { address } = entry.address;
    if (address.family !== 6 || (entry.scope === undefined && entry.label === undefined)) {
        return;
    }
    const words = [entry.scope === undefined ? "" : "scope", entry.label === undefined ? "" : "label"].filter((word) => word !== "");
    report(entry.at, {
        code: "not-for-ipv6",
        errorClass: "general",
        message: `(${instance.name}) ${formatIp(address)} is IPv6 and takes no ${words.join(" and no ")}`,
        consequence: `${words.join(" and ")} is left out`,
    });
}

function remarkOnFamily(instance: Instance, report: Report): void {
    const first = instance.virtual_ipaddress[0]?.address.address;
    if (instance.native_ipv6 && first?.family === 4) {
        report(instance.positions.native_ipv6 ?? instance.at, {
            code: "native-ipv6-with-ipv4",
            errorClass: "general",
            message: `(${instance.name}) native_ipv6 does not go with the IPv4 address ${formatIp(first)}`,
            consequence: "IPv4 is used",
        });
    }
}
