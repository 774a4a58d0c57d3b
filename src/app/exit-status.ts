/** Keepalived's exit statuses. */
export const STATUS = { ok: 0, fatal: 1, noPermission: 4, noConfiguration: 6 } as const;
