import assert from "node:assert/strict";
import { drawNormal } from "../../lib/base/random.ts";
import { changePoints } from "../../lib/statistics/change_points.ts";
import { seeded } from "../statistics/queue.ts";
import { pythonWith } from "./python.ts";

const SOURCE = new URL("./otava/", import.meta.url).pathname;

/** Series of runs at levels; some without a change. */
function series(seed: number): number[] {
  const draw = { next: seeded(seed) };
  const levels = [[12, 1], [10, 1 + 0.03 * (seed % 7)], [10, 1.1 - 0.04 * (seed % 4)]] as const;
  return levels.flatMap(([runs, level]) => Array.from({ length: runs }, () => level + 0.03 * drawNormal(draw)));
}

Deno.test("changePoints() finds what Apache Otava's E-divisive finds", async () => {
  const all = Array.from({ length: 16 }, (_, i) => series(i + 1));
  const python = await pythonWith("otava", SOURCE);
  const child = new Deno.Command(python, {
    args: [`${SOURCE}find.py`],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(JSON.stringify(all)));
  await writer.close();
  const { success, stdout, stderr } = await child.output();
  assert.ok(success, new TextDecoder().decode(stderr));
  const theirs = JSON.parse(new TextDecoder().decode(stdout)) as number[][];
  const ours = all.map((one) => changePoints(one, 0.01, seeded(7)).map(({ at }) => at));
  const alike = ours.filter((points, i) => JSON.stringify(points) === JSON.stringify(theirs[i]));
  assert.ok(theirs.flat().length > 10, "most series have a change");
  // Each tries other orders, theirs a hundred, ours a thousand: a change at the edge of chance may be found by one alone.
  assert.ok(
    alike.length >= 14,
    `${alike.length} of ${all.length} alike:\n${ours.map((one, i) => `${one} | ${theirs[i]}`).join("\n")}`,
  );
});
