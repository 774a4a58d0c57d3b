import { readFile } from "node:fs/promises";
import { createSecureContext, type SecureContext, type SecureContextOptions } from "node:tls";
import type { TlsSettings } from "../../../core/service/probe/tls-settings.ts";

/** So long files count as read: a renewed certificate is taken up without a reload. */
const LIFETIME = 60_000;

/** What is prepared once for all checks with the same files. */
export class SecureContexts {
    readonly #known = new Map<string, { readonly context: Promise<SecureContext>; readonly until: number }>();

    /** The promise fails, in words for people, when a file cannot be read or does not hold what it should. */
    async of(settings: TlsSettings): Promise<SecureContext> {
        const { authorities, certificate, key, password, verifiedName } = settings;
        const name = JSON.stringify([authorities, certificate, key, password, verifiedName === undefined]);
        const known = this.#known.get(name);
        const now = performance.now();
        if (known !== undefined && known.until > now) {
            return known.context;
        }
        const context = prepare(settings);
        this.#known.set(name, { context, until: now + LIFETIME });
        return context;
    }
}

async function prepare({ authorities, certificate, key, password, verifiedName }: TlsSettings): Promise<SecureContext> {
    const [ca, cert, privateKey] = await Promise.all([authorities, certificate, key ?? certificate].map(readOptional));
    const options: SecureContextOptions = {
        ...(cert !== undefined && { cert }),
        ...(privateKey !== undefined && { key: privateKey }),
        ...(password !== undefined && { passphrase: password }),
    };
    try {
        // Who does not look at certificates takes any protocol and key length, too: it is asked whether the server works.
        return verifiedName === undefined
            ? createSecureContext({ ...options, ca: ca ?? [], minVersion: "TLSv1", ciphers: "DEFAULT:@SECLEVEL=0" })
            : createSecureContext({ ...options, ...(ca !== undefined && { ca }) });
    } catch (error) {
        throw new Error(`certificate and key: ${(error as Error).message}`);
    }
}

async function readOptional(path: string | undefined): Promise<Buffer | undefined> {
    return path === undefined ? undefined : readFile(path);
}
