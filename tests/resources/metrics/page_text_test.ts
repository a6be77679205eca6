import assert from "node:assert/strict";
import { type Page, PageText } from "../../../lib/resources/metrics/page_text.ts";
import { pageOf } from "./pages.ts";

const read = (text: string): Page => new PageText().read(text, () => true);

/** `name{labels} value` of every sample, in order. */
const samplesOf = (page: Page): [string, Record<string, string>, number][] =>
  [...page.samples].flatMap(([name, samples]) =>
    [...samples.values()].map(({ labels, value }) =>
      [name, Object.fromEntries(labels.values), value] as [string, Record<string, string>, number]
    )
  );

Deno.test("every line of pages of real servers is read, and no label is lost", () => {
  for (const name of ["triton_1", "triton_2", "node_1", "node_2", "llama_cpp_1", "llama_cpp_2", "vllm_1", "dcgm"]) {
    const text = pageOf(name);
    const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    const page = read(text);
    assert.deepEqual([page.lines, page.faults], [lines.length, 0], name);
    assert.equal(samplesOf(page).length, lines.length, name);
    const braces = lines.join("").split('="').length - 1;
    assert.equal(samplesOf(page).reduce((sum, [, labels]) => sum + Object.keys(labels).length, 0), braces, name);
  }
});

Deno.test("the example of Prometheus' documentation is read as it says", () => {
  // Source: prometheus.io, Exposition formats, Text format example.
  const page = read(`# HELP http_requests_total The total number of HTTP requests.
# TYPE http_requests_total counter
http_requests_total{method="post",code="200"} 1027 1395066363000
http_requests_total{method="post",code="400"}    3 1395066363000

# Escaping in label values:
msdos_file_access_time_seconds{path="C:\\\\DIR\\\\FILE.TXT",error="Cannot find file:\\n\\"FILE.TXT\\""} 1.458255915e9

# Minimalistic line:
metric_without_timestamp_and_labels 12.47

# A weird metric from before the epoch:
something_weird{problem="division by zero"} +Inf -3982045
`);
  assert.deepEqual(samplesOf(page), [
    ["http_requests_total", { method: "post", code: "200" }, 1027],
    ["http_requests_total", { method: "post", code: "400" }, 3],
    [
      "msdos_file_access_time_seconds",
      { path: "C:\\DIR\\FILE.TXT", error: 'Cannot find file:\n"FILE.TXT"' },
      1458255915,
    ],
    ["metric_without_timestamp_and_labels", {}, 12.47],
    ["something_weird", { problem: "division by zero" }, Infinity],
  ]);
  assert.equal(page.types.get("http_requests_total"), "counter");
});

Deno.test("OpenMetrics' exemplars, quoted names and end are read, and what follows the end is not", () => {
  const page = read(`# TYPE "my.metric" gauge
# UNIT x seconds
{"my.metric", "a b"="1", c="2"} 3
foo_bucket{le="10"} 17 1520879607.789 # {trace_id="KOO5S4vxi0o"} 9.8 1520879607.789
foo_created 1520872607.123
# EOF
later 1
`);
  assert.deepEqual(samplesOf(page), [
    ["my.metric", { "a b": "1", c: "2" }, 3],
    ["foo_bucket", { le: "10" }, 17],
    ["foo_created", {}, 1520872607.123],
  ]);
  assert.equal(page.types.get("my.metric"), "gauge");
});

Deno.test("blanks, carriage returns, trailing commas and every spelling of a number are read", () => {
  const page = read('  a{x="1",}\t1\r\nb { x = "2" } 2e3\n c -.5\nd +Inf\ne NaN\nf -inf\n');
  assert.deepEqual(samplesOf(page), [
    ["a", { x: "1" }, 1],
    ["b", { x: "2" }, 2000],
    ["c", {}, -0.5],
    ["d", {}, Infinity],
    ["e", {}, NaN],
    ["f", {}, -Infinity],
  ]);
});

Deno.test("a broken line is counted and costs no other line", () => {
  const broken = [
    "a",
    "a{",
    'a{x="1" 2',
    "a{x=1} 2",
    'a{x="1} 2',
    "a 1x",
    "a 0x10",
    '{x="1"} 2',
    "a{x} 1",
    `a ${"1".repeat(99)}`,
  ];
  for (const line of broken) {
    const page = read(`before 1\n${line}\nafter 2\n`);
    assert.deepEqual([page.lines, page.faults], [2, 1], line);
    assert.deepEqual(samplesOf(page).map(([name]) => name), ["before", "after"], line);
  }
});

Deno.test("labels hold braces, commas, quotes and newlines of a stranger", () => {
  const page = read('a{x="}{,=\\"#",y="\\\\",z=""} 1\n');
  assert.deepEqual(samplesOf(page), [["a", { x: '}{,="#', y: "\\", z: "" }, 1]]);
});

Deno.test("the same labels in another order are the same sample", () => {
  const text = new PageText();
  const ids = ['a{x="1",y="2"} 1\n', 'a{y="2",x="1"} 2\n'].map((
    line,
  ) => [...text.read(line, () => true).samples.get("a")?.keys() ?? []]);
  assert.deepEqual(ids[0], ids[1]);
});

Deno.test("of a page with many samples no more are kept than the limit, and unasked names cost nothing", () => {
  const line = (i: number) => `a{i="${i}"} 1\n`;
  const many = Array.from({ length: 11_000 }, (_, i) => line(i)).join("");
  assert.equal(read(many).samples.get("a")?.size, 10_000);
  const page = new PageText().read(many, () => false);
  assert.deepEqual([page.samples.size, page.lines], [0, 11_000]);
});
