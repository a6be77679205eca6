/** Saved results, which a stranger may have written. */
import { readAndReport } from "../../result/hostile/fuzz.ts";
import { soundLines } from "../../result/hostile/files.ts";
import { mutate } from "../../result/hostile/mutate.ts";
import { calibrationText, parseCalibration } from "../../../lib/calibrate/store.ts";
import { calibrationLines } from "../../../lib/cli/calibrate/table.ts";
import { makeCalibration } from "../../calibrate/make_calibration.ts";
import { makeRecords } from "../../result/make_run.ts";
import { bytesOf, type Target, textOf } from "../target.ts";

const SOUND = soundLines();
const FAILING = makeRecords({ seconds: 5, errors: 0.1 }).map((record) => JSON.stringify(record));
const [HEADER = "", SECOND = ""] = SOUND;
const EVENT = '{"type":"event","t_ms":1,"kind":"note","text":"a"}\n';

/** The header, and lines made of a number from 1 on until there are `size` bytes. */
const withLines = (line: (number: number) => string) => (size: number) => {
  const lines = [`${HEADER}\n`];
  for (let bytes = HEADER.length; bytes < size; bytes += lines.at(-1)!.length) lines.push(line(lines.length));
  return lines.join("");
};

export const RESULT_TARGETS: readonly Target[] = [
  {
    name: "calibrations",
    seeds: [calibrationText(makeCalibration()), calibrationText(makeCalibration({ busy: null }))],
    words: ["{", "}", "[", "]", '"', ",", "null", "1e999", "-1", '"__proto__":', '"idle":', "\\u0000"],
    async read(input) {
      const read = await parseCalibration(textOf(input));
      if ("calibration" in read) calibrationLines(read.calibration);
    },
  },
  {
    name: "saved results",
    slow: true,
    seeds: [SOUND, FAILING].map((lines) => lines.join("\n") + "\n"),
    words: ["{", "}", "[", "]", '"', ",", "\n", "null", "1e999", "-1", '"__proto__":', "\\u001b", '{"type":"end"}\n'],
    make: (next) => bytesOf(mutate(next() < 0.5 ? SOUND : FAILING, (limit) => Math.floor(next() * limit))),
    async read(input) {
      const path = await Deno.makeTempFile({ prefix: "june_load_fuzz_" });
      try {
        await Deno.writeFile(path, input);
        await readAndReport(path, "verdict");
      } finally {
        await Deno.remove(path);
      }
    },
    growing: [
      withLines((number) => SECOND.replace(/"index":\d+/, `"index":${number}`) + "\n"),
      withLines(() => EVENT),
      withLines(() => "\n"),
      withLines(() => "["),
      withLines(() => '{"a":'),
      (size) => HEADER.replace(/"description":"/, `$&${"\\u0000".repeat(size / 6)}`),
      (size) => HEADER.replace(/"services":\[/, `$&${'{"name":"a"},'.repeat(size / 13)}`),
    ],
  },
];
