/** Colours belong to operations: the same in every chart and table, and in every run that calls the same operations. */
import type { Run } from "../../result/run.ts";
import { operationsOf } from "../figures/figures.ts";
import { memoized } from "../figures/memory.ts";

/** The operations' colours of `theme.css`. */
export const OPERATION_COLORS = ["op-1", "op-2", "op-3", "op-4", "op-5", "op-6", "op-7", "op-8", "op-9"] as const;
/** Of operations beyond the palette. */
const GREY = "op-0";

/** Operations of June's own protocol have theirs by name: blue, teal and rose by the kind of service, umber for a turn. */
const KNOWN: Readonly<Record<string, string>> = {
  "llm.chat_stream": "op-1",
  "stt.recognize_stream": "op-2",
  "tts.synthesize_stream": "op-3",
  voice_turn: "op-4",
  "llm.generate": "op-5",
  "stt.recognize": "op-6",
  "tts.synthesize": "op-7",
};

/**
 * The theme's colour of each operation. Others than June's take theirs by their name, the next free one where two names
 * meet; beyond the palette an operation is grey.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const colors = colorsFor(["rest POST /chat", "llm.chat_stream"]);
 * assert.equal(colors.get("llm.chat_stream"), "op-1");
 * assert.equal(colors.get("rest POST /chat"), colorsFor(["rest POST /chat"]).get("rest POST /chat"));
 * ```
 */
export function colorsFor(operations: readonly string[]): Map<string, string> {
  const colors = new Map<string, string>();
  for (const name of operations) if (KNOWN[name] !== undefined) colors.set(name, KNOWN[name]);
  const taken = new Set(colors.values());
  for (const name of operations.filter((one) => !colors.has(one)).sort()) {
    const first = hash(name) % OPERATION_COLORS.length;
    const free = OPERATION_COLORS.map((_, i) => OPERATION_COLORS[(first + i) % OPERATION_COLORS.length] as string)
      .find((color) => !taken.has(color));
    colors.set(name, free ?? GREY);
    if (free !== undefined) taken.add(free);
  }
  return colors;
}

/** The colours of a run's operations. */
export function operationColors(run: Run): Map<string, string> {
  return memoized(run, "operation colors", () => colorsFor(operationsOf(run)));
}

/** The colour of a service: that of the first operation that calls it alone, or at all. */
export function serviceColor(run: Run, service: string): string {
  const calling = run.plan.tasks.filter(({ services }) => services.includes(service));
  const first = calling.find(({ services }) => services.length === 1) ?? calling[0];
  return operationColors(run).get(first?.operation ?? "") ?? GREY;
}

/** FNV-1a. Source: RFC 9923 has its constants. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const character of text) value = Math.imul(value ^ (character.codePointAt(0) as number), 0x01000193);
  return value >>> 0;
}
