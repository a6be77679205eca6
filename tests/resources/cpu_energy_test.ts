import assert from "node:assert/strict";
import { createEnergyReader } from "../../lib/resources/cpu_energy.ts";

const ROOT = "/sys/class/powercap";

function zones(all: Record<string, [name: string, uj: number | null]>) {
  return {
    all,
    listNames: (path: string) => path === ROOT ? Object.keys(all) : null,
    readText(path: string) {
      const [zone = "", file] = path.slice(ROOT.length + 1).split("/");
      const [name, uj] = this.all[zone] ?? ["", null];
      return file === "name" ? `${name}\n` : uj === null ? null : file === "energy_uj" ? `${uj}\n` : "10000000\n";
    },
  };
}

Deno.test("createEnergyReader() sums packages and their memory, and what contains or is contained only once", () => {
  const sources = zones({
    "intel-rapl": ["", null],
    "intel-rapl:0": ["package-0", 1e6],
    "intel-rapl:0:0": ["core", 1e6],
    "intel-rapl:0:1": ["dram", 2e6],
    "intel-rapl:1": ["package-1", 9e6],
    "intel-rapl:2": ["psys", 5e6],
    "intel-rapl-mmio:0": ["package-0", 1e6],
  });
  const read = createEnergyReader(sources);
  assert.equal(read(), 0);
  Object.assign(sources.all, {
    "intel-rapl:0": ["package-0", 4e6],
    "intel-rapl:0:0": ["core", 9e6],
    "intel-rapl:0:1": ["dram", 2.5e6],
    // Past its range of 10 J.
    "intel-rapl:1": ["package-1", 1e6],
    "intel-rapl:2": ["psys", 9e6],
    "intel-rapl-mmio:0": ["package-0", 4e6],
  });
  assert.equal(read(), 3 + 0.5 + 2);
});

Deno.test("createEnergyReader() has nothing where counters are for root alone, or missing", () => {
  assert.equal(createEnergyReader(zones({ "intel-rapl:0": ["package-0", null] }))(), null);
  assert.equal(createEnergyReader({ readText: () => null })(), null);
  const sources = zones({ "intel-rapl:0": ["package-0", 5] });
  const read = createEnergyReader(sources);
  sources.all["intel-rapl:0"] = ["package-0", null];
  assert.equal(read(), null);
});
