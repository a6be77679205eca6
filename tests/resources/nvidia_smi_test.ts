import assert from "node:assert/strict";
import type { GpuSample, ResourceNote } from "../../lib/measure/resource.ts";
import { startGpuSampler } from "../../lib/resources/nvidia_smi.ts";

const FIXTURES = new URL("fixtures/", import.meta.url).pathname;

interface Run {
  samples: GpuSample[];
  notes: ResourceNote[];
  /** Resolves once the condition holds; looked at after each sample and note. */
  until(condition: (run: Run) => boolean): Promise<void>;
  stop(): Promise<void>;
  /** Lines of a file that the script wrote; `starts` has the arguments of each start. */
  written(name: string): string[];
}

/** Runs the sampler over a shell script that stands in for nvidia-smi; `$fixtures` is the folder of the fixtures. */
async function withFake(
  script: string,
  test: (run: Run) => Promise<void>,
  times: { silence_ms?: number; stop_ms?: number } = {},
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const program = `${folder}/nvidia-smi`;
  const head = `#!/bin/sh\nfixtures='${FIXTURES}'\ncd '${folder}'\necho "$*" >> starts\n`;
  await Deno.writeTextFile(program, head + script, { mode: 0o755 });
  let changed = () => {};
  const samples: GpuSample[] = [];
  const notes: ResourceNote[] = [];
  let now_ms = 0;
  const sampler = startGpuSampler({
    program,
    interval_ms: 1000,
    ...times,
    now_ms: () => now_ms += 1000,
    onSample: (sample) => {
      samples.push(sample);
      changed();
    },
    onNote: (note) => {
      notes.push(note);
      changed();
    },
  });
  const run: Run = {
    samples,
    notes,
    until: async (condition) => {
      while (!condition(run)) await new Promise<void>((resolve) => changed = resolve);
    },
    stop: () => sampler.stop(),
    written: (name) => Deno.readTextFileSync(`${folder}/${name}`).trimEnd().split("\n"),
  };
  try {
    await test(run);
  } finally {
    await sampler.stop();
    await Deno.remove(folder, { recursive: true });
  }
}

const kinds = (run: Run) => run.notes.map(({ kind }) => kind);
const FOREVER = "exec sleep 600\n";

Deno.test("startGpuSampler() asks one nvidia-smi for CSV again and again, and drops the first row", async () => {
  await withFake(`cat "$fixtures/h100.csv"\n${FOREVER}`, async (run) => {
    await run.until(() => run.samples.length === 4);
    assert.deepEqual(run.samples.map(({ power_w }) => power_w), [412.30, 631.95, 640.12, 638.77]);
    assert.deepEqual(run.samples.map(({ t_ms }) => t_ms), [2000, 3000, 4000, 5000]);
    assert.deepEqual(kinds(run), []);
    const [start] = run.written("starts");
    assert.match(start!, /^--query-gpu=timestamp,index,uuid,name,\S+ --format=csv,noheader -lms 1000$/);
  });
});

Deno.test("startGpuSampler() keeps two GPUs apart and goes back to an older field name", async () => {
  const script = `
case "$*" in
  *clocks_event_reasons.active*) cat "$fixtures/refused_field.txt"; exit 2;;
  *mig.mode.current*) cat "$fixtures/two_a10_driver_525.csv";;
esac
${FOREVER}`;
  await withFake(script, async (run) => {
    await run.until(() => run.samples.length === 2);
    assert.deepEqual(run.samples.map(({ index, clock_event_mask }) => [index, clock_event_mask]), [[0, 0x24], [1, 1]]);
    assert.equal(run.written("starts").length, 2);
    assert.match(run.written("starts")[1]!, /clocks_throttle_reasons\.active/);
    assert.deepEqual(kinds(run), []);
  });
});

Deno.test("startGpuSampler() leaves out a field that has no older name, and says so", async () => {
  const script = `
case "$*" in
  *mig.mode.current*) echo 'Field "mig.mode.current" is not a valid field to query.'; exit 2;;
esac
sed 's/, Disabled$//' "$fixtures/h100.csv"
${FOREVER}`;
  await withFake(script, async (run) => {
    await run.until(() => run.samples.length === 4);
    assert.equal(run.samples[0]!.clock_event_mask, 0);
    assert.deepEqual(kinds(run), ["gpu_fields_missing"]);
    assert.match(run.notes[0]!.text, /does not report mig\.mode\.current$/);
  });
});

Deno.test("startGpuSampler() gives up when every request is refused", async () => {
  await withFake(`echo 'Invalid combination of input arguments.'; exit 2\n`, async (run) => {
    await run.until(() => run.notes.length === 1);
    assert.deepEqual(kinds(run), ["gpu_unavailable"]);
    assert.match(run.notes[0]!.text, /exit code 2: "Invalid combination/);
    assert.equal(run.written("starts").length, 2);
  });
});

Deno.test("startGpuSampler() takes a missing program as no GPU", async () => {
  const notes: ResourceNote[] = [];
  const noted = Promise.withResolvers<void>();
  const sampler = startGpuSampler({
    program: "/no/such/nvidia-smi",
    interval_ms: 1000,
    now_ms: () => 7,
    onSample: () => assert.fail("no sample may come"),
    onNote: (note) => {
      notes.push(note);
      noted.resolve();
    },
  });
  await noted.promise;
  assert.deepEqual(notes, [{
    t_ms: 7,
    kind: "gpu_absent",
    text: 'No GPU readings: "/no/such/nvidia-smi" was not found on this machine',
  }]);
  await sampler.stop();
});

Deno.test("startGpuSampler() takes a program that may not run as unavailable", async () => {
  const notes: ResourceNote[] = [];
  const noted = Promise.withResolvers<void>();
  const sampler = startGpuSampler({
    program: FIXTURES + "h100.csv",
    interval_ms: 1000,
    now_ms: () => 7,
    onSample: () => assert.fail("no sample may come"),
    onNote: (note) => {
      notes.push(note);
      noted.resolve();
    },
  });
  await noted.promise;
  assert.match(notes[0]!.text, /^No GPU readings: cannot start ".*h100\.csv"/);
  await sampler.stop();
});

Deno.test("startGpuSampler() tells a driver mismatch in one note", async () => {
  await withFake(`cat "$fixtures/driver_mismatch.txt"; exit 18\n`, async (run) => {
    await run.until(() => run.notes.length > 0);
    assert.deepEqual(kinds(run), ["gpu_unavailable"]);
    assert.match(run.notes[0]!.text, /differ in version/);
  });
});

Deno.test("startGpuSampler() reads failures from stderr and without a line end too", async () => {
  await withFake(`printf 'No devices were found'; exit 6\n`, async (run) => {
    await run.until(() => run.notes.length > 0);
    assert.deepEqual(kinds(run), ["gpu_absent"]);
  });
  await withFake(`printf 'rights are missing' >&2; exit 4\n`, async (run) => {
    await run.until(() => run.notes.length > 0);
    assert.match(run.notes[0]!.text, /may not query the GPU \(exit code 4: "rights are missing"\)/);
  });
});

Deno.test("startGpuSampler() keeps what it read when nvidia-smi dies in mid-line", async () => {
  await withFake(`cat "$fixtures/h100_cut_off.csv"; kill -9 $$\n`, async (run) => {
    await run.until(() => run.notes.length > 0);
    assert.equal(run.samples.length, 2);
    assert.deepEqual(kinds(run), ["gpu_lost"]);
    assert.match(run.notes[0]!.text, /signal SIGKILL\)$/);
  });
});

Deno.test("startGpuSampler() passes on a warning that data follows", async () => {
  const script = `echo 'WARNING: infoROM is corrupted at gpu 0000:17:00.0'; cat "$fixtures/h100.csv"\n${FOREVER}`;
  await withFake(script, async (run) => {
    await run.until(() => run.samples.length === 4);
    assert.deepEqual(kinds(run), ["gpu_message"]);
    assert.match(run.notes[0]!.text, /infoROM is corrupted/);
  });
});

Deno.test("startGpuSampler() drains stderr, so that a chatty driver cannot block it", async () => {
  const script = `head -c 300000 /dev/zero | tr '\\0' x >&2; cat "$fixtures/h100.csv"\n${FOREVER}`;
  await withFake(script, async (run) => {
    await run.until(() => run.samples.length === 4);
  });
});

Deno.test("startGpuSampler() notes an nvidia-smi that prints nothing", async () => {
  await withFake(FOREVER, async (run) => {
    await run.until(() => run.notes.length > 0);
    assert.deepEqual(kinds(run), ["gpu_silent"]);
  }, { silence_ms: 50 });
});

Deno.test("startGpuSampler() keeps nvidia-smi out of the terminal's process group, so that Ctrl-C does not end it", async () => {
  // Signal 0 to a group named after the process arrives only where the process leads a group of its own.
  const script = `if kill -0 -$$; then echo own; else echo shared; fi > group; cat "$fixtures/h100.csv"\n${FOREVER}`;
  await withFake(script, async (run) => {
    await run.until(() => run.samples.length === 4);
    assert.deepEqual(run.written("group"), ["own"]);
  });
});

Deno.test("stop() ends nvidia-smi with SIGTERM and adds no note", async () => {
  const script = `trap 'echo TERM >> signals; kill $!; exit 0' TERM; cat "$fixtures/h100.csv"; sleep 600 & wait\n`;
  await withFake(script, async (run) => {
    await run.until(() => run.samples.length === 4);
    await run.stop();
    assert.deepEqual(run.written("signals"), ["TERM"]);
    assert.equal(run.samples.length, 4);
    assert.deepEqual(run.notes, []);
    await run.stop();
  });
});

Deno.test("stop() kills an nvidia-smi that does not follow SIGTERM", async () => {
  const script = `trap '' TERM; echo $$ > pid; cat "$fixtures/h100.csv"; while :; do sleep 0.05; done\n`;
  await withFake(script, async (run) => {
    await run.until(() => run.samples.length === 4);
    await run.stop();
    assert.deepEqual(run.notes, []);
    assert.throws(() => Deno.kill(Number(run.written("pid")[0]), "SIGCONT"), Deno.errors.NotFound);
  }, { stop_ms: 50 });
});
