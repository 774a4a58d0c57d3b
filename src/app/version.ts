import metadata from "../../package.json" with { type: "json" };

/** This release, as package.json has it. */
export const HOLDFAST_VERSION: string = metadata.version;
