import assert from "node:assert/strict";
import type { HostSample } from "../../lib/measure/resource.ts";
import { pageData } from "../../lib/report/html/chart_data.ts";
import { gpuFigures, hostFigures } from "../../lib/report/figures/facts.ts";
import { evaluate } from "../../lib/verdict/evaluate.ts";
import { Run } from "../../lib/result/run.ts";
import type { HeaderRecord } from "../../lib/result/record.ts";
import { makeRecords, makeRun } from "../result/make_run.ts";

const MORE: Partial<HostSample> = {
  ...{ core_percent: [80, 20], load_1m: 1.5, network_received_bytes_per_s: 2048, network_sent_bytes_per_s: 1024 },
  ...{ own_threads: [{ name: "worker-1", threads: 1, cpu_percent: 61 }], own_descriptors: 40, temperature_c: null },
};

function runWithMore(): Run {
  const [header, ...records] = makeRecords();
  const run = new Run(header as HeaderRecord);
  for (const [at, record] of records.entries()) {
    if (record.type === "host") run.add({ ...record, ...MORE });
    else if (record.type !== "gpu") run.add(record);
    else {
      const processes = [{ pid: 7, name: "tritonserver", memory_used_bytes: 2 ** 30 }];
      run.add({ ...record, power_capped_us: at * 1e6, ecc_uncorrected_total: 0, ...(at % 5 === 0 && { processes }) });
    }
  }
  return run;
}

Deno.test("the report shows what else the machine did, and names what it does not tell", () => {
  const run = runWithMore();
  const texts = Object.fromEntries(hostFigures(run).map(({ name, text }) => [name, text]));
  assert.match(texts["its parts"]!, /busiest core 80.0 % at most · load 1.50 mean/);
  assert.match(texts["its parts"]!, /received 2(\.00)? KiB\/s mean/);
  assert.match(texts["its parts"]!, /not told by this machine: swap, .*temperature/);
  assert.match(texts["june-load itself"]!, /busiest thread worker-1 61.0 % at most/);
  assert.ok("host-network" in pageData(run, evaluate(run)).data.charts);
  assert.ok(!hostFigures(makeRun()).some(({ name }) => name === "its parts"), "an older result knows nothing of it");
});

Deno.test("the report shows how long clocks were held back, and who has memory of a GPU", () => {
  const [{ text } = { text: "" }] = gpuFigures(runWithMore());
  assert.match(text, /clocks held back by the power limit for \d/);
  assert.match(text, /memory of tritonserver \(7\) 1(\.00)? GiB/);
  assert.doesNotMatch(text, /not corrected/);
});
