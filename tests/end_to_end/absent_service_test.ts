import assert from "node:assert/strict";
import { startSimulator } from "../../lib/sim/simulator.ts";
import { june } from "./cli.ts";

Deno.test("--no-preflight starts with a service that is not there: its calls fail, the others are measured", async () => {
  const simulator = await startSimulator({ ports: { llm: 0, stt: 0, tts: 0 }, http_port: null });
  const dir = await Deno.makeTempDir();
  try {
    const file = `${dir}/s.yaml`;
    await Deno.writeTextFile(
      file,
      `services:
  grpc:
    llm: { host: "${simulator.addresses.llm}" }
    tts: { host: "127.0.0.1:9", timeout: 1s }
scenarios:
  s: { users: 2, duration: 2s, think_time: 50ms, tasks: { llm.health: 1, tts.health: 1 }, thresholds: ["error_rate(llm.*) < 1%"] }
`,
    );
    const refused = await june("run", "s", "--config", file, "--quiet", "--output-dir", dir);
    assert.equal(refused.code, 3, refused.stderr);
    const { code, stdout, stderr } = await june(
      "run",
      "s",
      "--config",
      file,
      "--quiet",
      "--no-preflight",
      "--output-dir",
      dir,
    );
    assert.equal(code, 0, stdout + stderr);
    assert.match(stdout, /UNAVAILABLE\s+tts\.health/);
  } finally {
    await simulator.close();
    await Deno.remove(dir, { recursive: true });
  }
});
