import assert from "node:assert/strict";
import { parsePort } from "../../lib/cli/port.ts";

Deno.test("parsePort() takes digits alone, and says what a port is", () => {
  assert.deepEqual(["0", "1", "8089", "65535"].map((text) => parsePort(text)), [0, 1, 8089, 65_535]);
  for (const text of ["", " ", "65536", "-1", "1.5", "0x10", "1e3", " 80", "80 ", "abc", "99999", "٣"]) {
    assert.throws(() => parsePort(text), {
      name: "UserError",
      message: /is no port: use 0 \(any free port\) or 1 to 65535$/,
    });
  }
  assert.throws(() => parsePort("x", "--ui=8089"), {
    message: '"x" is no port: use 0 (any free port) or 1 to 65535, as in --ui=8089',
  });
});
