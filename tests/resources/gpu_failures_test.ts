import assert from "node:assert/strict";
import { absentNote, failureNote } from "../../lib/resources/gpu_failures.ts";

const words = (name: string) =>
  Deno.readTextFileSync(new URL(`fixtures/${name}.txt`, import.meta.url)).trimEnd().split("\n");
const note = (code: number, texts: string[], had_rows = false, signal: string | null = null) =>
  failureNote({ code, signal, texts, had_rows });

Deno.test("failureNote() says what each known failure means and what to do", () => {
  const cases: Array<[code: number, fixture: string, kind: string, text: RegExp]> = [
    [18, "driver_mismatch", "gpu_unavailable", /differ in version.*535\.161.*restart the machine/],
    [9, "driver_not_loaded", "gpu_unavailable", /driver is not running.*load the driver/],
    [15, "gpu_off_the_bus", "gpu_unavailable", /fallen off the bus.*GPU0000:17:00\.0.*reset that GPU/],
    [6, "no_gpu", "gpu_absent", /found no GPU/],
    [2, "refused_field", "gpu_unavailable", /refuses every field.*clocks_event_reasons\.active/],
  ];
  for (const [code, fixture, kind, text] of cases) {
    const found = note(code, words(fixture));
    assert.equal(found.kind, kind, fixture);
    assert.match(found.text, text);
  }
});

Deno.test("failureNote() reads the exit code where the words say nothing", () => {
  assert.match(note(12, []).text, /driver library is missing \(exit code 12\)/);
  assert.match(note(77, ["odd"]).text, /nvidia-smi ended \(exit code 77: "odd"\)/);
});

Deno.test("failureNote() calls an end in mid-run lost", () => {
  const lost = note(143, [], true, "SIGTERM");
  assert.deepEqual(lost, { kind: "gpu_lost", text: "GPU readings end here: nvidia-smi ended (signal SIGTERM)" });
  assert.equal(note(6, words("no_gpu"), true).kind, "gpu_lost");
});

Deno.test("failureNote() cuts long words", () => {
  assert.ok(note(1, ["x".repeat(5000)]).text.length < 400);
});

Deno.test("absentNote() names the program", () => {
  assert.match(absentNote("/opt/nvidia-smi").text, /"\/opt\/nvidia-smi" was not found/);
});
