/** Name and version of this program. */
import config from "../../deno.json" with { type: "json" };

/** The version from deno.json. */
export const VERSION: string = config.version;
/** Name and version, for results and reports. */
export const TOOL = `june-load ${VERSION}`;
