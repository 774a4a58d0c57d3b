import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeCertificates, SEARCH_PATH, type WebCertificates } from "./certificates.ts";

/** Ports of the server of {@link startNginx}. */
export const NGINX = { http: 8_080, https: 8_443, proxied: 8_081 } as const;

/** Where the page for a digest lies, and what it says. */
export const PAGE = { path: "/page", text: "The quick brown fox\njumps over the lazy dog\n" } as const;

/** A real nginx in this process's network namespace, with TLS by certificates that were made for it. */
export interface RunningNginx {
    readonly files: WebCertificates["files"];
    stop(): Promise<void>;
    start(): Promise<void>;
    remove(): Promise<void>;
}

export async function startNginx(): Promise<RunningNginx> {
    const folder = mkdtempSync(join(tmpdir(), "holdfast-nginx-"));
    const certificates = makeCertificates();
    writeFileSync(join(folder, "page"), PAGE.text);
    writeFileSync(join(folder, "nginx.conf"), configuration(folder, certificates.files));
    let child: ChildProcess | undefined;
    const start = async (): Promise<void> => {
        child = spawn("nginx", ["-e", join(folder, "error.log"), "-p", folder, "-c", join(folder, "nginx.conf")], {
            stdio: "ignore",
            env: { ...process.env, PATH: SEARCH_PATH },
        });
        await Promise.all(Object.values(NGINX).map(untilOpen));
    };
    const stop = async (): Promise<void> => {
        const leaving = child;
        child = undefined;
        if (leaving !== undefined) {
            const gone = new Promise((resolve) => leaving.once("exit", resolve));
            leaving.kill("SIGTERM");
            await gone;
        }
    };
    await start();
    return {
        files: certificates.files,
        start,
        stop,
        remove: async () => {
            await stop();
            certificates.remove();
            rmSync(folder, { recursive: true, force: true });
        },
    };
}

function configuration(folder: string, files: WebCertificates["files"]): string {
    return `daemon off; master_process off; worker_processes 1; pid ${folder}/nginx.pid; error_log ${folder}/error.log;
events { worker_connections 256; }
http {
    access_log off; client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/fastcgi;
    uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
    server {
        listen ${NGINX.http}; listen [::]:${NGINX.http};
        listen ${NGINX.proxied} proxy_protocol;
        listen ${NGINX.https} ssl http2;
        ssl_certificate ${files.server}; ssl_certificate_key ${files.serverKey};
        ssl_client_certificate ${files.authority}; ssl_verify_client optional;
        root ${folder};
        location = /host { return 200 $http_host; }
        location = /sni { return 200 $ssl_server_name; }
        location = /client { return 200 $ssl_client_verify; }
        location = /protocol { return 200 $server_protocol; }
        location = /said { return 200 $request_method-$http_x_one; }
        location = /moved { return 302 /page; }
        location = /broken { return 503 out; }
        location = /empty { return 204; }
    }
}
`;
}

async function untilOpen(port: number): Promise<void> {
    for (const end = Date.now() + 50_000; ; ) {
        const isOpen = await new Promise<boolean>((resolve) => {
            const socket = connect(port, "127.0.0.1", () => resolve(true));
            socket.once("error", () => resolve(false));
            socket.once("connect", () => socket.destroy());
        });
        if (isOpen) {
            return;
        }
        if (Date.now() > end) {
            throw new Error(`nginx does not listen on port ${port}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 10));
    }
}
