import assert from "node:assert/strict";
import { colorDepth, cutLine, fit, gap, lineWidth, paint, span } from "../../../lib/ui/terminal/style.ts";

function depthOf(env: Record<string, string>, isTerminal = true, os = "linux") {
  return colorDepth({ isTerminal, env: (name) => env[name], os });
}

Deno.test("colorDepth() follows the terminal", () => {
  assert.equal(depthOf({ TERM: "xterm" }), "16");
  assert.equal(depthOf({ TERM: "xterm-256color" }), "256");
  assert.equal(depthOf({ TERM: "xterm-256color", COLORTERM: "truecolor" }), "truecolor");
  assert.equal(depthOf({ TERM: "dumb", COLORTERM: "truecolor" }), "none");
  assert.equal(depthOf({}, true, "windows"), "256");
  assert.equal(depthOf({ TERM: "xterm-256color" }, false), "none");
});

Deno.test("colorDepth() honours NO_COLOR when it is not empty", () => {
  assert.equal(depthOf({ TERM: "xterm", NO_COLOR: "1" }), "none");
  assert.equal(depthOf({ TERM: "xterm", NO_COLOR: "" }), "16");
});

Deno.test("colorDepth() honours FORCE_COLOR before all else", () => {
  assert.equal(depthOf({ FORCE_COLOR: "3", NO_COLOR: "1", TERM: "dumb" }, false), "truecolor");
  assert.equal(depthOf({ FORCE_COLOR: "2" }, false), "256");
  assert.equal(depthOf({ FORCE_COLOR: "1", COLORTERM: "truecolor" }), "16");
  assert.equal(depthOf({ FORCE_COLOR: "" }, false), "16");
  assert.equal(depthOf({ FORCE_COLOR: "true", TERM: "screen-256color" }, false), "256");
  assert.equal(depthOf({ FORCE_COLOR: "0", TERM: "xterm" }), "none");
});

Deno.test("paint() resets every colour it sets and leaves no space at the end", () => {
  const line = [span("FAIL", "fail", true), gap(2), span("rest"), gap(3)];
  assert.equal(paint(line, "none"), "FAIL  rest");
  assert.equal(paint(line, "16"), "\x1b[1;31mFAIL\x1b[0m  rest");
  assert.equal(paint(line, "256"), "\x1b[1;38;5;166mFAIL\x1b[0m  rest");
  assert.equal(paint([span("x", "pass"), gap(1)], "truecolor"), "\x1b[38;2;0;150;94mx\x1b[0m");
});

Deno.test("fit() cuts and fills to the column", () => {
  assert.deepEqual(fit(span("音声認識"), 6, "left").map(({ text }) => text), ["音声…", " "]);
  assert.equal(lineWidth(fit(span("音声認識"), 6, "left")), 6);
  assert.equal(paint([...fit(span("7"), 3, "right")], "none"), "  7");
});

Deno.test("cutLine() cuts within a span and drops what follows", () => {
  const line = [span("abcd"), gap(1), span("efgh", "fail"), span("ij")];
  assert.equal(paint(cutLine(line, 8), "none"), "abcd ef…");
  assert.equal(cutLine(line, 11), line);
  assert.ok(lineWidth(cutLine(line, 4)) <= 4);
});
