import assert from "node:assert/strict";
import { calibrationText, findCalibration, fitTo, type Here, parseCalibration } from "../../lib/calibrate/store.ts";
import { writeNamedFile } from "../../lib/result/output_file.ts";
import type { Calibration } from "../../lib/result/calibration.ts";
import { makeCalibration } from "./make_calibration.ts";

const { tool, deno, host } = makeCalibration();
const HERE: Here = { tool, deno, host };
const NEXT_DAY = new Date("2026-11-22T15:00:00Z");

Deno.test("a calibration that is read again is the one that was written", async () => {
  for (const one of [makeCalibration(), makeCalibration({ busy: null, others_percent: null })]) {
    assert.deepEqual(await parseCalibration(calibrationText(one)), { calibration: one });
  }
});

Deno.test("a calibration of this host and these versions is used without a word", () => {
  assert.deepEqual(fitTo(makeCalibration(), HERE, NEXT_DAY), { calibration: makeCalibration(), warnings: [] });
});

Deno.test("an old one is used, and said to be old", () => {
  const { calibration, warnings } = fitTo(makeCalibration(), HERE, new Date("2027-01-20T14:00:00Z"));
  assert.notEqual(calibration, null);
  assert.deepEqual(warnings, ["the calibration of this host is 60 days old; run june-load calibrate"]);
});

Deno.test("one of another host, kernel, governor or version is not used, and the difference is named", () => {
  const foreign: [Partial<Here> | Partial<Here["host"]>, RegExp][] = [
    [{ name: "bench-2" }, /it was made on the host bench-1, and this is bench-2; run june-load calibrate$/],
    [{ kernel: "7.0" }, /under the kernel 6\.8\.0-45-generic, and this is 7\.0/],
    [{ cpus: 4 }, /with this many cores: 8, and this is 4/],
    [{ cpu_model: null }, /with the processor AMD EPYC 7B13, and this is unknown/],
    [{ governor: "powersave" }, /with the governor performance, and this is powersave/],
    [{ tool: "june-load 0.2.0" }, /by june-load 0\.1\.0, and this is june-load 0\.2\.0/],
    [{ deno: "2.6.10" }, /with Deno 2\.9\.6, and this is 2\.6\.10/],
  ];
  for (const [change, words] of foreign) {
    const isHost = !("tool" in change) && !("deno" in change);
    const here = isHost ? { ...HERE, host: { ...host, ...change } } : { ...HERE, ...change };
    const { calibration, warnings } = fitTo(makeCalibration(), here, NEXT_DAY);
    assert.equal(calibration, null);
    assert.match(warnings.join(), words);
  }
});

Deno.test("the file is found where the system keeps states, is its user's alone, and its absence is no fault", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const env = { XDG_STATE_HOME: folder };
    assert.deepEqual(await findCalibration(env, HERE, NEXT_DAY), { calibration: null, warnings: [] });
    const path = `${folder}/june-load/calibration.json`;
    await writeNamedFile(path, calibrationText(makeCalibration()));
    assert.equal((await Deno.stat(path)).mode! & 0o777, 0o600);
    assert.deepEqual((await findCalibration(env, HERE, NEXT_DAY)).calibration, makeCalibration());
    await Deno.writeTextFile(path, "{");
    const { calibration, warnings } = await findCalibration(env, HERE, NEXT_DAY);
    assert.equal(calibration, null);
    assert.deepEqual(warnings, [`cannot use ${JSON.stringify(path)}: it is no JSON; run june-load calibrate`]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a file that is no regular one, or far too large, is refused in words", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${folder}/june-load`);
    await Deno.symlink("/dev/zero", `${folder}/june-load/calibration.json`);
    const zero = await findCalibration({ XDG_STATE_HOME: folder }, HERE, NEXT_DAY);
    assert.match(zero.warnings.join(), /cannot read .*: it is a device/);
    await Deno.remove(`${folder}/june-load/calibration.json`);
    await Deno.writeTextFile(`${folder}/june-load/calibration.json`, " ".repeat(70_000));
    const large = await findCalibration({ XDG_STATE_HOME: folder }, HERE, NEXT_DAY);
    assert.match(large.warnings.join(), /it is larger than 64 KiB/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("what is no calibration, or not a possible one, is not read as one", async () => {
  const broken: ((one: Record<string, unknown>) => void)[] = [
    (one) => delete one["idle"],
    (one) => one["measured_at"] = "yesterday",
    (one) => one["measured_at"] = "2026-13-41T99:00:00Z",
    (one) => one["host"] = { ...host, name: "a\nb" },
    (one) => one["host"] = { ...host, name: "x".repeat(300) },
    (one) => one["idle"] = { ...makeCalibration().idle, start: { count: -1, p50_us: 0, p99_us: 0, max_us: 0 } },
    (one) => one["idle"] = { ...makeCalibration().idle, calls: { held_per_s: 1e300, late_per_s: null } },
    (one) => one["busy"] = [],
  ];
  for (const spoil of broken) {
    const one = JSON.parse(JSON.stringify(makeCalibration())) as Record<string, unknown>;
    spoil(one);
    assert.deepEqual(await parseCalibration(JSON.stringify(one)), { fault: "it is no calibration of june-load" });
  }
  for (const text of ["null", "[]", "7", '"x"']) assert.ok("fault" in await parseCalibration(text), text);
});

Deno.test("fields that a later version adds are let pass, a later format is not", async () => {
  const later = { ...makeCalibration(), gpu: { busy: 1 } } as Calibration;
  assert.ok("calibration" in await parseCalibration(JSON.stringify(later)));
  const next = { ...makeCalibration(), format: 2 };
  assert.deepEqual(await parseCalibration(JSON.stringify(next)), { fault: "a later june-load wrote it" });
});
