import assert from "node:assert/strict";
import { errorMessage } from "../../../lib/driver/http/outcome.ts";

Deno.test("the words of an error are found where servers write them, in this order", () => {
  const cases: [body: unknown, words: string][] = [
    [{ error: { message: "no", type: "x" }, message: "outer" }, "no"],
    [{ error: "Not Found", message: "no such model" }, "no such model"],
    [{ error: "no", errors: ["later"] }, "no"],
    [{ error: {}, detail: [{ loc: ["body", 1], msg: "bad" }, { msg: "worse" }] }, "body.1: bad; worse"],
    [{ error: null, title: "Gone" }, "Gone"],
    [{ other: "x" }, ""],
  ];
  for (const [body, words] of cases) assert.equal(errorMessage(JSON.stringify(body)), words);
});

Deno.test("an error within an error within an error costs what its length does", () => {
  // A search that looks into each of them twice does not end.
  for (const member of ["error", "message", "detail"]) {
    const nested = (inner: string) => `{"${member}":`.repeat(500) + inner + "}".repeat(500);
    assert.equal(errorMessage(nested('"no"')), "no");
    assert.equal(errorMessage(nested("{}")), "");
  }
});
