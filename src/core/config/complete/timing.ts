import { centiseconds, type Duration, inSeconds, seconds, times } from "../../base/instant.ts";
import type { Protocol } from "./protocol.ts";
import type { Instance, Scope } from "./scope.ts";

const LONGEST_VERSION_3 = centiseconds(4095);
const SHORTEST_VERSION_2 = seconds(1);
const LONGEST_VERSION_2 = seconds(255);

/** How often advertisements go out, and how many may be missing. */
export interface Timing {
    readonly advertisementInterval: Duration;
    readonly downTimerAdverts: number;
}

/** Version 2 counts the interval in seconds, version 3 in hundredths up to 40.95 s (RFC 9568 §5.2.7); what does not fit is rounded. */
export function completeTiming(instance: Instance, protocol: Protocol, scope: Scope): Timing {
    return {
        advertisementInterval: completeInterval(instance, protocol, scope),
        downTimerAdverts: completeDownTimerAdverts(instance, protocol, scope),
    };
}

function completeInterval(instance: Instance, protocol: Protocol, scope: Scope): Duration {
    const wanted = instance.advert_int;
    const fitting = protocol.version === 2 ? wholeSeconds(wanted) : wholeCentiseconds(wanted);
    if (fitting !== wanted) {
        const unit = protocol.version === 2 ? "whole seconds" : "hundredths of a second up to 40.95 s";
        scope.report(instance.positions.advert_int ?? instance.at, {
            code: "advert-interval",
            errorClass: "general",
            message: `(${instance.name}) version ${protocol.version} counts advert_int in ${unit}, not ${inSeconds(wanted)} s`,
            consequence: `${inSeconds(fitting)} s is used`,
        });
    }
    return fitting;
}

function wholeSeconds(wanted: Duration): Duration {
    const rounded = seconds(Math.round(inSeconds(wanted)));
    return clamp(rounded, SHORTEST_VERSION_2, LONGEST_VERSION_2);
}

function wholeCentiseconds(wanted: Duration): Duration {
    const step = centiseconds(1);
    return clamp(times(step, Math.round(wanted / step)), step, LONGEST_VERSION_3);
}

function clamp(value: Duration, least: Duration, most: Duration): Duration {
    return value < least ? least : value > most ? most : value;
}

function completeDownTimerAdverts(instance: Instance, protocol: Protocol, scope: Scope): number {
    const wanted = instance.down_timer_adverts ?? scope.globals.downTimerAdverts;
    if (!protocol.strict || wanted === 3) {
        return wanted;
    }
    scope.report(instance.positions.down_timer_adverts ?? instance.at, {
        code: "strict-down-timer",
        errorClass: "general",
        message: `(${instance.name}) strict mode takes over after three missing advertisements, not ${wanted}`,
        consequence: "3 is used",
    });
    return 3;
}
