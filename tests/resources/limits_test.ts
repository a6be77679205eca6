import assert from "node:assert/strict";
import { readLimits } from "../../lib/resources/limits.ts";

Deno.test({
  name: "readLimits() counts one more where one more file is open",
  ignore: Deno.build.os !== "linux",
  fn: () => {
    const before = readLimits();
    const file = Deno.openSync(Deno.execPath());
    const after = readLimits();
    file.close();
    assert.ok((before.descriptors ?? 0) > (before.open ?? Infinity), JSON.stringify(before));
    assert.ok((before.ports ?? 0) > 0);
    assert.equal((after.open ?? 0) - (before.open ?? 0), 1);
  },
});
