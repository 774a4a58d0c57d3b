/** Whether two pieces of plain data (primitives, arrays, byte arrays and objects of them) say the same. */
export function isSameData(left: unknown, right: unknown): boolean {
    if (Object.is(left, right)) {
        return true;
    }
    if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) {
        return false;
    }
    if (isListed(left) || isListed(right)) {
        return isListed(left) && isListed(right) && isOfOneKind(left, right) && left.length === right.length && isSameList(left, right);
    }
    const keys = Object.keys(left);
    return keys.length === Object.keys(right).length && keys.every((key) => isSameField(left, right, key));
}

type Listed = readonly unknown[] | Uint8Array;

function isListed(value: object): value is Listed {
    return Array.isArray(value) || value instanceof Uint8Array;
}

/** Bytes are no list of numbers, not even where there are none. */
function isOfOneKind(left: Listed, right: Listed): boolean {
    return Array.isArray(left) === Array.isArray(right);
}

function isSameList(left: Listed, right: Listed): boolean {
    for (let index = 0; index < left.length; index++) {
        if (!isSameData(left[index], right[index])) {
            return false;
        }
    }
    return true;
}

function isSameField(left: object, right: object, key: string): boolean {
    return Object.hasOwn(right, key) && isSameData(left[key as keyof typeof left], right[key as keyof typeof right]);
}
