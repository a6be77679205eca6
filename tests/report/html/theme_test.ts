import assert from "node:assert/strict";

const theme = await Deno.readTextFile(new URL("../../../lib/report/html/style/theme.css", import.meta.url));
const [light = "", dark = ""] = theme.split("@media");

const colours = (css: string) =>
  new Map(
    [...css.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name, value]) => [name as string, value as string]),
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
const TEXT = ["ink", "ink-2", "ink-3", "pass", "fail", "warn", "accent", "gpu", "blue-3", "blue-4"]
  .concat([1, 2, 3, 4, 5, 6].map((n) => `cat-${n}`));

for (const [name, css] of [["light", light], ["dark", dark]] as const) {
  Deno.test(`the ${name} theme keeps 4.5:1 between text and paper`, () => {
    const palette = colours(css);
    for (const colour of TEXT) {
      const ratio = contrast(palette.get(colour) ?? "", palette.get("paper") ?? "");
      assert.ok(ratio >= 4.5, `${colour}: ${ratio.toFixed(2)}`);
    }
  });
}

Deno.test("both themes define the same colours", () => {
  assert.deepEqual([...colours(dark).keys()], [...colours(light).keys()]);
});
