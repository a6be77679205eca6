import assert from "node:assert/strict";
import type { Marks, OperationEnd } from "../../../lib/driver/driver.ts";
import { ForwardedMarks } from "../../../lib/driver/core/forwarded_marks.ts";

const END: OperationEnd = { outcome: "ok", code: 0, type: "", details: "", sent_bytes: 1, received_bytes: 2 };

/** Tells every mark to a forwarder; what came out behind it. */
function through(more: (heard: unknown[][]) => Partial<Marks>): unknown[][] {
  const heard: unknown[][] = [];
  const hear = (name: string) => (...told: unknown[]) => void heard.push([name, ...told]);
  const marks = new ForwardedMarks({
    sent: hear("sent"),
    speechEnd: hear("speechEnd"),
    content: hear("content"),
    paced: hear("paced"),
    end: hear("end"),
    ...more(heard),
  });
  marks.sent();
  marks.lacking("EMFILE");
  marks.speechEnd();
  marks.text?.("word");
  marks.content(20);
  marks.paced(30, 20);
  marks.responded(40);
  marks.end(END);
  return heard;
}

const PLAIN = [["sent"], ["speechEnd"], ["content", 20], ["paced", 30, 20], ["end", END]];

Deno.test("ForwardedMarks passes every mark on, and texts only where somebody listens", () => {
  assert.deepEqual(through(() => ({})), PLAIN);
  const all = through((heard) => ({
    text: (piece) => void heard.push(["text", piece]),
    responded: (latency_us) => void heard.push(["responded", latency_us]),
    lacking: (errno) => void heard.push(["lacking", errno]),
  }));
  assert.deepEqual(all, [
    ["sent"],
    ["lacking", "EMFILE"],
    ["speechEnd"],
    ["text", "word"],
    ["content", 20],
    ["paced", 30, 20],
    ["responded", 40],
    ["end", END],
  ]);
});
