import assert from "node:assert/strict";
import { configurationDoc } from "../../../lib/scenario/reference/configuration.ts";

const PAGE = new URL("../../../docs/configuration.md", import.meta.url);

Deno.test("configurationDoc() is what docs/configuration.md holds", async () => {
  const doc = configurationDoc();
  if (Deno.env.get("UPDATE_GOLDEN") === "1" || Deno.args.includes("--update")) await Deno.writeTextFile(PAGE, doc);
  assert.equal(await Deno.readTextFile(PAGE), doc);
});
