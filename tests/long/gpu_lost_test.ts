import assert from "node:assert/strict";
import { ExitCode } from "../../lib/cli/exit_codes.ts";
import { readResult } from "../../lib/result/file.ts";
import { evaluate } from "../../lib/verdict/evaluate.ts";
import { inFolder, runFolder, start } from "../end_to_end/cli.ts";
import { FAKE_NVIDIA_SMI } from "../end_to_end/nvidia_smi.ts";

/** Prints rows until the GPU is lost, for good. */
const DYING_NVIDIA_SMI = FAKE_NVIDIA_SMI.replace(
  /while :;.*$/m,
  `if [ ! -e "$0.lost" ]; then for tick in 1 2 3 4 5 6; do echo "$row"; sleep 0.3; done; fi
: > "$0.lost"
echo "Unable to determine the device handle for GPU0000:B3:00.0: GPU is lost."
exit 15`,
);

const LONGER = `scenarios:
  longer: { users: 1, duration: 9s, tasks: { llm.chat: 1 }, thresholds: [gpu.memory_used < 70GiB] }
`;

Deno.test("a rule on a GPU that was lost during the run is open, in the nvidia-smi's own words", async () => {
  await inFolder(async (dir) => {
    await Deno.mkdir(`${dir}/bin`);
    await Deno.writeTextFile(`${dir}/bin/nvidia-smi`, DYING_NVIDIA_SMI, { mode: 0o755 });
    await Deno.writeTextFile(`${dir}/longer.yaml`, LONGER);
    const env = { PATH: `${dir}/bin:${Deno.env.get("PATH")}` };
    const { code } = await start(["run", `${dir}/longer.yaml`, "--sim", "--output-dir", dir], { env }).finished;
    assert.equal(code, ExitCode.INVALID);
    const { rules: [found] } = evaluate(await readResult(await runFolder(dir, "longer")));
    assert.ok(found?.undecided?.kind === "partial readings", JSON.stringify(found));
    const { read_ms, of_ms, device, why } = found.undecided;
    assert.ok(read_ms < 5000 && of_ms === 9000, `${read_ms} of ${of_ms}`);
    assert.equal(device, "GPU 0 (NVIDIA H100 80GB HBM3)");
    assert.match(why ?? "", /a GPU has fallen off the bus/);
  });
});
