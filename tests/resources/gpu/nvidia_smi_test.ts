import assert from "node:assert/strict";
import type { GpuSample, ResourceNote } from "../../../lib/measure/resource.ts";
import { type GpuSamplerOptions, startGpuSampler } from "../../../lib/resources/gpu/nvidia_smi.ts";
import { BASIC } from "./columns.ts";

const FIXTURES = new URL("../fixtures/", import.meta.url).pathname;
const BASIC_FIELDS = BASIC.map(({ field }) => field);

interface Run {
  samples: GpuSample[];
  notes: ResourceNote[];
  /** Resolves once the condition holds; looked at after each sample and note. */
  until(condition: (run: Run) => boolean): Promise<void>;
  stop(): Promise<void>;
  /** Lines of a file that the script wrote; `starts` has the arguments of each start of the main query. */
  written(name: string): string[];
}

interface Fake {
  /** What the main query does. `$fixtures` is the folder of the fixtures, `rows FILE` prints one of them as asked. */
  query: string;
  /** What the list of fields is. Default: the fields of the fixtures. */
  help?: string;
  /** What the query of processes does. Default: nothing runs. */
  apps?: string;
  mode?: number;
}

/** Prints the rows of a fixture with the fields that were asked for, in their order. */
const ROWS = `rows() {
  fields=\${asked#--query-gpu=}
  awk -F', ' -v asked="$fields" -v basic='${BASIC_FIELDS}' 'BEGIN {
    n = split(asked, want, ","); m = split(basic, have, ",")
    for (i = 1; i <= m; i++) at[have[i]] = i
    at["clocks_throttle_reasons.active"] = at["clocks_event_reasons.active"]
  } { line = ""
    for (i = 1; i <= n; i++) line = line (i > 1 ? ", " : "") ((want[i] in at) ? $at[want[i]] : "[N/A]")
    print line
  }' "$1"
}
`;

function scriptOf(folder: string, { query, help, apps }: Fake): string {
  return `#!/bin/sh
fixtures='${FIXTURES}'
cd '${folder}'
asked=$1
case "$1" in
  --help-query-gpu) ${help ?? `echo '${BASIC_FIELDS.map((field) => `"${field}"`).join("\n")}'`}
    exit;;
  --query-compute-apps*) ${apps ?? "exec sleep 600"}
    exit;;
esac
${ROWS}
echo "$*" >> starts
${query}`;
}

/** Runs the sampler over a shell script that stands in for nvidia-smi. */
async function withFake(
  fake: string | Fake,
  test: (run: Run) => Promise<void>,
  options: Partial<GpuSamplerOptions> = {},
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const program = `${folder}/nvidia-smi`;
  const script = typeof fake === "string" ? { query: fake } : fake;
  await Deno.writeTextFile(program, scriptOf(folder, script), { mode: script.mode ?? 0o755 });
  let changed = () => {};
  const samples: GpuSample[] = [];
  const notes: ResourceNote[] = [];
  let now_ms = 0;
  const sampler = startGpuSampler({
    program,
    interval_ms: 1000,
    now_ms: () => now_ms += 1000,
    onSample: (sample) => {
      samples.push(sample);
      changed();
    },
    onNote: (note) => {
      notes.push(note);
      changed();
    },
    ...options,
    times: { retry_ms: 10, retry_max_ms: 40, ...options.times },
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

/** Options of a sampler that is to say only that there is nothing. */
function firstNote(options: Partial<GpuSamplerOptions>): Promise<{ note: ResourceNote; stop(): Promise<void> }> {
  return new Promise((resolve) => {
    const sampler = startGpuSampler({
      program: "/no/such/nvidia-smi",
      interval_ms: 1000,
      now_ms: () => 7,
      onSample: () => assert.fail("no sample may come"),
      onNote: (note) => queueMicrotask(() => resolve({ note, stop: () => sampler.stop() })),
      ...options,
    });
  });
}

const kinds = (run: Run) => run.notes.map(({ kind }) => kind);
const FOREVER = "exec sleep 600\n";

Deno.test("startGpuSampler() asks one nvidia-smi for CSV again and again, and drops the first row", async () => {
  await withFake(`cat "$fixtures/h100.csv"\n${FOREVER}`, async (run) => {
    await run.until(() => run.samples.length === 4);
    assert.deepEqual(run.samples.map(({ power_w }) => power_w), [412.30, 631.95, 640.12, 638.77]);
    assert.deepEqual(run.samples.map(({ t_ms }) => t_ms), [3000, 4000, 5000, 6000]);
    assert.deepEqual(kinds(run), []);
    const [start] = run.written("starts");
    assert.match(start!, /^--query-gpu=timestamp,index,uuid,name,\S+ --format=csv,noheader,nounits -lms 1000$/);
  });
});

function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(Deno.readTextFileSync(`/proc/${pid}/status`));
  } catch {
    return false;
  }
}

/** A driver that does not list its fields. */
const NO_HELP = "exit 1";

Deno.test("startGpuSampler() keeps two GPUs apart and goes back to an older field name", async () => {
  const query = `
case "$*" in
  *clocks_event_reasons.active*) cat "$fixtures/refused_field.txt"; exit 2;;
  *mig.mode.current*) rows "$fixtures/two_a10_driver_525.csv";;
esac
${FOREVER}`;
  await withFake({ query, help: NO_HELP }, async (run) => {
    await run.until(() => run.samples.length === 2);
    assert.deepEqual(run.samples.map(({ index, clock_event_mask }) => [index, clock_event_mask]), [[0, 0x24], [1, 1]]);
    assert.equal(run.written("starts").length, 2);
    assert.match(run.written("starts")[1]!, /clocks_throttle_reasons\.active/);
    assert.deepEqual(kinds(run), []);
  });
});

Deno.test("startGpuSampler() leaves out a field that has no older name, and says so", async () => {
  const query = `
case "$*" in
  *mig.mode.current*) echo 'Field "mig.mode.current" is not a valid field to query.'; exit 2;;
esac
rows "$fixtures/h100.csv"
${FOREVER}`;
  await withFake({ query, help: NO_HELP }, async (run) => {
    await run.until(() => run.samples.length === 4);
    assert.equal(run.samples[0]!.clock_event_mask, 0);
    assert.deepEqual(kinds(run), ["gpu_fields_missing"]);
    assert.match(run.notes[0]!.text, /does not report mig\.mode\.current$/);
  });
});

Deno.test("startGpuSampler() asks for what the driver lists, in one start", async () => {
  const help = `cat <<'END'
"timestamp"
The time.
"index"
"uuid" or "gpu_uuid"
"name" or "gpu_name"
"utilization.gpu"
"memory.used"
"memory.total"
"power.draw"
"clocks.sm"
"total_energy_consumption"
END`;
  const query = `for at in 0 1; do echo "2026/07/14 08:12:5$at.353, 0, GPU-1, A, 5, 6, 7, 8, 900, 12000"; done
${FOREVER}`;
  await withFake({ query, help }, async (run) => {
    await run.until(() => run.samples.length === 1);
    const [sample] = run.samples;
    assert.deepEqual([sample!.sm_clock_mhz, sample!.energy_j, sample!.temperature_c], [900, 12, null]);
    assert.equal(run.written("starts").length, 1);
    assert.deepEqual(kinds(run), ["gpu_fields_missing"]);
  });
});

Deno.test("startGpuSampler() does without a list of fields that hangs or is garbage", async () => {
  for (const help of ["exec sleep 600", "head -c 300000 /dev/urandom", "echo '\"index\"'"]) {
    await withFake({ query: `rows "$fixtures/h100.csv"\n${FOREVER}`, help }, async (run) => {
      await run.until(() => run.samples.length === 4);
      assert.deepEqual(kinds(run), []);
    }, { times: { list_ms: 100 } });
  }
});

Deno.test("startGpuSampler() says that every request is refused, and goes on trying", async () => {
  await withFake({ query: `echo 'Invalid combination of input arguments.'; exit 2\n`, help: NO_HELP }, async (run) => {
    await run.until(() => run.notes.length === 1);
    assert.deepEqual(kinds(run), ["gpu_unavailable"]);
    assert.match(run.notes[0]!.text, /exit code 2, prints: "Invalid combination/);
    assert.equal(run.written("starts").length, 2);
  });
});

Deno.test("startGpuSampler() asks for the GPUs that are named", async () => {
  await withFake(`cat "$fixtures/h100.csv"\n${FOREVER}`, async (run) => {
    await run.until(() => run.samples.length === 4);
    assert.match(run.written("starts")[0]!, / -lms 1000 -i 0,2$/);
  }, { gpus: ["0", "2"] });
});

Deno.test("startGpuSampler() starts again after any end: readings resume, and each end is told once", async () => {
  const query = `
case $(wc -l < starts) in
  1) cat "$fixtures/driver_not_loaded.txt"; exit 9;;
  2|3) exit 0;;
  4) cat "$fixtures/h100.csv"; cat "$fixtures/driver_mismatch.txt"; exit 18;;
  5) cat "$fixtures/driver_mismatch.txt"; exit 18;;
  *) cat "$fixtures/h100.csv"; ${FOREVER};;
esac
`;
  await withFake(query, async (run) => {
    await run.until(() => run.samples.length === 8);
    await run.stop();
    assert.equal(run.written("starts").length, 6);
    const told = run.notes.map(({ kind, count = 1 }) => `${kind} ${count}`);
    assert.deepEqual(told, [
      ...["gpu_unavailable 1", "gpu_unavailable 1", "gpu_back 1", "gpu_lost 1"],
      ...["gpu_unavailable 2", "gpu_back 2", "gpu_lost 2"],
    ]);
    assert.match(run.notes[0]!.text, /driver is not running.*load the driver/);
    assert.match(run.notes[2]!.text, /GPU readings are back after \d+ s/);
  });
});

Deno.test("startGpuSampler() asks for the healthy GPUs alone once one has fallen off the bus", async () => {
  const head = "timestamp,index,uuid,name,utilization.gpu,memory.used,memory.total,power.draw,pci.bus_id".split(",");
  const help = `printf '"%s"\\n' ${head.join(" ")}`;
  const row = (at: number, index: number) =>
    `2026/07/14 08:12:5${at}.353, ${index}, GPU-${index}, A, 5, 6, 7, 8, 00000000:${index + 1}7:00.0`;
  const query = `
case "$*" in
  *"-i GPU-1"*) echo '${row(4, 1)}'; echo '${row(5, 1)}'; ${FOREVER};;
esac
printf '%s\\n' '${row(1, 0)}' '${row(1, 1)}' '${row(2, 0)}' '${row(2, 1)}'
cat "$fixtures/gpu_off_the_bus.txt"
exit 15
`;
  await withFake({ query, help }, async (run) => {
    await run.until(() => run.samples.length === 3);
    assert.deepEqual(run.samples.map(({ index }) => index), [0, 1, 1]);
    assert.deepEqual(kinds(run).filter((kind) => kind !== "gpu_fields_missing"), ["gpu_lost", "gpu_back"]);
    assert.match(run.notes.find(({ kind }) => kind === "gpu_lost")!.text, /fallen off the bus.*17:00\.0/);
  });
});

Deno.test("startGpuSampler() tells one warning a second once, with its count", async () => {
  const rows = Array.from({ length: 6 }, (_, at) => {
    const warning = `2026-07-14 08:12:5${at} WARNING: infoROM is corrupted at gpu 0000:17:00.0`;
    return `echo '${warning}'; sed -n ${at % 5 + 1}p "$fixtures/h100.csv"`;
  }).join("\n");
  await withFake(`${rows}\n${FOREVER}`, async (run) => {
    await run.until(() => run.samples.length === 5);
    await run.stop();
    assert.deepEqual(run.notes.filter(({ kind }) => kind === "gpu_message").map(({ count }) => count), [undefined, 6]);
    assert.match(run.notes[0]!.text, /says: ".*infoROM is corrupted/);
  });
});

Deno.test("startGpuSampler() cuts a flood off and says so, whatever it is made of", async () => {
  for (const flood of ["yes garbage", "yes | tr -d '\\n'", `yes "$(cat "$fixtures/h100.csv")"`]) {
    await withFake(
      `if [ $(wc -l < starts) = 1 ]; then ${flood}; fi; cat "$fixtures/h100.csv"\n${FOREVER}`,
      async (run) => {
        await run.until(() => run.notes.some(({ kind }) => kind === "gpu_flood"));
        const before = run.samples.length;
        await run.until(() => run.samples.length >= before + 4);
        assert.match(run.notes.find(({ kind }) => kind === "gpu_flood")!.text, /prints without end/);
      },
    );
  }
});

Deno.test("startGpuSampler() ends the children of a wrapper with it", async () => {
  const query = `sleep 600 & echo $! > child; cat "$fixtures/h100.csv"; wait\n`;
  await withFake(query, async (run) => {
    await run.until(() => run.samples.length === 4);
    await run.stop();
    // Who takes it over may leave it a zombie.
    while (isAlive(Number(run.written("child")[0]))) await new Promise((resolve) => setTimeout(resolve, 5));
  });
  // A wrapper that dies and leaves a child with its pipes.
  await withFake(
    `if [ $(wc -l < starts) = 1 ]; then sleep 600 & exit 3; fi; cat "$fixtures/h100.csv"\n${FOREVER}`,
    async (run) => {
      await run.until(() => run.samples.length === 4);
      assert.match(run.notes[0]!.text, /exit code 3/);
    },
  );
});

Deno.test("startGpuSampler() starts an nvidia-smi that hangs anew", async () => {
  await withFake(
    `if [ $(wc -l < starts) = 1 ]; then exec sleep 600; fi; cat "$fixtures/h100.csv"\n${FOREVER}`,
    async (run) => {
      await run.until(() => run.samples.length === 4);
      assert.deepEqual(kinds(run), ["gpu_silent", "gpu_back"]);
    },
    { times: { silence_ms: 30 } },
  );
});

Deno.test("startGpuSampler() quotes what is printed instead of rows, once", async () => {
  await withFake(`while :; do cat "$fixtures/driver_not_loaded.txt"; sleep 0.01; done\n`, async (run) => {
    const quoted = () => run.notes.find(({ text }) => text.includes("runs but prints: "));
    await run.until(() => quoted() !== undefined);
    assert.equal(quoted()!.kind, "gpu_silent");
    assert.match(quoted()!.text, /runs but prints: "NVIDIA-SMI has failed[^"]*"$/);
    assert.equal(quoted()!.text.match(/NVIDIA-SMI has failed/g)!.length, 1);
  }, { times: { silence_ms: 150 } });
});

Deno.test("stop() says that there was no reading, however short the run was", async () => {
  await withFake(FOREVER, async (run) => {
    await run.stop();
    assert.deepEqual(kinds(run), ["gpu_silent"]);
    assert.match(run.notes[0]!.text, /^No GPU reading for \d+(\.\d)? s: nvidia-smi runs but prints nothing$/);
  });
});

Deno.test("startGpuSampler() reads on through rows that are cut, glued or garbage", async () => {
  const query = `
sed -n 1p "$fixtures/h100.csv" | tr -d '\\n'; sed -n 2p "$fixtures/h100.csv"
sed -n 3p "$fixtures/h100.csv" | cut -c 1-60
head -c 2000 /dev/urandom | tr -d '\\n,'; echo
sed -n 4,5p "$fixtures/h100.csv"
${FOREVER}`;
  await withFake(query, async (run) => {
    await run.until(() => run.samples.length === 3);
    assert.deepEqual(run.samples.map(({ power_w }) => power_w), [412.30, 640.12, 638.77]);
  });
});

Deno.test("startGpuSampler() gives each sample the processes that were seen", async () => {
  const query = `while :; do cat "$fixtures/h100.csv"; sleep 0.02; done\n`;
  const apps = `cat "$fixtures/compute_apps.csv"; ${FOREVER}`;
  await withFake({ query, apps }, async (run) => {
    await run.until(() => run.samples.some(({ processes }) => processes !== undefined));
    const [seen] = run.samples.filter(({ processes }) => processes !== undefined);
    assert.deepEqual(seen!.processes!.map(({ pid }) => pid), [21180, 21198, 21240]);
  });
});

Deno.test("startGpuSampler() tells a GPU with unified memory why its memory is missing", async () => {
  const query = `sed 's/NVIDIA H100 80GB HBM3/NVIDIA GB10/; s/[0-9]* MiB/[N\\/A]/g' "$fixtures/h100.csv"\n${FOREVER}`;
  await withFake(query, async (run) => {
    await run.until(() => run.samples.length === 4);
    assert.deepEqual(kinds(run), ["gpu_memory_unreadable"]);
    assert.match(run.notes[0]!.text, /"NVIDIA GB10" has no memory of its own/);
    assert.equal(run.samples[0]!.memory_used_bytes, null);
  });
});

Deno.test("startGpuSampler() takes a missing program as no GPU, and knows a Jetson by its board", async () => {
  const { note, stop } = await firstNote({});
  assert.deepEqual(note, {
    t_ms: 7,
    kind: "gpu_absent",
    text: 'No GPU readings: "/no/such/nvidia-smi" was not found on this machine',
  });
  await stop();
  const jetson = await firstNote({ board: "NVIDIA Jetson AGX Orin" });
  assert.match(jetson.note.text, /as on every Jetson before Thor/);
  await jetson.stop();
});

Deno.test("startGpuSampler() takes a program without the right to run as unavailable, not as missing", async () => {
  await withFake({ query: FOREVER, mode: 0o644 }, async (run) => {
    await run.until(() => run.notes.length > 0);
    assert.deepEqual(kinds(run), ["gpu_unavailable"]);
    assert.match(run.notes[0]!.text, /nvidia-smi" is there, but may not be run: chmod \+x/);
  });
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
    assert.match(run.notes[0]!.text, /may not query the GPU \(exit code 4, prints: "rights are missing"\)/);
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
  }, { times: { silence_ms: 50 } });
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
  }, { times: { stop_ms: 50 } });
});
