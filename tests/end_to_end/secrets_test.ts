import assert from "node:assert/strict";
import { filesBelow, inFolder, start } from "./cli.ts";

const SECRET = "planted-8f3a61c2d7";

Deno.test("metadata from the environment reaches the services and nothing that june-load writes", async () => {
  await inFolder(async (dir) => {
    const service = `{ host: 127.0.0.1:1, pacing: fast, metadata: { authorization: "Bearer \${TOKEN}" } }`;
    await Deno.writeTextFile(
      `${dir}/load.yaml`,
      `services:\n  grpc:\n    stt: ${service}\nscenarios:\n  smoke: { users: 2, spawn_rate: 2, duration: 2s, think_time: 50ms }\n`,
    );
    const args = ["run", `${dir}/load.yaml`, "--sim", "--fault", "error_rate=30%", "--output-dir", `${dir}/out`];
    const { stdout, stderr } = await start(args, { env: { TOKEN: SECRET } }).finished;
    assert.match(stdout, /stt\.recognize_stream/);
    assert.ok(!(stdout + stderr).includes(SECRET));
    const files = await filesBelow(`${dir}/out`);
    assert.ok(files.length > 5);
    for (const name of files) {
      const bytes = await Deno.readFile(`${dir}/out/${name}`);
      assert.ok(!new TextDecoder("latin1").decode(bytes).includes(SECRET), name);
    }
    assert.ok(
      (await Deno.readTextFile(`${dir}/out/${files.find((name) => name.endsWith(".ndjson"))}`)).includes('"***"'),
    );
    const dry = await start(["run", `${dir}/load.yaml`, "--dry-run"], { env: { TOKEN: SECRET } }).finished;
    assert.equal(dry.code, 0);
    assert.ok(!(dry.stdout + dry.stderr).includes(SECRET));
    const unset = await start(["run", `${dir}/load.yaml`, "--dry-run"]).finished;
    assert.equal(unset.code, 2);
    assert.match(unset.stderr, /load\.yaml:3:\d+: .*TOKEN/);
  });
});
