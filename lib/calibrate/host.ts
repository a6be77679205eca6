/** What a calibration holds for, as this host tells it. */
import { createHostReader } from "../resources/host.ts";
import { SYSTEM_SOURCES } from "../resources/sources.ts";
import type { CalibratedHost } from "../result/calibration.ts";

/** Longest word of a host that is kept; characters. */
const MAX_WORD = 200;

/** Reads this host's facts. */
export function readHost(readText: (path: string) => string | null = SYSTEM_SOURCES.readText): CalibratedHost {
  return {
    name: Deno.hostname(),
    os: `${Deno.build.os} ${Deno.build.arch}`,
    kernel: Deno.osRelease(),
    cpu_model: parseCpuModel(readText("/proc/cpuinfo") ?? ""),
    cpus: navigator.hardwareConcurrency,
    governor: wordOf(readText("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor") ?? ""),
  };
}

/** How long the host is looked at before a calibration; milliseconds. The system counts in steps of some milliseconds. */
const LOOK_MS = 500;

/** Share of all processors that is in use while june-load waits, 0 to 100; null where the system does not tell it. */
export async function othersAtWork(): Promise<number | null> {
  const read = createHostReader({ cpu: true, memory: false });
  read(0);
  await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  const { cpu_percent } = read(LOOK_MS);
  return cpu_percent === null ? null : Math.round(cpu_percent);
}

/**
 * The processor's name in /proc/cpuinfo; null where it has none, as on most ARM machines.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(parseCpuModel("processor\t: 0\nmodel name\t: AMD EPYC 7B13\n"), "AMD EPYC 7B13");
 * assert.equal(parseCpuModel("processor\t: 0\nBogoMIPS\t: 50.00\n"), null);
 * ```
 */
export function parseCpuModel(cpuinfo: string): string | null {
  return wordOf(/^model name\s*:(.*)$/m.exec(cpuinfo)?.[1] ?? "");
}

function wordOf(text: string): string | null {
  // deno-lint-ignore no-control-regex
  const plain = text.trim().replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, " ").slice(0, MAX_WORD);
  return plain === "" ? null : plain;
}
