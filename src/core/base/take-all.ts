/** All that is in the set, which is empty afterwards. */
export function takeAll<Item>(set: Set<Item>): Item[] {
    const all = [...set];
    set.clear();
    return all;
}
