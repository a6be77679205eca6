/** Scripts that play ssh and docker, and what a sampler makes of a machine behind them. */
import type { ResourceNote, ResourceSample } from "../../../lib/measure/resource.ts";
import { type SamplerOptions, startSampler } from "../../../lib/resources/sampler.ts";
import type { RemotePlan } from "../../../lib/plan/plan.ts";

/** Joins its words with blanks for a shell, as ssh does, in a session of its own, which no signal of ours reaches. */
export const SSH = `while [ "$1" = -o ]; do shift 2; done
host=$1
shift
exec setsid -w sh -c "$*"`;
/** Takes its words as they are, as docker does; without -i it passes no standard input on. */
export const DOCKER = `[ "$1" = exec ] || exit 64
shift
if [ "$1" = -i ]; then shift; else exec </dev/null; fi
name=$1
shift
exec setsid -w "$@"`;
/** An nvidia-smi with one GPU. */
export const NVIDIA_SMI = `#!/bin/sh
case "$1" in
  --query-gpu=*) ;;
  --query-compute-apps*) exec sleep 600 ;;
  *) echo '"timestamp" "index" "uuid" "name" "utilization.gpu" "memory.used" "memory.total" "power.draw"' | tr ' ' '\\n'
    exit ;;
esac
echo $$ >> "$(dirname "$0")/../gpu_pids"
while :; do
  echo "2026/07/14 08:12:53.353, 0, GPU-1, H100, 87, 1000, 80000, 300"
  sleep 0.05
done
`;

/** A machine behind a prefix. */
export interface Elsewhere {
  folder: string;
  samples: ResourceSample[];
  notes: ResourceNote[];
  /** Resolves once the condition holds; looked at after each sample and note. */
  until(condition: () => boolean): Promise<void>;
  stop(): Promise<void>;
  /** Lines of a file that the script wrote; none where it did not. */
  written(name: string): string[];
}

/** Reads through a script called `program`; the machine there has one GPU unless `gpu` is false. */
export async function elsewhere(
  { program, script, words, plan = {}, times = {} }: {
    program: string;
    script: string;
    words: string[];
    plan?: Partial<RemotePlan>;
    times?: SamplerOptions["remoteTimes"];
  },
  test: (machine: Elsewhere) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  await Deno.mkdir(`${folder}/bin`);
  const text =
    `#!/bin/sh\nfolder='${folder}'\necho start >> "$folder/starts"\nPATH="$folder/bin:$PATH"\nexport PATH\n${script}\n`;
  await Deno.writeTextFile(`${folder}/${program}`, text, { mode: 0o755 });
  await Deno.writeTextFile(`${folder}/bin/nvidia-smi`, NVIDIA_SMI, { mode: 0o755 });
  const samples: ResourceSample[] = [];
  const notes: ResourceNote[] = [];
  let changed = () => {};
  const sampler = startSampler({
    cpu: false,
    memory: false,
    gpu: false,
    remote: [{ name: "far", via: [`${folder}/${program}`, ...words], cpu: true, memory: true, gpu: false, ...plan }],
    remoteTimes: { retry_ms: 20, retry_max_ms: 40, ...times },
    interval_ms: 30,
    now_ms: () => performance.now(),
    onSample: (sample) => {
      samples.push(sample);
      changed();
    },
    onNote: (note) => {
      notes.push(note);
      changed();
    },
  });
  try {
    await test({
      ...{ folder, samples, notes, stop: () => sampler.stop() },
      until: async (condition) => {
        while (!condition()) await new Promise<void>((resolve) => changed = resolve);
      },
      written: (name) => {
        try {
          return Deno.readTextFileSync(`${folder}/${name}`).trimEnd().split("\n");
        } catch {
          return [];
        }
      },
    });
  } finally {
    await sampler.stop();
    await Deno.remove(folder, { recursive: true });
  }
}

/** Resolves once no process of the number is there. */
export async function gone(pid: number): Promise<void> {
  const isThere = () => {
    try {
      return !/^State:\s+Z/m.test(Deno.readTextFileSync(`/proc/${pid}/status`));
    } catch {
      return false;
    }
  };
  while (isThere()) await new Promise((resolve) => setTimeout(resolve, 10));
}
