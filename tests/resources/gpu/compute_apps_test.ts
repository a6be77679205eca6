import assert from "node:assert/strict";
import { ComputeApps } from "../../../lib/resources/gpu/compute_apps.ts";

const UUID = "GPU-1c7d0f5e-2b9a-4d21-9c3e-8f60aa41b7d2";
const lines = Deno.readTextFileSync(new URL("../fixtures/compute_apps.csv", import.meta.url)).trimEnd().split("\n");

Deno.test("ComputeApps tells who has memory of a GPU, once a look", () => {
  const apps = new ComputeApps();
  for (
    const line of [...lines, "gpu_uuid, pid, process_name, used_gpu_memory [MiB]", "No running processes found", ""]
  ) {
    apps.take(line);
  }
  assert.deepEqual(apps.of(UUID), [
    { pid: 21180, name: "tritonserver", memory_used_bytes: 7484 * 2 ** 20 },
    { pid: 21198, name: "python -c import os, sys", memory_used_bytes: 2296 * 2 ** 20 },
    { pid: 21240, name: "/opt/riva/bin/riva_server", memory_used_bytes: null },
  ]);
  assert.equal(apps.of(UUID), undefined);
});

Deno.test("ComputeApps keeps a bounded number of processes, and the newest look at each", () => {
  const apps = new ComputeApps();
  for (let pid = 1; pid < 200; pid++) apps.take(`${UUID}, ${pid}, worker, ${pid}`);
  for (const used of [5, 9]) apps.take(`${UUID}, 7, worker, ${used}`);
  const processes = apps.of(UUID)!;
  assert.equal(processes.length, 32);
  assert.equal(processes.find(({ pid }) => pid === 7)?.memory_used_bytes, 9 * 2 ** 20);
});
