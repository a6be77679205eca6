/** What programs and files of this machine say. */
import { ComputeApps } from "../../../lib/resources/gpu/compute_apps.ts";
import { FULL_REQUEST, listedFields, requestFor } from "../../../lib/resources/gpu/gpu_fields.ts";
import { parseRow, splitGlued } from "../../../lib/resources/gpu/gpu_row.ts";
import { GpuRows } from "../../../lib/resources/gpu/gpu_rows.ts";
import * as machine from "../../../lib/resources/machine_files.ts";
import * as processes from "../../../lib/resources/process_files.ts";
import * as proc from "../../../lib/resources/proc.ts";
import { BASIC } from "../../resources/gpu/columns.ts";
import { type Target, textOf } from "../target.ts";

const fixture = (name: string): string =>
  Deno.readTextFileSync(new URL(`../../resources/fixtures/${name}`, import.meta.url));
const repeated = (piece: string) => (size: number) => piece.repeat(Math.ceil(size / piece.length));

const READERS = [...Object.values(proc), ...Object.values(machine), ...Object.values(processes)].filter((value) =>
  typeof value === "function" && value.length === 1
) as ((
  text: string,
) => unknown)[];

export const MACHINE_TARGETS: readonly Target[] = [
  {
    name: "nvidia-smi",
    seeds: [
      "h100.csv",
      "h100_mig.csv",
      "two_a10_driver_525.csv",
      "no_gpu.txt",
      "refused_field.txt",
      "gpu_off_the_bus.txt",
      "compute_apps.csv",
    ].map(fixture),
    words: [", ", "\n", "[N/A]", "[Not Supported]", "MiB", "1e999", "-1", "0x", "[Unknown Error]"],
    read(input) {
      const apps = new ComputeApps();
      const sink = { onSample: ({ t_ms }: { t_ms: number }) => void t_ms, tally: { note: () => {} } };
      const rows = new GpuRows({ ...sink, processesOf: (uuid) => apps.of(uuid) }, 1000);
      const lines = textOf(input).split("\n");
      requestFor(listedFields(lines));
      for (const [at, line] of lines.flatMap(splitGlued).entries()) {
        apps.take(line);
        for (const columns of [BASIC, FULL_REQUEST]) {
          const parsed = parseRow(line, columns);
          if (parsed.kind === "row") rows.take(parsed.row, at * 1000);
        }
      }
      rows.end();
    },
    growing: [repeated(", "), repeated("\n"), repeated("[")],
  },
  {
    name: "/proc and cgroups",
    seeds: [
      "cpu  10 20 30 40 50 60 70 80\n",
      "MemTotal: 100 kB\nMemAvailable: 50 kB\n",
      "0::/a/b\n",
      "200000 100000\n",
      "Max open files 1024 4096 files\n",
      "32768 60999",
      "nr_throttled 5\nthrottled_usec 7\n",
      "eth0: 1000 1 0 0 0 0 0 0 500 1 0 0 0 0 0 0\n",
      "8 0 sda 1 0 8 1 2 0 16 1 0 100 2\n",
      "Tcp: InSegs RetransSegs\nTcp: 5 6\nsockets: used 81\nTCP: inuse 15 orphan 0 tw 4 alloc 15 mem 0\n",
      "7 (deno) S 1 7 7 0 -1 4194304 500 0 33 0 9 9 0",
    ],
    words: ["max", "\n", " ", "-1", "1e999", ":", "kB"],
    read(input) {
      const text = textOf(input);
      for (const read of READERS) read(text);
    },
    growing: [repeated(" "), repeated("cpu "), repeated("1:"), repeated("\n")],
  },
];
