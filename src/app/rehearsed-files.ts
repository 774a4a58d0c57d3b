import { type Result, success } from "../core/base/result.ts";
import type { FileFault, FileText, FileTree } from "../core/config/file-tree.ts";
import { AsciiText } from "../io/files/ascii-text.ts";

const SERVERS = [1, 2, 3];

/** A tree in which every file describes a few virtual servers, and each time the first of their real servers has another weight. */
export class RehearsedFiles implements FileTree {
    #weight = 0;

    read(): Result<FileText, FileFault> {
        this.#weight += 1;
        const text = SERVERS.map((number) => virtualServer(number, number === 1 ? this.#weight : 1)).join("\n");
        return success(new AsciiText(Buffer.from(text), text.length));
    }

    list(): undefined {
        // Nobody looks for names here.
    }
}

/** Addresses are those of documentation. */
function virtualServer(number: number, weight: number): string {
    const realServer = `real_server 198.51.100.${number} 80 {\n    weight ${weight}\n}`;
    return `virtual_server 192.0.2.${number} 80 {\n    protocol TCP\n    ${realServer}\n}`;
}
