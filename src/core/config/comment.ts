/** Where a comment starts: `#` or `!` outside double quotes, not after a backslash. -1 when there is none. */
export function commentStart(text: string): number {
    let isQuoted = false;
    for (let index = 0; index < text.length; index++) {
        const code = text.charCodeAt(index);
        if (code === 0x22) {
            isQuoted = !isQuoted;
        } else if (code === 0x5c) {
            index++;
        } else if (!isQuoted && (code === 0x23 || code === 0x21)) {
            return index;
        }
    }
    return -1;
}

/** What stands before the comment. */
export function withoutComment(text: string): string {
    const comment = commentStart(text);
    return comment < 0 ? text : text.slice(0, comment);
}
