/** Who this is. */
import config from "../../deno.json" with { type: "json" };

/** The version, as deno.json has it. */
export const VERSION: string = config.version;
/** Name and version, as results and reports carry them. */
export const TOOL = `june-load ${VERSION}`;
