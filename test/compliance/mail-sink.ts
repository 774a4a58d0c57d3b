import { createServer, type Server, type Socket } from "node:net";

/** What a sink answers where it is not simply content. */
export type SinkAnswers = Readonly<Partial<Record<"EHLO" | "MAIL" | "RCPT" | ".", string>>>;

const CONTENT: Readonly<Record<string, string>> = {
    EHLO: "250 sink",
    HELO: "250 sink",
    MAIL: "250 fine",
    RCPT: "250 fine",
    DATA: "354 go on",
    ".": "250 taken",
    QUIT: "221 bye",
    RSET: "250 fine",
};

/** A small SMTP server (RFC 5321) that keeps what it is sent. */
export class MailSink {
    /** Every command, and every mail as one text. */
    readonly commands: string[] = [];
    readonly mails: string[] = [];
    readonly #answers: SinkAnswers;
    readonly #server: Server;

    constructor(answers: SinkAnswers = {}) {
        this.#answers = answers;
        this.#server = createServer((socket) => this.#converse(socket));
    }

    /** @param port 0 for any; returns the one it got */
    async listen(port = 0): Promise<number> {
        await new Promise<void>((resolve) => this.#server.listen(port, "127.0.0.1", resolve));
        const address = this.#server.address();
        return typeof address === "object" && address !== null ? address.port : 0;
    }

    async close(): Promise<void> {
        await new Promise((resolve) => this.#server.close(resolve));
    }

    #converse(socket: Socket): void {
        let pending = "";
        let mail: string[] | undefined;
        const say = (line: string) => socket.write(`${line}\r\n`);
        say("220 sink");
        socket.on("error", () => socket.destroy());
        socket.on("data", (piece) => {
            pending += piece.toString("utf8");
            const lines = pending.split("\r\n");
            pending = lines.pop() ?? "";
            for (const line of lines) {
                if (mail !== undefined && line !== ".") {
                    mail.push(line);
                    continue;
                }
                mail = this.#obey(line, mail, say);
                if (line === "QUIT") {
                    socket.end();
                }
            }
        });
    }

    /** The mail that begins with this line, if one does. */
    #obey(line: string, mail: readonly string[] | undefined, say: (line: string) => void): string[] | undefined {
        const verb = line.split(" ")[0] ?? "";
        this.commands.push(line);
        const answer = (this.#answers as Readonly<Record<string, string>>)[verb] ?? CONTENT[verb] ?? "502 what?";
        if (verb === "." && mail !== undefined && answer.startsWith("250")) {
            this.mails.push(mail.join("\n"));
        }
        say(answer);
        return verb === "DATA" ? [] : undefined;
    }
}
