import { runTool, ToolError } from "./run-tool.ts";

/** One machine of a lab: a network namespace with one interface per segment. */
export interface LabNode {
    readonly name: string;
    /** Addresses with prefix length, for each interface in turn; the lab's own where nothing is said. */
    readonly addresses?: readonly (readonly string[])[];
}

/** What to build. */
export interface NetworkPlan {
    /** At most 200; the first has number 1, which makes its addresses 10.77.0.1/16, fd77::1/64 and fe80::1/64. */
    readonly nodes: readonly LabNode[];
    /** Names of each node's interfaces; each stands on a bridge of its own. `eth0` if not said. */
    readonly interfaces?: readonly string[];
}

const SYSCTLS: readonly string[] = [
    "net/ipv6/conf/all/accept_dad=0",
    "net/ipv6/conf/default/accept_dad=0",
    "net/ipv6/conf/default/dad_transmits=0",
    "net/ipv6/conf/default/accept_ra=0",
    "net/ipv4/conf/all/rp_filter=0",
    "net/ipv4/conf/default/rp_filter=0",
    "net/ipv4/igmp_max_memberships=10000",
];

const SWITCH = "switch";

/**
 * Machines in network namespaces on this host, joined by bridges in a namespace of their own, so that nothing touches the host's network.
 *
 * The names carry the process id: several labs may run at once. `remove` takes everything away again, also what a half-done `create` left.
 */
export class LabNetwork {
    /** The namespace that holds the bridges and all ports: where to capture. */
    readonly switchNamespace: string;
    readonly #prefix: string;
    readonly #plan: NetworkPlan;
    readonly #interfaces: readonly string[];

    private constructor(plan: NetworkPlan) {
        this.#plan = plan;
        this.#interfaces = plan.interfaces ?? ["eth0"];
        this.#prefix = `hf-lab-${process.pid}-${Math.floor(Math.random() * 46_656).toString(36)}`;
        this.switchNamespace = `${this.#prefix}-${SWITCH}`;
    }

    /** @throws ToolError when `ip` is missing or refuses (not root, no namespaces in this kernel) */
    static create(plan: NetworkPlan): LabNetwork {
        const network = new LabNetwork(plan);
        try {
            network.#build();
        } catch (error) {
            network.remove();
            throw error;
        }
        return network;
    }

    /** Names of all machines, in the plan's order. */
    get nodes(): readonly string[] {
        return this.#plan.nodes.map((node) => node.name);
    }

    /** The network namespace of a machine. */
    namespace(node: string): string {
        return `${this.#prefix}-${node}`;
    }

    /** The name of the switch's port that a machine's interface is plugged into. */
    port(node: string, segment = 0): string {
        return `${node}-${segment}`;
    }

    /** Runs `ip` inside a machine and returns what it printed. */
    ip(node: string, ...args: readonly string[]): string {
        return runTool(["ip", "-n", this.namespace(node), ...args]);
    }

    /** All addresses that a machine's kernel holds on this interface, without prefix length. */
    addresses(node: string, segment = 0): readonly string[] {
        const links: unknown = JSON.parse(this.ip(node, "-j", "address", "show", "dev", this.#interfaces[segment] ?? ""));
        return (links as readonly AddressDump[]).flatMap((link) => link.addr_info ?? []).flatMap((entry) => entry.local ?? []);
    }

    /** The kernel's number of a machine's interface. */
    interfaceIndex(node: string, segment = 0): number {
        const links: unknown = JSON.parse(this.ip(node, "-j", "link", "show", "dev", this.#interfaces[segment] ?? ""));
        return (links as readonly LinkDump[])[0]?.ifindex ?? 0;
    }

    /** Everything that runs on a machine. */
    processes(node: string): readonly number[] {
        return processesIn(this.namespace(node));
    }

    /** Takes the switch's ports to a machine down: to everybody else its host is dead. */
    cut(node: string): void {
        this.#ports(node, "down");
    }

    /** Takes the switch's port to one interface of a machine down or up: its cable is out, or in again. */
    setCarrier(node: string, segment: number, state: "up" | "down"): void {
        runTool(["ip", "-n", this.switchNamespace, "link", "set", this.port(node, segment), state]);
    }

    /** Takes the switch's ports to a machine up again. */
    join(node: string): void {
        this.#ports(node, "up");
    }

    /** Lets two machines hear everybody but each other; all their ports stay up. */
    isolate(...nodes: readonly string[]): void {
        this.#isolation(nodes, "on");
    }

    /** Undoes `isolate`. */
    unite(...nodes: readonly string[]): void {
        this.#isolation(nodes, "off");
    }

    /** Makes a machine's interface vanish altogether, as a pulled card does. */
    unplug(node: string, segment = 0): void {
        this.ip(node, "link", "delete", this.#interfaces[segment] ?? "");
    }

    /** Puts an interface that was unplugged back, with its own addresses. */
    plug(node: string, segment = 0): void {
        const number = this.#plan.nodes.findIndex((candidate) => candidate.name === node) + 1;
        this.#wire(number, segment);
        runTool(["ip", "-n", this.namespace(node), "-batch", "-"], this.#addressing(number, segment).join("\n"));
    }

    /** Ends what still runs inside and deletes the namespaces; a second call does nothing. */
    remove(): void {
        for (const namespace of this.#namespaces()) {
            for (const pid of processesIn(namespace)) {
                endProcess(pid);
            }
            try {
                runTool(["ip", "netns", "delete", namespace]);
            } catch (error) {
                if (!(error instanceof ToolError)) {
                    throw error;
                }
                // Gone already, or never made: exactly what is wanted.
            }
        }
    }

    #namespaces(): readonly string[] {
        return [...this.nodes.map((node) => this.namespace(node)), this.switchNamespace];
    }

    #build(): void {
        for (const namespace of this.#namespaces()) {
            runTool(["ip", "netns", "add", namespace]);
            const writes = SYSCTLS.map((setting) => `echo ${setting.split("=")[1]} > /proc/sys/${setting.split("=")[0]}`);
            runTool(["ip", "netns", "exec", namespace, "sh", "-c", writes.join(" && ")]);
            runTool(["ip", "-n", namespace, "link", "set", "lo", "up"]);
        }
        for (const segment of this.#interfaces.keys()) {
            this.#makeBridge(segment);
        }
        for (const index of this.#plan.nodes.keys()) {
            for (const segment of this.#interfaces.keys()) {
                this.#wire(index + 1, segment);
            }
            const lines = [...this.#interfaces.keys()].flatMap((segment) => this.#addressing(index + 1, segment));
            runTool(["ip", "-n", this.namespace(this.nodes[index] ?? ""), "-batch", "-"], lines.join("\n"));
        }
    }

    #makeBridge(segment: number): void {
        const bridge = `bridge${segment}`;
        const lines = [
            `link add ${bridge} type bridge stp_state 0 forward_delay 0 mcast_snooping 0`,
            `link set ${bridge} addrgenmode none`,
            `link set ${bridge} up`,
        ];
        runTool(["ip", "-n", this.switchNamespace, "-batch", "-"], lines.join("\n"));
    }

    #wire(number: number, segment: number): void {
        const node = this.nodes[number - 1] ?? "";
        const port = this.port(node, segment);
        const mac = `02:00:00:77:${hexByte(segment)}:${hexByte(number)}`;
        const peer = `name ${this.#interfaces[segment]} address ${mac} netns ${this.namespace(node)}`;
        const lines = [
            `link add ${port} type veth peer ${peer}`,
            `link set ${port} addrgenmode none`,
            `link set ${port} master bridge${segment}`,
            `link set ${port} up`,
        ];
        runTool(["ip", "-n", this.switchNamespace, "-batch", "-"], lines.join("\n"));
    }

    #addressing(number: number, segment: number): readonly string[] {
        const device = this.#interfaces[segment] ?? "";
        const addresses = this.#plan.nodes[number - 1]?.addresses?.[segment] ?? defaultAddresses(number, segment);
        return [
            `link set ${device} addrgenmode none`,
            `link set ${device} up`,
            ...addresses.map((address) => `address add ${address} dev ${device}${address.includes(":") ? " nodad" : ""}`),
        ];
    }

    #isolation(nodes: readonly string[], state: "on" | "off"): void {
        const ports = nodes.flatMap((node) => [...this.#interfaces.keys()].map((segment) => this.port(node, segment)));
        const lines = ports.map((port) => `link set ${port} type bridge_slave isolated ${state}`);
        runTool(["ip", "-n", this.switchNamespace, "-batch", "-"], lines.join("\n"));
    }

    #ports(node: string, state: "up" | "down"): void {
        const lines = [...this.#interfaces.keys()].map((segment) => `link set ${this.port(node, segment)} ${state}`);
        runTool(["ip", "-n", this.switchNamespace, "-batch", "-"], lines.join("\n"));
    }
}

interface LinkDump {
    readonly ifindex: number;
}

interface AddressDump {
    readonly addr_info?: readonly { readonly local?: string }[];
}

function defaultAddresses(number: number, segment: number): readonly string[] {
    return [`10.${77 + segment}.0.${number}/16`, `fd${(0x77 + segment).toString(16)}::${number}/64`, `fe80::${number}/64`];
}

function hexByte(value: number): string {
    return value.toString(16).padStart(2, "0");
}

function processesIn(namespace: string): readonly number[] {
    try {
        return runTool(["ip", "netns", "pids", namespace]).split("\n").filter(Boolean).map(Number);
    } catch {
        return [];
    }
}

function endProcess(pid: number): void {
    try {
        process.kill(pid, "SIGKILL");
    } catch {
        // It ended by itself in the meantime.
    }
}
