import type { Link } from "./events.ts";

/** The name of the interface that a unicast router without one stands on. */
export const NO_INTERFACE = "";

/** Such a router's link: everywhere and nowhere, and never down. A socket bound to its number is bound to no interface. */
export const EVERYWHERE: Link = {
    index: 0,
    name: NO_INTERFACE,
    isUp: true,
    isRunning: true,
    isMulticast: false,
    isLoopback: false,
    isNoArp: true,
    mtu: 1_500,
};
