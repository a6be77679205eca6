/**
 * A real set of duets: june-load against two simulators, each a process of its own, while bursts of busy loops take the
 * machine's processors away. In turn both simulators are alike, and B's speech synthesis takes 3 % longer.
 *
 *     deno run -A bench/duet.ts [duets of each kind] [seconds] [pairs per second]
 */
import { seeded } from "../tests/statistics/queue.ts";

const [duets = 5, seconds = 60, rate_per_s = 40] = Deno.args.map(Number);
const MAIN = new URL("../main.ts", import.meta.url).pathname;
const dir = await Deno.makeTempDir({ prefix: "june_load_duet_" });

const SCENARIO = `services:
  grpc:
    tts: { host: 127.0.0.1:50053 }
scenarios:
  speak: { rate: ${rate_per_s}/s, arrivals: poisson, duration: ${seconds}s, tasks: { tts.synthesize: 1 } }
`;

/** A simulator in a process of its own. */
async function startSimulator(seed: number, fault: string | null) {
  const script = `import { standAloneSimulator } from ${
    JSON.stringify(new URL("../lib/cli/sim/simulator.ts", import.meta.url).href)
  };
import { parseFault } from ${JSON.stringify(new URL("../lib/sim/fault/parser.ts", import.meta.url).href)};
const { addresses } = await standAloneSimulator({
  ports: { llm: 0, stt: 0, tts: 0 }, seed: ${seed}, faults: ${
    JSON.stringify(fault === null ? [] : [fault])
  }.map(parseFault),
});
console.log(addresses.tts);`;
  const path = `${dir}/sim_${seed}.ts`;
  await Deno.writeTextFile(path, script);
  const args = [
    "run",
    "-A",
    "--no-check",
    "--quiet",
    `--config=${new URL("../deno.json", import.meta.url).pathname}`,
    path,
  ];
  const child = new Deno.Command(Deno.execPath(), { args, stdout: "piped", stderr: "inherit" }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { value = "" } = await reader.read();
  return {
    address: value.trim(),
    async close() {
      child.kill();
      await reader.cancel();
      await child.status;
    },
  };
}

/** Busy loops that come and go at random, on as many processors as there are, until it is stopped. */
function startBurner(seed: number): () => Promise<void> {
  const random = seeded(seed);
  const stop = new AbortController();
  const burn = `const end = Date.now() + Number(Deno.args[0]); while (Date.now() < end);`;
  const running = (async () => {
    while (!stop.signal.aborted) {
      await new Promise((resolve) => setTimeout(resolve, 500 + 3000 * random()));
      const length_ms = 300 + 2000 * random();
      const many = 1 + Math.floor(random() * navigator.hardwareConcurrency);
      await Promise.all(Array.from({ length: many }, async () => {
        const args = ["-n", "5", Deno.execPath(), "eval", burn, String(Math.round(length_ms))];
        await new Deno.Command("nice", { args }).output();
      }));
    }
  })();
  return async () => {
    stop.abort();
    await running;
  };
}

/** What one duet says of the response time pair by pair. */
async function runDuet(seed: number, fault: string | null) {
  const sides = await Promise.all([startSimulator(2 * seed, null), startSimulator(2 * seed + 1, fault)]);
  const stopBurning = startBurner(seed);
  try {
    const [base, other] = sides.map(({ address }) => address) as [string, string];
    const json = `${dir}/duet_${seed}.json`;
    const { stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "--quiet", MAIN, "compare", "--duet", base, other, `${dir}/speak.yaml`]
        .concat(["--seed", String(seed), "--output-dir", dir, "--quiet", "--json", json]),
    }).output();
    const [pair] = JSON.parse(
      await Deno.readTextFile(json).catch(() => {
        throw new Error(new TextDecoder().decode(stderr));
      }),
    ).pairs;
    const figure = pair.figures.find(({ measure }: { measure: string }) => measure === "pairs(response_time)");
    return { status: String(pair.status), sentence: String(pair.sentence), figure };
  } finally {
    await stopBurning();
    await Promise.all(sides.map((side) => side.close()));
  }
}

await Deno.writeTextFile(`${dir}/speak.yaml`, SCENARIO);
let seed = 100;
for (const fault of [null, "tts.latency_factor=1.03"]) {
  let [called, unfit] = [0, 0];
  const widths: { paired: number; unpaired: number }[] = [];
  for (let i = 0; i < duets; i++) {
    const { status, sentence, figure } = await runDuet(seed++, fault);
    console.log(`${fault ?? "alike"}: ${status}  ${sentence}`);
    if (status === "NOT COMPARABLE") unfit++;
    if (figure.certainty === "certain" && !figure.little) called++;
    const half = (one: { low: number; high: number } | null) => one === null ? NaN : (one.high - one.low) / 2;
    widths.push({ paired: half(figure.change), unpaired: half(figure.unpaired) });
  }
  const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1] ?? NaN;
  const [paired, unpaired] = [widths.map((one) => one.paired), widths.map((one) => one.unpaired)].map(median);
  console.log(
    `| ${fault === null ? "the same" : "3 % slower"} | ${duets} | ${called} | ${unfit} | ${
      (100 * paired!).toFixed(1)
    } % | ` +
      `${(100 * unpaired!).toFixed(1)} % |`,
  );
}
await Deno.remove(dir, { recursive: true });
