import { NO_TIME } from "../core/base/instant.ts";
import type { AnnouncementPacings } from "../core/supervise/process-settings.ts";
import type { AnnouncementPacing } from "../io/packet/announcement-pace.ts";

/** The gaps that announcements on an interface keep, and with whom it shares them; undefined where there are none to keep. */
export function pacingOf({ groups, others }: AnnouncementPacings, interfaceName: string): AnnouncementPacing | undefined {
    const place = groups.findIndex(({ interfaces }) => interfaces.includes(interfaceName));
    const { arp, neighbour } = groups[place] ?? others;
    const group = place < 0 ? interfaceName : `garp_group ${place}`;
    return arp > NO_TIME || neighbour > NO_TIME ? { group, arpInterval: arp, advertisementInterval: neighbour } : undefined;
}
