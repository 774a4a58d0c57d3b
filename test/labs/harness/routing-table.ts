import { type ChildProcess, spawn } from "node:child_process";
import type { Lab } from "../../../src/app/cli/lab/lab.ts";
import { until } from "../../../src/app/cli/lab/until.ts";

/** One line of `ip -j route` or `ip -j rule`. */
export type RoutingLine = Readonly<Record<string, unknown>>;

const OF_THE_KERNEL = new Set(["kernel", "ra"]);

/** All routes of a machine that are not the kernel's own, of both families, with all that `ip` knows of them but how long they last. */
export function routesOn(lab: Lab, node: string): readonly RoutingLine[] {
    const found = ["-4", "-6"].flatMap((family) => {
        const text = lab.network.ip(node, "-j", "-d", family, "route", "show", "table", "all");
        return JSON.parse(text === "" ? "[]" : text) as readonly RoutingLine[];
    });
    return found
        .filter(({ protocol }) => !OF_THE_KERNEL.has(String(protocol)))
        .map(({ expires, ...line }) => ({ ...line, ...(expires !== undefined && { expires: "some time" }) }));
}

/** All rules of a machine that are not the kernel's own, of both families. */
export function rulesOn(lab: Lab, node: string): readonly RoutingLine[] {
    const found = ["-4", "-6"].flatMap((family) => {
        const rules = JSON.parse(lab.network.ip(node, "-j", "-d", family, "rule", "show")) as readonly RoutingLine[];
        return rules.map((rule): RoutingLine => ({ ...rule, family }));
    });
    return found.filter(({ protocol }) => !OF_THE_KERNEL.has(String(protocol)));
}

/** Waits until a machine has routes to all of these destinations, or to none of them. */
export async function untilRoutes(lab: Lab, node: string, destinations: readonly string[], isThere: boolean): Promise<void> {
    await until(
        () => {
            const present = new Set(routesOn(lab, node).map(({ dst }) => dst));
            return destinations.every((destination) => present.has(destination) === isThere);
        },
        { what: `${destinations.join(", ")} ${isThere ? "on" : "gone from"} ${node}`, limit: 20_000, every: 50 },
    );
}

/** Listens to all changes of a machine's addresses, routes and rules. */
export class RoutingWatch {
    readonly #child: ChildProcess;
    #text = "";

    constructor(lab: Lab, node: string) {
        this.#child = spawn("ip", ["-n", lab.network.namespace(node), "monitor", "address", "route", "rule"], {
            stdio: ["ignore", "pipe", "ignore"],
        });
        this.#child.stdout?.on("data", (chunk: Buffer) => {
            this.#text += chunk.toString();
        });
    }

    /** What went, since it began to listen. */
    get removals(): readonly string[] {
        return this.#text.split("\n").filter((line) => line.startsWith("Deleted"));
    }

    close(): void {
        this.#child.kill();
    }
}
