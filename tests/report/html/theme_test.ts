import assert from "node:assert/strict";
import { OPERATION_COLORS } from "../../../lib/report/charts/palette.ts";
import { pick } from "../../../lib/report/html/page/theme.ts";

const theme = await Deno.readTextFile(new URL("../../../lib/report/html/style/theme.css", import.meta.url));

/** The colours of one scheme: each is written once, as `light-dark(light, dark)`. */
const colours = (dark: boolean) =>
  new Map(
    [...theme.matchAll(/--([\w-]+): (light-dark\([^)]*\));/g)].map((
      [, name, value],
    ) => [name as string, pick(value as string, dark)]),
  );

/** Relative luminance. Source: WCAG 2.2, definition of relative luminance. */
function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const c = parseInt(colour.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, other: string): number {
  const [high = 0, low = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

/** Colours that words are set in; the others fill areas and lines. */
const TEXT = ["ink", "ink-2", "ink-3", "pass", "fail", "warn", "accent", "gpu", "gpu-2", "blue-3", "op-0"]
  .concat(OPERATION_COLORS);

for (const [name, dark] of [["light", false], ["dark", true]] as const) {
  Deno.test(`the ${name} theme keeps 4.5:1 between text and paper`, () => {
    const palette = colours(dark);
    for (const colour of TEXT) {
      const ratio = contrast(palette.get(colour) ?? "", palette.get("paper") ?? "");
      assert.ok(ratio >= 4.5, `${colour}: ${ratio.toFixed(2)}`);
    }
  });
}

Deno.test("operations differ in colour from each other, and from what is over a limit", () => {
  for (const dark of [false, true]) {
    const palette = colours(dark);
    const values = [...OPERATION_COLORS, "fail"].map((name) => palette.get(name));
    assert.equal(new Set(values).size, OPERATION_COLORS.length + 1);
  }
});

Deno.test("a theme's colour is picked from both", () => {
  assert.deepEqual([pick("light-dark(#111, #eee)", false), pick("light-dark(#111, #eee)", true)], ["#111", "#eee"]);
  assert.equal(pick("Inter, sans-serif", true), "Inter, sans-serif");
});
