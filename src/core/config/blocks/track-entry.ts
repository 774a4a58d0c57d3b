import { entry, sequence } from "../arguments/composites.ts";
import { integer } from "../arguments/numbers.ts";
import { interfaceName, nameOf, optionalWord } from "../arguments/words.ts";
import { type Argument, keyword } from "../schema.ts";

/** `N [reverse|noreverse]`, from -limit to limit. */
export function weight(limit: 253 | 254): Argument<{ readonly weight: number; readonly reverse: "reverse" | "noreverse" | undefined }> {
    return sequence({
        weight: integer({ name: "WEIGHT", minimum: -limit, maximum: limit, otherwise: "nearest" }),
        reverse: optionalWord("reverse", "noreverse"),
    });
}

const ABOUT_WEIGHT = {
    documentation: "Moves the priority instead of causing FAULT; reverse turns its sign round.",
    defaultText: "the tracked object's own",
    status: "acts",
} as const;

/** One line of `track_script`, `track_file`, `track_process` or `track_bfd`: `NAME [weight N [reverse|noreverse]]`. */
export function trackEntry(limit: 253 | 254, ...tracked: readonly string[]) {
    return entry({ positional: { name: nameOf(...tracked) }, options: { weight: keyword(weight(limit), ABOUT_WEIGHT) } });
}

/** One line of `track_interface`: `IFACE [weight N [reverse]]`. */
export function trackInterfaceEntry() {
    return entry({ positional: { name: interfaceName() }, options: { weight: keyword(weight(253), ABOUT_WEIGHT) } });
}
