import assert from "node:assert/strict";
import { PAGE, withTables, writtenRows } from "./kit/table.ts";
import type { Row } from "./kit/row.ts";
import { ROWS } from "./rows.ts";

Deno.test("every row of the matrix is in the tables of docs/reliability.md, and no other, as it is expected", async () => {
  const written = writtenRows(await Deno.readTextFile(PAGE));
  const rows = Object.values(ROWS).flat();
  assert.deepEqual([...written.keys()].sort(), rows.map(({ title }) => title).sort());
  for (const { title, how, expect } of rows) {
    const [, planted, , exit, blamed] = written.get(title) ?? [];
    assert.equal(planted, how, title);
    assert.ok(expect.exit.includes(Number(exit)), `${title}: exit ${exit}`);
    assert.ok(expect.blames.some((one) => one === blamed), `${title}: blames ${blamed}`);
  }
});

Deno.test("no two rows of the matrix have the same title", () => {
  const titles = Object.values(ROWS).flat().map(({ title }) => title);
  assert.equal(new Set(titles).size, titles.length);
});

Deno.test("withTables() writes the rows that ran, and keeps the others", async () => {
  const row = (title: string): Row => ({
    title,
    how: "by hand",
    plant: () => "never",
    expect: { exit: [3], blames: ["the service"], outcomes: null, says: [] },
  });
  const [one, other] = [row("one"), row("other")];
  const came = { code: 3, told: "", run: null, noise: null, blamed: "the service" } as const;
  const page = (await Deno.readTextFile(PAGE)).replace(/(tests?:faults --long -->)[^]*(<!-- The end)/, "$1\n$2");
  const first = withTables(
    page,
    { All: [one, other] },
    new Map([[one, { ...came, sentence: "a_b | <c> `d_e` at 127.0.0.1:99" }]]),
  );
  assert.match(first, /a\\_b \\\| &lt;c> `d_e` at HOST:PORT/);
  const second = withTables(first, { All: [one, other] }, new Map([[other, { ...came, sentence: "c" }]]));
  assert.deepEqual([...writtenRows(second).values()].map((cells) => cells.at(-1)), [
    "a_b | <c> `d_e` at HOST:PORT",
    "c",
  ]);
});
