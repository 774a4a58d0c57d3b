import type { ChangedParameter } from "../../core/link/link-parameters.ts";
import type { ChildMessage } from "../../core/supervise/messages.ts";

/** What a process says of its snapshots. */
export type SnapshotNews = Pick<ChildMessage & { readonly type: "snapshots" }, "snapshots" | "isWhole" | "gone">;

/** What virtual routers have changed of the kernel's parameters: the snapshot of one of them has it all, and none has anything when nothing was changed. */
export class Borrowings {
    #carrier: string | undefined;

    /** Takes news of the vrrp process. @returns what is changed now; undefined when that is not to be known from these */
    take({ snapshots, isWhole, gone = [] }: SnapshotNews): readonly ChangedParameter[] | undefined {
        for (const one of snapshots) {
            if ("changedParameters" in one && one.changedParameters !== undefined) {
                this.#carrier = one.name;
                return one.changedParameters;
            }
        }
        const carrier = this.#carrier;
        const isOver = carrier !== undefined && (gone.includes(carrier) || snapshots.some(({ name }) => name === carrier));
        if (!isWhole && !isOver) {
            return undefined;
        }
        this.#carrier = undefined;
        return [];
    }
}
