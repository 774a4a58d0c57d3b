import type { CompletedSyncDaemon } from "./completed-router.ts";
import type { Instance, Scope } from "./scope.ts";

/** What the connection synchronisation daemon that follows this instance is to be; undefined where none does. */
export function completeSyncDaemon(instance: Instance, scope: Scope): CompletedSyncDaemon | undefined {
    const daemon = scope.globals.syncDaemon;
    if (daemon === undefined || (daemon.inst ?? daemon.instance) !== instance.name) {
        return completeOlderForm(instance, scope);
    }
    return {
        interfaceName: daemon.interface,
        syncId: daemon.id ?? instance.virtual_router_id ?? 0,
        ...(daemon.maxlen !== undefined && { maxLength: daemon.maxlen }),
        ...(daemon.group !== undefined && { group: daemon.group }),
        ...(daemon.port !== undefined && { port: daemon.port }),
        ...(daemon.ttl !== undefined && { ttl: daemon.ttl }),
    };
}

/** `lvs_sync_daemon_interface`: of no effect beside the global keyword, which there can be one of only. */
function completeOlderForm(instance: Instance, scope: Scope): CompletedSyncDaemon | undefined {
    const interfaceName = instance.lvs_sync_daemon_interface;
    if (interfaceName === undefined) {
        return undefined;
    }
    if (scope.globals.syncDaemon !== undefined) {
        scope.report(instance.positions.lvs_sync_daemon_interface ?? instance.at, {
            code: "second-sync-daemon",
            errorClass: "general",
            message: `(${instance.name}) lvs_sync_daemon in global_defs says already what is synchronised`,
            consequence: "lvs_sync_daemon_interface is left out",
        });
        return undefined;
    }
    return { interfaceName, syncId: instance.virtual_router_id ?? 0 };
}
