import { ipNetwork, parseNetwork } from "../arguments/addresses.ts";
import { entry } from "../arguments/composites.ts";
import { integer } from "../arguments/numbers.ts";
import { newInterfaceName, optionalWord, text } from "../arguments/words.ts";
import { type Argument, flag, keyword } from "../schema.ts";

const ABOUT_NAME = { documentation: "The interface's name, where it could be taken for another word.", status: "acts" } as const;
const GROUP = keyword(integer({ name: "GROUP", minimum: 0, maximum: 0xffff_ffff }), {
    documentation: "The interface group.",
    status: "acts",
});
const MODES = ["bridge", "private", "vepa"] as const;

/** `[[name] IFACE] [MAC] [netlink_notify_msg] [group G]` */
export const useVmac = entry({
    positional: {
        interface: where(newInterfaceName(), (word) => !word.includes(":")),
        mac: where(text("MAC"), (word) => /^[0-9a-f]{1,2}(:[0-9a-f]{1,2}){4,5}$/i.test(word)),
    },
    options: {
        name: keyword(newInterfaceName(), ABOUT_NAME),
        netlink_notify_msg: flag({
            documentation: "Makes the kernel tell about the interface's state in messages of their own.",
            status: "acts",
        }),
        group: GROUP,
    },
    anyOrder: true,
});

/** `[[name] IFACE] [ADDR[/LENGTH]] [bridge|private|vepa] [group G]` */
export const useIpvlan = entry({
    positional: {
        interface: where(newInterfaceName(), (word) => parseNetwork(word) === undefined && !MODES.some((mode) => mode === word)),
        address: where(ipNetwork(), (word) => parseNetwork(word) !== undefined),
        mode: optionalWord(...MODES),
    },
    options: { name: keyword(newInterfaceName(), ABOUT_NAME), group: GROUP },
    anyOrder: true,
});

/** Reads the argument only if the next word looks like it. */
function where<Value>(argument: Argument<Value>, looksLikeIt: (word: string) => boolean): Argument<Value | undefined> {
    return {
        ...argument,
        syntax: `[${argument.syntax}]`,
        dump: (value) => (value === undefined ? "" : argument.dump(value)),
        read: (words) => (words.next !== undefined && looksLikeIt(words.next) ? argument.read(words) : undefined),
    };
}
