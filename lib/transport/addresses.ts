/** How many addresses a target has. */
import { hasSeveral, spreadOver } from "./socket/addresses.ts";
import { type Lookup, resolve, systemLookup } from "./socket/dial.ts";
import { parseTarget } from "./target.ts";

/**
 * The number of addresses over which connections to a target are spread; 1 for a name that is not known, since the
 * attempt to connect tells that.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(await countAddresses("ipv4:10.0.0.1:50051,10.0.0.2:50051"), 2);
 * assert.equal(await countAddresses("llm:50051", () => Promise.resolve(["fd::1", "10.0.0.1", "10.0.0.2"])), 2);
 * ```
 */
export async function countAddresses(target: string, lookup: Lookup = systemLookup): Promise<number> {
  const parsed = parseTarget(target);
  if (!hasSeveral(parsed)) return 1;
  const places = await resolve(parsed, lookup).catch(() => []);
  return Math.max(1, new Set(spreadOver(places).map((place) => JSON.stringify(place))).size);
}
