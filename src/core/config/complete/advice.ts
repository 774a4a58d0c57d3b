import { equalIp, formatIp } from "../../base/ip.ts";
import type { CompletedRouter } from "./completed-router.ts";
import type { Instance, Scope } from "./scope.ts";

/** What is valid and yet seldom meant. Advice never changes an exit status. */
export function advise(instance: Instance, router: CompletedRouter, scope: Scope): void {
    adviseOnPassword(instance, router, scope);
    adviseOnStrict(instance, router, scope);
    adviseOnOwner(instance, router, scope);
    adviseOnOwnPeer(instance, router, scope);
    adviseOnWeights(instance, router, scope);
}

function adviseOnPassword(instance: Instance, router: CompletedRouter, scope: Scope): void {
    if (router.authentication.type === "pass") {
        scope.report(instance.authentication?.at ?? instance.at, {
            code: "password-is-no-protection",
            errorClass: "note",
            message: `(${router.name}) auth_type PASS goes over the wire in clear text: it protects from accidents only`,
            consequence: "the password is used",
        });
    }
}

function adviseOnStrict(instance: Instance, router: CompletedRouter, scope: Scope): void {
    if (router.strict && !router.accept) {
        scope.report(instance.positions.strict_mode ?? scope.globals.strictAt ?? instance.at, {
            code: "strict-unreachable",
            errorClass: "note",
            message: `(${router.name}) in strict mode a master drops packets for its addresses: services on them cannot be reached`,
            consequence: "write accept, or leave strict mode, if the addresses are to serve",
        });
    }
}

function adviseOnOwner(instance: Instance, router: CompletedRouter, scope: Scope): void {
    if (router.wantsMaster && instance.priority === undefined) {
        scope.report(instance.positions.state ?? instance.at, {
            code: "owner-by-state",
            errorClass: "note",
            message: `(${router.name}) state MASTER without priority makes an address owner of priority 255`,
            consequence: "it takes over at once and whenever it can; write a priority below 255 if that is not meant",
        });
    }
}

function adviseOnOwnPeer(instance: Instance, router: CompletedRouter, scope: Scope): void {
    if (router.destination.type !== "unicast" || router.sourceAddress === undefined) {
        return;
    }
    const own = router.destination.peers.find((peer) => equalIp(peer.address, router.sourceAddress));
    if (own !== undefined) {
        scope.report(instance.positions.unicast_peer?.[0] ?? instance.at, {
            code: "peer-is-self",
            errorClass: "note",
            message: `(${router.name}) the unicast peer ${formatIp(own.address)} is this router's own source address`,
            consequence: "advertisements are sent to ourselves; list the other router's address",
        });
    }
}

/** A backup that does not preempt leaves a master of whatever priority alone, so that weights decide nothing between the two. */
function adviseOnWeights(instance: Instance, router: CompletedRouter, scope: Scope): void {
    const weighty = router.preempt ? undefined : router.trackers?.find(({ weight }) => weight !== 0);
    if (weighty !== undefined) {
        scope.report(instance.positions.preempt ?? instance.at, {
            code: "weight-without-preemption",
            errorClass: "note",
            message: `(${router.name}) with nopreempt the weight of ${weighty.kind} ${weighty.name} moves no address: a master keeps it however low its priority`,
            consequence: "write weight 0 if a failure is to give the address up, or leave nopreempt out on all nodes",
        });
    }
}
