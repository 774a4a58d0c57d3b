/** The candidate that was perhaps meant by a word: at most a third of its letters wrong, missing or swapped. Undefined when none is near. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
    const limit = Math.max(1, Math.floor(word.length / 3));
    let best: string | undefined;
    let bestDistance = limit + 1;
    if (word.length > 64) {
        return undefined;
    }
    const lower = word.toLowerCase();
    for (const candidate of candidates) {
        if (Math.abs(candidate.length - word.length) >= bestDistance) {
            continue;
        }
        const distance = editDistance(lower, candidate.toLowerCase(), bestDistance);
        if (distance < bestDistance) {
            best = candidate;
            bestDistance = distance;
        }
    }
    return best;
}

/** Letters to insert, delete, replace or swap with their neighbour to get from one word to the other; `limit` when it is that or more. */
function editDistance(left: string, right: string, limit: number): number {
    let before: number[] = [];
    let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
    for (let row = 1; row <= left.length; row++) {
        const current = [row];
        let least = row;
        for (let column = 1; column <= right.length; column++) {
            const isSame = left[row - 1] === right[column - 1];
            let cost = Math.min(
                (previous[column] ?? 0) + 1,
                (current[column - 1] ?? 0) + 1,
                (previous[column - 1] ?? 0) + (isSame ? 0 : 1),
            );
            if (row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1]) {
                cost = Math.min(cost, (before[column - 2] ?? 0) + 1);
            }
            current.push(cost);
            least = Math.min(least, cost);
        }
        if (least >= limit) {
            return limit;
        }
        before = previous;
        previous = current;
    }
    return previous[right.length] ?? limit;
}
