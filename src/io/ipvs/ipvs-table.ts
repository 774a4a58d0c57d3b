import type { TableCommand } from "../../core/balance/table.ts";
import type { TrafficTable } from "../../core/balance/traffic.ts";
import { formatIp } from "../../core/base/ip.ts";
import { writerOfDestinations } from "../../core/netlink/destination-run.ts";
import { type ServiceIdentity, writeDeleteService, writeFlush, writeService } from "../../core/netlink/ipvs.ts";
import type { IpvsAddressee } from "../../core/netlink/ipvs-attributes.ts";
import {
    type IpvsTimeouts,
    isAsOrdered,
    type SyncDaemon,
    writeDeleteDaemon,
    writeNewDaemon,
    writeSetTimeouts,
} from "../../core/netlink/ipvs-daemon.ts";
import { MAX_MESSAGE_LENGTH, MessageWriter } from "../../core/netlink/message-writer.ts";
import type { DataPlane, DataPlaneNews } from "../../host/data-plane.ts";
import type { BulkLane, BulkWork } from "../../host/world.ts";
import type { NativeAddon } from "../native/addon.ts";
import type { ReceiveBuffer } from "../netlink/receive-buffer.ts";
import { RequestSocket } from "../netlink/request-socket.ts";
import { IpvsQuestions } from "./ipvs-questions.ts";

/** Commands in one system call: more gain nothing. */
export const COMMANDS_IN_BATCH = 200;
const MAX_REASONS = 5;

/** What the table is made of. */
export interface IpvsTableSettings {
    readonly system: NativeAddon;
    /** Room for the kernel's answers; absent leaves it to the socket. */
    readonly receiveBuffer?: ReceiveBuffer | undefined;
    readonly bulk: BulkLane;
    readonly onNews: (news: DataPlaneNews) => void;
    /** Something besides the table was refused. */
    readonly onRefused: (what: string, code: string) => void;
}

/**
 * The kernel's load balancer. Its table is changed as bulk work: many commands with each system call, in their order, and between two slices the
 * loop turns.
 */
export class IpvsTable implements DataPlane, BulkWork {
    readonly #settings: IpvsTableSettings;
    readonly #questions: IpvsQuestions;
    readonly #socket: RequestSocket;
    readonly #writer = new MessageWriter(COMMANDS_IN_BATCH * MAX_MESSAGE_LENGTH);
    #queue: TableCommand[] = [];
    /** How many of the queue are done. */
    #done = 0;
    readonly #writeDestination = writerOfDestinations();
    readonly #reasons: string[] = [];
    #formerTimeouts: Required<IpvsTimeouts> | undefined;

    /** @throws Error when this kernel has no load balancer, or refuses a socket */
    constructor(settings: IpvsTableSettings) {
        this.#settings = settings;
        this.#questions = new IpvsQuestions(settings.system);
        this.#socket = new RequestSocket(settings.system, settings.receiveBuffer, settings.system.constants.NETLINK_GENERIC);
    }

    /** Carries the commands out after all that were given before. */
    apply(commands: readonly TableCommand[]): void {
        if (this.#queue.length === 0) {
            // Twenty thousand at once need no list that grows to that.
            this.#queue = commands.slice();
        } else {
            for (const command of commands) {
                this.#queue.push(command);
            }
        }
        this.#settings.bulk.add(this);
    }

    /** Reads what stands, with all commands so far carried out, and tells it. @throws Error when the kernel refuses */
    read(): void {
        this.finish();
        this.#settings.onNews({ type: "table", table: this.#questions.readTable() });
    }

    /** As the kernel counts them with all commands so far carried out. */
    countConnections(identities: readonly ServiceIdentity[]): ReadonlyMap<string, number> | undefined {
        this.finish();
        return this.#questions.countConnections(identities);
    }

    readTraffic(): TrafficTable {
        this.finish();
        return this.#questions.readTraffic();
    }

    flush(): void {
        this.finish();
        this.#order("flush", writeFlush);
    }

    /** Sets time-outs; those that are not given become again what they were at first. */
    setTimeouts(timeouts: IpvsTimeouts): void {
        this.#formerTimeouts ??= this.#questions.readTimeouts();
        const whole = { ...this.#formerTimeouts, ...timeouts };
        this.#order("timeouts", (writer, to) => writeSetTimeouts(writer, to, whole));
    }

    /** Time-outs become again what they were at first. */
    restore(): void {
        if (this.#formerTimeouts !== undefined) {
            this.setTimeouts({});
        }
    }

    /** Where a predecessor of this process has left one, that one goes on, or gives way when it is another. */
    startDaemon(daemon: SyncDaemon): void {
        const running = this.#runningDaemon(daemon.state);
        if (running !== undefined && isAsOrdered(running, daemon)) {
            return;
        }
        if (running !== undefined) {
            this.stopDaemon(running);
        }
        this.#order(`start sync daemon ${daemon.state}`, (writer, to) => writeNewDaemon(writer, to, daemon));
    }

    #runningDaemon(wanted: SyncDaemon["state"]): SyncDaemon | undefined {
        try {
            return this.#questions.readDaemons().find(({ state }) => state === wanted);
        } catch {
            // Where the kernel does not say, the order is refused if there is one.
            return undefined;
        }
    }

    stopDaemon({ state }: SyncDaemon): void {
        this.#order(`stop sync daemon ${state}`, (writer, to) => writeDeleteDaemon(writer, to, state));
    }

    hear(): void {
        // IPVS routes by itself.
    }

    step(): boolean {
        const slice = this.#queue.slice(this.#done, this.#done + COMMANDS_IN_BATCH);
        this.#done += slice.length;
        if (slice.length > 0) {
            this.#send(slice);
        }
        if (this.#done < this.#queue.length) {
            return true;
        }
        this.#queue = [];
        this.#done = 0;
        this.#tellEnd();
        return false;
    }

    /** Carries everything out that is left, now. */
    finish(): void {
        while (this.#queue.length > 0) {
            this.step();
        }
    }

    close(): void {
        this.#questions.close();
        this.#socket.close();
    }

    #tellEnd(): void {
        const reasons = this.#reasons.splice(0);
        this.#settings.onNews(reasons.length === 0 ? { type: "applied" } : { type: "apply-failed", reasons });
    }

    #send(commands: readonly TableCommand[]): void {
        this.#writer.clear();
        let first = 0;
        for (const [index, command] of commands.entries()) {
            const sequence = this.#socket.nextSequence();
            first = index === 0 ? sequence : first;
            this.#write({ familyId: this.#questions.familyId, sequence }, command);
        }
        for (const [index, { code }] of this.#socket.send(this.#writer, first, commands.length).entries()) {
            const command = commands[index];
            if (code !== "" && command !== undefined && this.#reasons.length < MAX_REASONS) {
                this.#reasons.push(`${describe(command)}: ${code}`);
            }
        }
    }

    #write(to: IpvsAddressee, command: TableCommand): void {
        const writer = this.#writer;
        switch (command.type) {
            case "add-service":
                writeService(writer, to, "add", command.service);
                return;
            case "edit-service":
                writeService(writer, to, "edit", command.service);
                return;
            case "delete-service":
                writeDeleteService(writer, to, command.identity);
                return;
            case "add-destination":
                this.#writeDestination(writer, to, "add", command);
                return;
            case "edit-destination":
                this.#writeDestination(writer, to, "edit", command);
                return;
            case "delete-destination":
                this.#writeDestination(writer, to, "delete", command);
        }
    }

    #order(what: string, writeOrder: (writer: MessageWriter, to: IpvsAddressee) => void): void {
        const sequence = this.#socket.nextSequence();
        this.#writer.clear();
        writeOrder(this.#writer, { familyId: this.#questions.familyId, sequence });
        const [answer] = this.#socket.send(this.#writer, sequence, 1);
        if (answer !== undefined && answer.code !== "") {
            this.#settings.onRefused(what, answer.code);
        }
    }
}

function describe(command: TableCommand): string {
    if ("service" in command) {
        return `${command.type} ${nameOf(command.service.identity)} ${command.service.scheduler}`;
    }
    const where = nameOf(command.identity);
    return "destination" in command
        ? `${command.type} ${where} ${formatIp(command.destination.address)}:${command.destination.port}`
        : `${command.type} ${where}`;
}

function nameOf(identity: ServiceIdentity): string {
    return identity.type === "fwmark" ? `fwmark ${identity.mark}` : `${formatIp(identity.address)}:${identity.port}/${identity.protocol}`;
}
