import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeCertificates, SEARCH_PATH, type WebCertificates } from "./certificates.ts";

/** Ports of the server of {@link startNginx}. */
export const NGINX = { http: 8_080, https: 8_443, proxied: 8_081, http2: 8_082 } as const;

/** Where the page for a digest lies, and what it says. */
export const PAGE = { path: "/page", text: "The quick brown fox\njumps over the lazy dog\n" } as const;

/** A page that is much larger than any window or buffer on its way. */
export const LARGE_PAGE = { path: "/large", text: Array.from({ length: 400_000 }, (_, line) => `line ${line}\n`).join("") } as const;

/** So many headers of three thousand bytes: more than one frame of them, and more than anybody reads. */
const LONG_HEADERS = { "/long-header": 20, "/longer-header": 25 } as const;

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
    writeFileSync(join(folder, "large"), LARGE_PAGE.text);
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
        listen ${NGINX.http2} http2;
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
        location = /upload { proxy_pass http://127.0.0.1:${NGINX.http}/length; }
        location = /length { return 200 $content_length; }
${Object.entries(LONG_HEADERS).map(longHeader).join("\n")}
    }
}
`;
}

function longHeader([path, count]: readonly [path: string, count: number]): string {
    const headers = Array.from({ length: count }, (_, index) => `add_header X-${index} "${"value ".repeat(500)}";`);
    return `        location = ${path} { ${headers.join(" ")} return 200 long; }`;
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
