/** The counters of one instance in the file that SIGUSR2 asks for: `Section/Label` → number. */
export function readStats(text: string): ReadonlyMap<string, number> {
    const counters = new Map<string, number>();
    let section = "";
    for (const line of text.split("\n")) {
        const [, label = "", value = ""] = /^\s*([^:]+):\s*(.*)$/.exec(line) ?? [];
        if (/^\d+$/.test(value)) {
            counters.set(`${section}/${label.trim()}`, Number(value));
        } else if (label !== "") {
            section = label.trim();
        }
    }
    return counters;
}
