import { after, earliest, type Instant, isDue, seconds } from "../base/instant.ts";
import type { IpAddress } from "../base/ip.ts";
import type { Machine } from "../base/machine.ts";
import { takeAll } from "../base/take-all.ts";
import { serverAt } from "../service/named-servers.ts";
import type { RealServerSettings, VirtualServerSettings } from "../service/virtual-server.ts";
import { NamedHost } from "./named-host.ts";
import type { FamilyAnswer, NameBookEffect, NameBookEvent, NameSnapshot } from "./names.ts";
import { destinationKey } from "./table.ts";

/** Clients of a server whose address is gone have so long to end, unless its `drain` says otherwise. */
const FAREWELL = seconds(300);

/** The names of real servers: what they lead to now, and so which servers there are. An address that vanishes is drained before it goes. */
export class NameBook implements Machine<NameBookEvent, NameBookEffect> {
    readonly #hosts = new Map<string, NamedHost>();
    readonly #changed = new Set<NamedHost>();
    readonly #gone = new Set<string>();
    #wanted: readonly VirtualServerSettings[] = [];
    /** Those whose servers all stand at addresses: most are the same objects at the next reload. */
    #nameless = new WeakSet<VirtualServerSettings>();

    get wakeAt(): Instant | undefined {
        return earliest(...Array.from(this.#hosts.values(), (host) => host.wakeAt));
    }

    handle(event: NameBookEvent, now: Instant): readonly NameBookEffect[] {
        switch (event.type) {
            case "configure":
                return this.#configure(event, now);
            case "resolved":
                return this.#resolved(event.host, event.answers, now);
            case "wake":
                return this.#wake(now);
        }
    }

    /** What all names lead to, for a successor. */
    snapshots(): readonly NameSnapshot[] {
        return Array.from(this.#hosts.values(), (host) => host.snapshot);
    }

    /** Those that have changed since this was asked last. */
    takeChanged(): readonly NameSnapshot[] {
        return takeAll(this.#changed).map((host) => host.snapshot);
    }

    /** The names of snapshots that are void since this was asked last. */
    takeGone(): readonly string[] {
        return takeAll(this.#gone);
    }

    #configure(
        { virtualServers, snapshots = [] }: NameBookEvent & { readonly type: "configure" },
        now: Instant,
    ): readonly NameBookEffect[] {
        this.#wanted = virtualServers;
        const known = new Map(snapshots.map((snapshot) => [snapshot.host, snapshot]));
        const former = new Map(this.#hosts);
        this.#hosts.clear();
        for (const { named, address } of this.#withNames(virtualServers).flatMap(({ realServers }) => realServers)) {
            if (named !== undefined) {
                const host =
                    this.#hosts.get(named.host) ?? former.get(named.host)?.anew() ?? new NamedHost(named.host, known.get(named.host));
                host.want(address.family, named.interval, now);
                this.#hosts.set(named.host, host);
            }
        }
        for (const [name, host] of former) {
            if (!this.#hosts.has(name)) {
                this.#changed.delete(host);
                this.#gone.add(host.snapshot.name);
            }
        }
        return [this.#serve(), ...this.#ask(now)];
    }

    #withNames(virtualServers: readonly VirtualServerSettings[]): readonly VirtualServerSettings[] {
        return virtualServers.filter((server) => {
            if (!this.#nameless.has(server) && server.realServers.every(({ named }) => named === undefined)) {
                this.#nameless.add(server);
            }
            return !this.#nameless.has(server);
        });
    }

    #resolved(name: string, answers: readonly FamilyAnswer[], now: Instant): readonly NameBookEffect[] {
        const host = this.#hosts.get(name);
        if (host === undefined) {
            return [];
        }
        const { report, hasChanged } = host.take(answers, after(now, FAREWELL), now);
        if (hasChanged) {
            this.#changed.add(host);
        }
        const told = report === undefined ? [] : [{ type: "report", report } as const];
        return hasChanged ? [...told, this.#serve()] : told;
    }

    #wake(now: Instant): readonly NameBookEffect[] {
        const haveLeft = Array.from(this.#hosts.values(), (host) => host.forget(now)).includes(true);
        return [...(haveLeft ? [this.#serve()] : []), ...this.#ask(now)];
    }

    #ask(now: Instant): readonly NameBookEffect[] {
        const due = [...this.#hosts.values()].filter((host) => host.askAt !== undefined && isDue(host.askAt, now));
        return due.map((host) => {
            host.asked();
            return { type: "resolve", host: host.name, families: host.families };
        });
    }

    #serve(): NameBookEffect {
        return { type: "serve", virtualServers: this.#wanted.map((server) => this.#expanded(server)) };
    }

    #expanded(server: VirtualServerSettings): VirtualServerSettings {
        if (this.#nameless.has(server)) {
            return server;
        }
        const servers = new Map<string, RealServerSettings>();
        for (const one of server.realServers.flatMap((real) => this.#serversOf(real))) {
            const key = destinationKey(one);
            servers.set(key, servers.get(key) ?? one);
        }
        return { ...server, realServers: [...servers.values()] };
    }

    #serversOf(server: RealServerSettings): readonly RealServerSettings[] {
        const { named, address, drain } = server;
        const host = named === undefined ? undefined : this.#hosts.get(named.host);
        if (host === undefined) {
            return [server];
        }
        const isOurs = ({ family }: IpAddress) => family === address.family;
        const leaving = host.leaving.filter(isOurs).map((one) => ({ ...serverAt(server, one), drain: { timeout: FAREWELL, ...drain } }));
        return [...host.addresses.filter(isOurs).map((one) => serverAt(server, one)), ...leaving];
    }
}
