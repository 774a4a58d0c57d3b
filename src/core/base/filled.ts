/** Something while it is put together, field by field: to spread what may be missing costs many times as much, and there may be a hundred thousand. */
export type Filled<Settings> = { -readonly [Key in keyof Settings]: Settings[Key] };
