import { describe, expect, it } from "vitest";
import { loadAddon } from "../../src/io/native/load.ts";
import { errnoName } from "../../src/io/native/sys.ts";
import { ending, startChild } from "./child.ts";

const HELP = `
    const flat = (...words) => Buffer.from(words.map((word) => word + "\\0").join(""));
    const numbers = (...fds) => new Uint8Array(Int32Array.from(fds).buffer);
`;

describe("exec", () => {
    it("goes on as another program with the same process id, its child, its environment and the descriptors that are named", async () => {
        const child = startChild(`${HELP}
            const ends = new Int32Array(2);
            addon.pipe(ends, 3);
            addon.write(ends[1], Buffer.from("kept"), 0, 4);
            addon.signalsOpen([C.SIGRTMIN + 3]);
            const [lost] = [addon.open("/dev/null", C.O_RDWR, 0)];
            addon.posixSpawn("/bin/sleep", ["sleep", "0"], [], { fds: [] });
            const script = 'echo $$ $GREETING $(head -c 4 <&' + ends[0] + '); test -e /dev/fd/' + lost + ' || echo closed; kill -s ' + (C.SIGRTMIN + 3) + ' $$; echo alive';
            const code = addon.exec("/bin/bash", flat("bash", "--norc", "-c", script), flat("GREETING=hello", "PATH=/usr/bin:/bin"), numbers(0, 1, 2, ends[0]));
            console.log("came back", code);
        `);
        const { output, errors, code } = await ending(child);
        expect(errors).toBe("");
        expect(output).toBe(`${child.pid} hello kept\nclosed\nalive\n`);
        expect(code).toBe(0);
    });

    it("comes back with the reason, and nothing has changed", async () => {
        const child = startChild(`${HELP}
            const ends = new Int32Array(2);
            addon.pipe(ends, 0);
            const signals = addon.signalsOpen([C.SIGRTMIN + 3]);
            const missing = addon.exec("/nowhere/program", flat("x"), flat(), numbers(ends[0]));
            const closed = addon.exec("/bin/true", flat("true"), flat(), numbers(9999));
            const torn = addon.exec("/bin/true", Buffer.from("true"), flat(), numbers());
            process.kill(process.pid, C.SIGRTMIN + 3);
            const record = new Uint8Array(16);
            console.log(missing, closed, torn, addon.fcntl(ends[0], C.F_GETFD, 0) === C.FD_CLOEXEC, addon.read(signals, record, 0, 16), record[0] === C.SIGRTMIN + 3);
        `);
        const { output, errors } = await ending(child);
        expect(errors).toBe("");
        const words = output.trim().split(" ");
        expect(words.slice(0, 3).map((code) => errnoName(loadAddon(), Number(code)))).toEqual(["ENOENT", "EBADF", "EINVAL"]);
        expect(words.slice(3)).toEqual(["true", "16", "true"]);
    });
});
