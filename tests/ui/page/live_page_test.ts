/** The live page's script, piece by piece; tests/browser/live runs it as a whole. */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  addressOf,
  corrected,
  faultsByLine,
  markedPieces,
  offsetOf,
  piecesOf,
} from "../../../lib/ui/web/page/before/yaml_text.ts";
import { charted, nowText } from "../../../lib/ui/web/page/charts/live_panels.ts";
import { aheadOf, type Course, highestOf, targetAt } from "../../../lib/ui/web/page/state/course.ts";
import { faultOf, requestOf, untouched } from "../../../lib/ui/web/page/state/draft.ts";
import { Feed, type Source } from "../../../lib/ui/web/page/state/feed.ts";
import { type Place, readPlace, writePlace } from "../../../lib/ui/web/page/state/place.ts";
import type { PlanView } from "../../../lib/ui/web/api.ts";
import { Points } from "../../../lib/ui/web/page/state/points.ts";
import { Store } from "../../../lib/ui/web/page/state/store.ts";

const second = (at_s: number, value: number | null, name = "users") => ({
  whole: false,
  at_s: [at_s],
  lines: { [name]: { unit: "count", values: [value] } },
});

Deno.test("a chart's head has the newest value of two GPUs, and of more the lowest and the highest", () => {
  const text = (...values: number[]) => nowText(values, (value) => `${value} W`);
  assert.deepEqual([text(), text(4), text(4, 3)], ["", "4 W now", "4 W and 3 W now"]);
  assert.equal(text(40, 56, 41, 39, 55, 44, 52, 50), "39 W to 56 W now");
});

Deno.test("of many operations those nearest to their limits have a chart, in the plan's order", () => {
  const names = Array.from({ length: 9 }, (_, i) => `op${i}`);
  const limits = names.slice(2).map((operation, i) => ({
    operation,
    of: "response_time" as const,
    name: "limit of P95: 1 s",
    value: 1000,
    percentile: 95,
    mean: 100 * i,
  }));
  const points = new Points();
  const lines = Object.fromEntries(limits.map(({ operation, mean }) => [
    `${operation} P95`,
    { unit: "duration_ms", values: [mean] },
  ]));
  points.add({ whole: false, at_s: [0.5], lines });
  const plan = { tasks: names.map((operation) => ({ operation })), limits } as unknown as PlanView;
  assert.deepEqual(charted(plan, points), ["op3", "op4", "op5", "op6", "op7", "op8"]);
  assert.deepEqual(charted({ ...plan, limits: limits.slice(0, 1) }, new Points()).slice(0, 3), ["op0", "op1", "op2"]);
  const few = { ...plan, tasks: plan.tasks.slice(0, 3) };
  assert.deepEqual(charted(few, points), ["op0", "op1", "op2"]);
});

Deno.test("a text can be saved whatever was pasted into it", () => {
  assert.equal(addressOf("a: 1 # é"), "data:text/yaml;charset=utf-8,a%3A%201%20%23%20%C3%A9");
  assert.match(addressOf("half \ud83d"), /half%20%EF%BF%BD$/);
});

Deno.test("points: a line that comes late, or says nothing, has gaps; a second told twice is taken once", () => {
  const points = new Points();
  points.add(second(0.5, 2));
  points.add(second(0.5, 9));
  points.add(second(1.5, 7, "CPU"));
  assert.deepEqual([points.at_s, points.values("users"), points.values("CPU")], [[0.5, 1.5], [2, null], [null, 7]]);
  assert.deepEqual([points.last("users"), points.values("none")], [null, [null, null]]);
  points.add({ whole: true, at_s: [4.5], lines: {} });
  assert.deepEqual([points.at_s, points.lines.size], [[4.5], 0]);
});

Deno.test("points: of a run of hours no peak is lost, and all lines stay as long as the list of seconds", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9000 }), fc.nat(), (count, seed) => {
      const points = new Points();
      const values = Array.from({ length: count }, (_, i) => (i * 7919 + seed) % 1009);
      values.forEach((value, i) => points.add(second(i + 0.5, value)));
      const line = points.values("users");
      assert.equal(line.length, points.at_s.length);
      assert.ok(line.length <= 2400);
      assert.equal(line.reduce<number>((max, value) => Math.max(max, value ?? 0), 0), Math.max(...values));
      assert.ok(points.at_s.every((at, i) => i === 0 || at > (points.at_s[i - 1] ?? 0)));
    }),
    { numRuns: 12 },
  );
});

const course = fc.array(fc.tuple(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 500 })), { minLength: 1 })
  .map((gaps): Course => {
    let at_s = 0;
    return gaps.map(([gap, target]) => [at_s += gap, target] as const);
  });

Deno.test("the plan ahead begins at the target of now, and never leaves its bounds", () => {
  fc.assert(fc.property(course, fc.integer({ min: 0, max: 600 }), (corners, now_s) => {
    const target = targetAt(corners, now_s);
    assert.ok(target >= 0 && target <= highestOf(corners));
    const ahead = aheadOf(corners, now_s);
    if (ahead.length > 0) assert.deepEqual(ahead[0], [now_s, target]);
    assert.ok(ahead.slice(1).every(([at_s]) => at_s > now_s));
  }));
});

Deno.test("places: every one is read back from its address, whatever the ids are", () => {
  const id = fc.string({ minLength: 1, unit: "grapheme" });
  const place = fc.oneof<fc.Arbitrary<Place>[]>(
    fc.constantFrom<Place>({ tag: "now" }, { tag: "plan" }, { tag: "runs" }),
    id.map((one): Place => ({ tag: "report", id: one })),
    fc.tuple(id, id).map(([base, next]): Place => ({ tag: "compare", base, next })),
  );
  fc.assert(fc.property(place, (one) => assert.deepEqual(readPlace(writePlace(one)), one)));
  fc.assert(fc.property(fc.string(), (hash) => void readPlace(hash)));
});

Deno.test("the text in colours is the text: no letter more, none less", () => {
  const line = fc.string().map((text) => text.replaceAll("\n", " "));
  fc.assert(fc.property(line, fc.integer({ min: 1, max: 40 }), (text, column) => {
    assert.equal(piecesOf(text).map((piece) => piece.text).join(""), text);
    assert.equal(markedPieces(text, column).map((piece) => piece.text).join(""), text);
  }));
  assert.deepEqual(piecesOf('  - "a # b": 1 # c').at(-1), { text: "# c", look: "comment" });
});

Deno.test("a correction is made where the fault is, not at another place with the same word", () => {
  const text = "a: usr\nusr: usr # usr";
  assert.equal(corrected(text, 2, 1, { old: "usr", new: "users" }), "a: usr\nusers: usr # usr");
  assert.equal(corrected(text, 2, 6, { old: "usr", new: "users" }), "a: usr\nusr: users # usr");
  assert.equal(corrected(text, 1, 1, { old: "gone", new: "users" }), null);
  assert.equal(corrected(text, 9, 1, { old: "usr", new: "users" }), null);
  assert.equal(text.slice(offsetOf(text, 2, 6)), "usr # usr");
  const problem = (line: number | null, message: string) => ({ line, column: 1, path: "", message });
  const faults = faultsByLine([problem(2, "first"), problem(2, "second"), problem(null, "of a field")]);
  assert.deepEqual([...faults].map(([line, { message }]) => [line, message]), [[2, "first"]]);
});

Deno.test("a draft asks for what was changed and can be read, and for nothing else", () => {
  assert.deepEqual(requestOf(untouched("a")), { scenario: "a", yaml: null });
  const draft = { ...untouched("a", true), fields: { users: "12", duration_ms: "1m30s", spawn_rate_per_s: "many" } };
  assert.deepEqual(requestOf({ ...draft, hosts: { llm: "gpu:1" } }).fields, {
    users: 12,
    duration_ms: 90_000,
    hosts: { llm: "gpu:1" },
    simulator: true,
  });
  for (const [name, text] of [["users", "1.5"], ["users", "-1"], ["users", ""], ["duration_ms", "0s"]] as const) {
    assert.notEqual(faultOf(name, text), null, `${name} ${text}`);
  }
  assert.equal(faultOf("spawn_rate_per_s", "0.5"), null);
});

Deno.test("the feed asks for what it missed, says that the connection is lost, and forgets the run before", () => {
  const addresses: string[] = [];
  const heard = new Map<string, (event: { data: string; lastEventId: string }) => void>();
  const sources: Source[] = [];
  const store = new Store({ tag: "now" });
  const feed = new Feed(store, (address) => {
    addresses.push(address);
    const source: Source = {
      onopen: null,
      onerror: null,
      addEventListener: (name, on) => heard.set(name, on),
      close() {},
    };
    sources.push(source);
    return source;
  });
  const tell = (name: string, data: unknown, lastEventId = "") =>
    heard.get(name)?.({ data: JSON.stringify(data), lastEventId });
  const stop = feed.start();
  try {
    tell("state", { phase: "running", run: { id: "a" } });
    tell("log", { id: 1, at_ms: 0, tone: "info", text: "begun" }, "x-1");
    tell("log", { id: 1, at_ms: 0, tone: "info", text: "begun" }, "x-1");
    tell("seconds", { ...second(0.5, 3), run: "a", view: {} }, "x-2");
    assert.deepEqual([store.state.link, store.state.log.length, store.points.last("users")], ["open", 1, 3]);
    sources.at(-1)?.onerror?.();
    assert.equal(store.state.link, "lost");
    feed.connectNow();
    assert.deepEqual(addresses, ["/api/events", "/api/events?last=x-2"]);
    tell("state", { phase: "running", run: { id: "b" } });
    assert.deepEqual([store.state.seconds, store.points.at_s.length, store.state.log.length], [null, 0, 0]);
  } finally {
    stop();
  }
});
