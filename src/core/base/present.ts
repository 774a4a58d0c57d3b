/** An object's type where fields that may be undefined may be absent instead. */
export type Present<Fields> = {
    [Name in keyof Fields as undefined extends Fields[Name] ? never : Name]: Fields[Name];
} & {
    [Name in keyof Fields as undefined extends Fields[Name] ? Name : never]?: Exclude<Fields[Name], undefined>;
};

/** The same fields without those that are undefined: plain data leaves out what there is not. */
export function present<Fields extends object>(fields: Fields): Present<Fields> {
    const kept: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(fields)) {
        if (value !== undefined) {
            kept[name] = value;
        }
    }
    return kept as Present<Fields>;
}
