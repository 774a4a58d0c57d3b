/** Rounded up to the next multiple of four, as everything in netlink is. */
export function align(length: number): number {
    return (length + 3) & ~3;
}
