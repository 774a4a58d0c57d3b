import type { LinkNews } from "../core/link/link-judge.ts";
import type { Link } from "../core/vrrp/events.ts";
import type { VirtualRouterSettings } from "../core/vrrp/settings.ts";
import type { Outlet } from "../host/world.ts";
import { attendancesOf, carriesIpv6 } from "../io/packet/attendances.ts";
import type { VrrpPort } from "../io/packet/vrrp-port.ts";

/** Keeps the sockets where the virtual routers are: opened and closed as routers and interfaces come and go, once in a turn of the loop. */
export class VrrpEars implements Outlet {
    readonly #port: Pick<VrrpPort, "attend">;
    readonly #links: () => Iterable<Link>;
    #routers: readonly VirtualRouterSettings[] | undefined;
    #isOutdated = false;
    /** Interfaces that were without IPv6 in this turn: the groups that were joined there are lost, and only another socket joins them again. */
    readonly #deaf = new Set<number>();

    /** @param links all there are now */
    constructor(port: Pick<VrrpPort, "attend">, links: () => Iterable<Link>) {
        this.#port = port;
        this.#links = links;
    }

    /** Listens for these from now on. */
    listenFor(routers: readonly VirtualRouterSettings[]): void {
        this.#routers = routers;
        this.#isOutdated = true;
        this.flush();
    }

    /** Listens for these, too: those for whom it listens already may still have something to say. */
    listenAlsoFor(routers: readonly VirtualRouterSettings[]): void {
        this.listenFor([...(this.#routers ?? []), ...routers]);
    }

    /** An interface came, went or changed. */
    hear(news: LinkNews): void {
        this.#isOutdated = true;
        if (news.type === "link" && !carriesIpv6(news.link)) {
            this.#deaf.add(news.link.index);
        }
    }

    flush(): void {
        if (this.#isOutdated && this.#routers !== undefined) {
            this.#isOutdated = false;
            const wanted = attendancesOf(this.#routers, this.#links());
            const hearing = wanted.filter(({ family, interfaceIndex }) => family === 4 || !this.#deaf.has(interfaceIndex));
            this.#deaf.clear();
            if (hearing.length < wanted.length) {
                this.#port.attend(hearing);
            }
            this.#port.attend(wanted);
        }
    }
}
