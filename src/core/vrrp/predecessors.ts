import type { VirtualRouterSettings } from "./settings.ts";
import type { VirtualRouterSnapshot } from "./snapshot.ts";

/** The last state of a process that died, until its virtual routers have been taken up. */
export class Predecessors {
    #byName: ReadonlyMap<string, VirtualRouterSnapshot> = new Map();

    /** Takes in what was left, or with nothing forgets it. */
    set(snapshots: readonly VirtualRouterSnapshot[]): void {
        this.#byName = new Map(snapshots.map((snapshot) => [snapshot.name, snapshot]));
    }

    /** What a virtual router was, if that is the same one for the network. */
    of({ name, vrid, family, interfaceName }: VirtualRouterSettings): VirtualRouterSnapshot | undefined {
        const found = this.#byName.get(name);
        return found?.vrid === vrid && found.family === family && found.interfaceName === interfaceName ? found : undefined;
    }
}
