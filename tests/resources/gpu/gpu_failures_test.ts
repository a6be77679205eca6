import assert from "node:assert/strict";
import { absentNote, failureNote, lostBusId, silenceNote } from "../../../lib/resources/gpu/gpu_failures.ts";

const words = (name: string) =>
  Deno.readTextFileSync(new URL(`../fixtures/${name}.txt`, import.meta.url)).trimEnd().split("\n");
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
  assert.match(note(77, ["odd"]).text, /nvidia-smi ended \(exit code 77, prints: "odd"\)/);
});

Deno.test("failureNote() calls an end in mid-run lost", () => {
  const lost = note(143, [], true, "SIGTERM");
  assert.deepEqual(lost, { kind: "gpu_lost", text: "GPU readings stop: nvidia-smi ended (signal SIGTERM)" });
  assert.equal(note(6, words("no_gpu"), true).kind, "gpu_lost");
});

Deno.test("failureNote() cuts long words", () => {
  assert.ok(note(1, ["x".repeat(5000)]).text.length < 400);
});

Deno.test("absentNote() tells a missing program from one that may not run, and knows a Jetson", () => {
  assert.match(absentNote("/opt/nvidia-smi", { kind: "absent" }, null).text, /"\/opt\/nvidia-smi" was not found/);
  const barred = absentNote("nvidia-smi", { kind: "not executable", path: "/opt/nvidia-smi" }, null);
  assert.equal(barred.kind, "gpu_unavailable");
  assert.match(barred.text, /"\/opt\/nvidia-smi" is there, but may not be run: chmod \+x/);
  const jetson = absentNote("nvidia-smi", { kind: "absent" }, "NVIDIA Jetson Orin Nano Developer Kit");
  assert.equal(jetson.kind, "gpu_absent");
  assert.match(jetson.text, /Jetson Orin Nano.*tegrastats/);
  assert.doesNotMatch(absentNote("nvidia-smi", { kind: "absent" }, "Raspberry Pi 5").text, /Jetson/);
});

Deno.test("silenceNote() quotes what is printed instead of rows, once", () => {
  assert.match(silenceNote(4200, []).text, /^No GPU reading for 4\.2 s: nvidia-smi runs but prints nothing$/);
  const texts = ["NVIDIA-SMI has failed", "NVIDIA-SMI has failed"];
  assert.match(silenceNote(10_000, texts).text, /for 10 s: nvidia-smi runs but prints: "NVIDIA-SMI has failed"$/);
});

Deno.test("lostBusId() finds the GPU that fell off", () => {
  assert.equal(lostBusId(words("gpu_off_the_bus")), "0000:17:00.0");
  assert.equal(lostBusId(["No devices were found"]), null);
});
