import assert from "node:assert/strict";
import { createServer as createHttpServer } from "node:http";
import { createServer } from "node:https";
import { filesBelow, inFolder, june, start } from "./cli.ts";

/** Runs a scenario file made of `text`; the plan is as far as it gets. */
async function withScenario(text: string, ...args: string[]) {
  let result = { code: -1, stdout: "", stderr: "" };
  await inFolder(async (dir) => {
    const file = `${dir}/load.yaml`;
    await Deno.writeTextFile(file, text);
    result = await june("run", file, "--output-dir", dir, ...args);
    result.stderr = result.stderr.replaceAll(dir, "DIR");
  });
  return result;
}

/** A scenario with one line of its own under `scenarios.mine`. */
const scenario = (line: string, services = "") => `${services}scenarios:\n  mine:\n    users: 2\n    ${line}\n`;

const CONFIG_CASES: [name: string, text: string, message: RegExp][] = [
  ["YAML syntax", "scenarios:\n  mine: [1, 2\n", /DIR\/load\.yaml:\d+:\d+: /],
  ["wrong type", scenario("duration: [1]"), /load\.yaml:4:15: scenarios\.mine\.duration: /],
  ["unknown key", scenario("durration: 5m"), /load\.yaml:4:5: .*durration.*did you mean "duration"\?/],
  ["bad duration", scenario("duration: 5 parsecs"), /load\.yaml:4:15: scenarios\.mine\.duration: .*"5 parsecs"/],
  [
    "negative users",
    "scenarios:\n  mine:\n    users: -3\n    duration: 1s\n",
    /load\.yaml:3:12: scenarios\.mine\.users: .*-3$/m,
  ],
  [
    "missing WAV",
    scenario("duration: 2s", "services:\n  grpc:\n    stt:\n      clips: gone.wav\n"),
    /load\.yaml:4:14: services\.grpc\.stt\.clips: .*gone\.wav/,
  ],
];

for (const [name, text, message] of CONFIG_CASES) {
  Deno.test(`run refuses a scenario file with ${name}, saying where`, async () => {
    const { code, stdout, stderr } = await withScenario(text);
    assert.equal(code, 2, stdout + stderr);
    assert.match(stderr, message);
    assert.doesNotMatch(stderr, /\bat .*\.ts:\d+/, "no stack trace for a user's mistake");
  });
}

Deno.test("run tells all errors of a file at once", async () => {
  const { stderr } = await withScenario("scenarios:\n  mine:\n    users: -3\n    duration: soon\n    spwan_rate: 3\n");
  assert.equal(stderr.trim().split("\n").filter((line) => line.includes("load.yaml:")).length, 3, stderr);
});

Deno.test("run refuses an unknown scenario with the nearest name", async () => {
  const { code, stderr } = await june("run", "spkie");
  assert.equal(code, 2);
  assert.match(stderr, /Unknown scenario "spkie"; did you mean "spike"\?/);
});

Deno.test("mistyped flags and commands get a did-you-mean", async () => {
  const port = await june("run", "smoke", "--ui=99999", "--dry-run");
  assert.equal(port.code, 2);
  assert.match(port.stderr, /"99999" is no port/);
  const flag = await june("run", "smoke", "--usres", "3");
  assert.equal(flag.code, 2);
  assert.match(flag.stderr, /--usres, did you mean --users\?/);
  const verb = await june("rport", "x");
  assert.equal(verb.code, 2);
  assert.match(verb.stderr, /`rport`, did you mean `report`\?/);
});

Deno.test("run refuses a clip that is no WAV and says how to make one", async () => {
  await inFolder(async (dir) => {
    await Deno.writeTextFile(`${dir}/clip.wav`, "this is text");
    await Deno.writeTextFile(
      `${dir}/load.yaml`,
      scenario("duration: 2s", "services:\n  grpc:\n    stt:\n      clips: clip.wav\n"),
    );
    const { code, stderr } = await june("run", `${dir}/load.yaml`, "--output-dir", dir);
    assert.equal(code, 2, stderr);
    assert.match(stderr, /clip\.wav/);
    assert.match(stderr, /load\.yaml:4:14/);
  });
});

Deno.test("run against a service that is down names it, what was tried and what to do, and sends no load", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  await inFolder(async (dir) => {
    const { code, stderr } = await june("run", "smoke", "--target", `stt=127.0.0.1:${port}`, "--output-dir", dir);
    assert.equal(code, 3, stderr);
    assert.match(stderr, new RegExp(`stt \\(127\\.0\\.0\\.1:${port}\\): .*refused`));
    assert.match(stderr, /tried: .*\n.*try: .*Start the service/);
    assert.deepEqual(await filesBelow(dir), []);
  });
});

Deno.test("check tells an HTTP/1 server from a gRPC service", async () => {
  const server = createHttpServer((_request, response) => response.end("hello"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  const { code, stdout } = await june("check", "smoke", "--target", `llm=127.0.0.1:${port}`);
  await new Promise((resolve) => server.close(resolve));
  assert.equal(code, 3);
  assert.match(stdout, /llm .*unreachable.*HTTP\/1/);
});

Deno.test("check tells an HTTP/2 web server from a gRPC service", async () => {
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, () => new Response("hello"));
  const { code, stdout } = await june("check", "smoke", "--target", `llm=127.0.0.1:${server.addr.port}`);
  await server.shutdown();
  assert.equal(code, 3);
  assert.match(stdout, /llm .*failed .*text\/plain/);
});

Deno.test("check tells a TLS server from a plaintext service", async () => {
  await inFolder(async (dir) => {
    const { success } = await new Deno.Command("openssl", {
      args: "req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost -keyout key.pem -out cert.pem".split(" "),
      cwd: dir,
      stdout: "null",
      stderr: "null",
    }).output();
    assert.ok(success, "openssl is needed for this test");
    const [key, cert] = await Promise.all([Deno.readTextFile(`${dir}/key.pem`), Deno.readTextFile(`${dir}/cert.pem`)]);
    const server = createServer({ key, cert }, (_request, response) => response.end("hello"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    const { code, stdout } = await june("check", "smoke", "--target", `llm=127.0.0.1:${port}`);
    await new Promise((resolve) => server.close(resolve));
    assert.equal(code, 3);
    assert.match(stdout, /llm .*unreachable.*TLS/);
  });
});

Deno.test("run refuses an output directory that cannot be written, before any load", async () => {
  await inFolder(async (dir) => {
    await Deno.writeTextFile(`${dir}/file`, "");
    const { code, stderr } = await june(
      "run",
      "smoke",
      "--sim",
      "--duration",
      "1s",
      "--output-dir",
      `${dir}/file/below`,
    );
    assert.equal(code, 4, stderr);
    assert.match(stderr, /Cannot write ".*file\/below\/smoke": .*; choose another --output-dir/);
  });
});

Deno.test("sim names the port that is in use and the remedy", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  const { code, stderr } = await june(
    "sim",
    "--llm-port",
    String(port),
    "--stt-port",
    "0",
    "--tts-port",
    "0",
    "--http-port",
    "0",
  );
  listener.close();
  assert.equal(code, 2);
  assert.match(stderr, new RegExp(`127\\.0\\.0\\.1:${port}.*in use.*another port`));
});

Deno.test("--fault without --sim, a bad --target and a bad --test-type are told as what they are", async () => {
  const cases: [string[], RegExp][] = [
    [["--fault", "stall=1s+1s"], /--fault: this flag is only for the built-in simulator; add --sim/],
    [["--target", "gpu-1:50052"], /--target: cannot read "gpu-1:50052"; write SERVICE=ADDRESS/],
    [
      ["--test-type", "rset"],
      /--test-type: cannot run "rset": allowed are grpc, rest, websocket, all; did you mean "rest"/,
    ],
    [["--sim", "--fault", "llm.eror_rate=5%"], /did you mean "error_rate"\?/],
  ];
  for (const [args, message] of cases) {
    const { code, stderr } = await june("run", "smoke", ...args);
    assert.equal(code, 2, stderr);
    assert.match(stderr, message);
  }
});

Deno.test("sim runs until it is interrupted, and check finds its services well", async () => {
  const sim = start(["sim", "--llm-port", "0", "--stt-port", "0", "--tts-port", "0", "--http-port", "0"]);
  await sim.until("Ctrl-C ends it");
  sim.child.kill("SIGINT");
  const { code, stdout } = await sim.finished;
  assert.equal(code, 0);
  assert.match(stdout, /llm 127\.0\.0\.1:\d+ +stt 127\.0\.0\.1:\d+ +tts 127\.0\.0\.1:\d+/);
});
