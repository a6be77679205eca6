import assert from "node:assert/strict";
import { MAX_SERVICE_KEY, MAX_SERVICE_VALUES, SERVICE_SERIES } from "../../../lib/measure/service_series.ts";
import type { PagePreset } from "../../../lib/plan/metrics_page.ts";
import { PageReader } from "../../../lib/resources/metrics/page_reader.ts";
import { PRESET_NAMES, PRESETS } from "../../../lib/resources/metrics/presets.ts";
import { numbers, pageOf } from "./pages.ts";

const readerOf = (series: string[] = [], preset: PagePreset | null = null) => new PageReader({ preset, series });

/** What two pages that came so many milliseconds apart say. */
function between(first: string, second: string, passed_ms: number) {
  const reader = readerOf();
  const one = reader.read(first, 1000);
  return { one, two: reader.read(second, 1000 + passed_ms) };
}

Deno.test("a real Triton's pages before and after seven requests", () => {
  const { one, two } = between(pageOf("triton_1"), pageOf("triton_2"), 2000);
  assert.deepEqual(one.presets, ["triton"]);
  // By hand, from the counters of the second page: the first one's are 0.
  const models = [["ensemble_ef", 2, 104, 77 + 88773 + 56, 89031], ["ensemble", 2, 79, 75 + 33526 + 5, 33701], [
    "ensemble_nd",
    3,
    225,
    267 + 461519 + 869,
    462903,
  ]] as const;
  for (const [model, requests, queue_us, compute_us, all_us] of models) {
    const of = (name: string) => two.values?.[`${name}{model="${model}"}`];
    const ms = (us: number) => Number((us / requests / 1000).toPrecision(6));
    assert.equal(of("queue_time"), ms(queue_us));
    assert.equal(of("compute_time"), ms(compute_us));
    assert.equal(of("request_time"), ms(all_us));
    assert.deepEqual([of("batch_size"), of("requests_per_s"), of("failures_per_s"), of("waiting_requests")], [
      1,
      requests / 2,
      0,
      0,
    ]);
  }
  assert.equal(two.restarted, false);
});

Deno.test("a real node exporter's pages ten seconds apart", () => {
  const { one, two } = between(pageOf("node_1"), pageOf("node_2"), 10_000);
  assert.deepEqual(one.presets, ["node"]);
  const values = two.values ?? {};
  const sums = ["node_1", "node_2"].map((page) => {
    const all = [...pageOf(page).matchAll(/node_cpu_seconds_total\{cpu="\d+",mode="(\w+)"\} (\S+)/g)];
    const of = (wanted: (mode: string) => boolean) =>
      all.filter(([, mode]) => wanted(mode ?? "")).reduce((sum, [, , value]) => sum + Number(value), 0);
    return { busy: of((mode) => mode !== "idle" && mode !== "iowait"), all: of(() => true) };
  });
  const busy = 100 * (sums[1]!.busy - sums[0]!.busy) / (sums[1]!.all - sums[0]!.all);
  assert.ok(Math.abs((values.cpu_percent ?? NaN) - busy) < 1e-3);
  assert.equal(values.memory_total_bytes, 25_276_510_208);
  const used = 25_276_510_208 -
    Number(
      /MemAvailable_bytes (\S+)/.exec(pageOf("node_2").split("# TYPE node_memory_MemAvailable_bytes gauge")[1] ?? "")
        ?.[1],
    );
  assert.equal(values.memory_used_bytes, used);
  for (const name of ["network_received_bytes_per_s", "disk_written_bytes_per_s", "tcp_retransmits_per_s", "load_1m"]) {
    assert.equal(typeof values[name], "number", name);
  }
});

Deno.test("a real llama.cpp's pages before and after a few requests", () => {
  const { one, two } = between(pageOf("llama_cpp_1"), pageOf("llama_cpp_2"), 10_000);
  assert.deepEqual([one.presets, one.values], [["llama_cpp"], { running_requests: 0, waiting_requests: 0 }]);
  const counted = (name: string) => {
    const of = (page: string) => Number(new RegExp(`^llamacpp:${name} (\\S+)$`, "m").exec(pageOf(page))?.[1]);
    return of("llama_cpp_2") - of("llama_cpp_1");
  };
  const six = (value: number) => Number(value.toPrecision(6));
  assert.deepEqual(two.values, {
    running_requests: 0,
    waiting_requests: 0,
    token_gap: six(1000 * counted("tokens_predicted_seconds_total") / counted("tokens_predicted_total")),
    prefix_cache_hit_percent: six(
      100 * counted("prompt_tokens_cached_total") /
        (counted("prompt_tokens_cached_total") + counted("prompt_tokens_total")),
    ),
    prompt_tokens_per_s: counted("prompt_tokens_total") / 10,
    tokens_per_s: counted("tokens_predicted_total") / 10,
  });
  assert.ok(counted("tokens_predicted_total") > 0);
});

Deno.test("vLLM's histograms are those of the requests between two pages", () => {
  const { one, two } = between(pageOf("vllm_1"), pageOf("vllm_2"), 1000);
  assert.deepEqual(one.values, {
    running_requests: 12,
    waiting_requests: 0,
    kv_cache_percent: 25,
    process_memory_bytes: 1.2e9,
    descriptors: 92,
  });
  assert.deepEqual(two.values, {
    running_requests: 13,
    waiting_requests: 3,
    // Ten requests waited 3.2 s in all: five up to 0.3 s, four up to 0.5 s, one up to 0.8 s.
    queue_time: 320,
    queue_time_p95: 650,
    compute_time: 1500,
    request_time: 2000,
    request_time_p95: 1000 * (1 + 1.5 * 0.95),
    first_token_time: 200,
    first_token_time_p95: 1000 * (0.1 + 0.15 * 0.95),
    token_gap: 30,
    step_tokens: 12,
    kv_cache_percent: 75,
    prefix_cache_hit_percent: 25,
    // Aborted requests did not end well.
    requests_per_s: 10,
    prompt_tokens_per_s: 6000,
    tokens_per_s: 3000,
    preemptions_per_s: 4,
    process_memory_bytes: 1.2e9,
    process_cpu_percent: 50,
    descriptors: 92,
  });
});

Deno.test("the DCGM exporter's GPUs are told apart, and what is off by default is named", () => {
  const reading = readerOf().read(pageOf("dcgm"), 0);
  const { values, off } = reading;
  assert.deepEqual(
    [values?.['gpu_power_w{gpu="0"}'], values?.['gpu_xid{gpu="1"}'], values?.['gpu_memory_used_bytes{gpu="0"}']],
    [688.512, 79, 79_000 * 2 ** 20],
  );
  assert.equal(values?.['gpu_memory_total_bytes{gpu="1"}'], 80_024 * 2 ** 20);
  assert.equal(off.length, 5);
  assert.ok(off.includes("DCGM_FI_DEV_POWER_MGMT_LIMIT") && off.includes("DCGM_FI_PROF_PIPE_TENSOR_ACTIVE"));
  const all = `${pageOf("dcgm")}${
    off.map((name) => `${/\w+/.exec(name)?.[0]}{gpu="0",UUID="GPU-0",Hostname="gpu-host"} 0.5\n`).join("")
  }`;
  const full = readerOf().read(all, 0);
  assert.deepEqual([full.off, full.values?.["gpu_tensor_percent"]], [[], 50]);
});

Deno.test("SGLang, NIM, llama.cpp, TensorRT-LLM and its back end of Triton are recognised by their names", () => {
  const of = (page: string) => {
    const reading = readerOf().read(page, 0);
    return [
      reading.presets[0],
      reading.values?.running_requests,
      reading.values?.waiting_requests,
      reading.values?.kv_cache_percent,
    ];
  };
  const rank = (name: string, rank: number, value: number) =>
    `sglang:${name}{model_name="m",tp_rank="${rank}",pp_rank="0"} ${value}\n`;
  const sglang = [0, 1].map((tp) =>
    rank("num_running_reqs", tp, 7) + rank("num_queue_reqs", tp, 2) + rank("token_usage", tp, 0.28)
  );
  assert.deepEqual(of(sglang.join("")), ["sglang", 7, 2, 28]);
  const nim =
    'num_requests_running{model_name="m"} 1\nnum_requests_waiting{model_name="m"} 4\ngpu_cache_usage_perc{model_name="m"} 0.5\n';
  assert.deepEqual(of(nim), ["nim", 1, 4, 50]);
  const llama = "llamacpp:requests_processing 2\nllamacpp:requests_deferred 3\nllamacpp:kv_cache_usage_ratio 0.1\n";
  assert.deepEqual(of(llama), ["llama_cpp", 2, 3, 10]);
  const trt =
    'trtllm_kv_cache_utilization{model_name="m"} 0.62\ntrtllm_num_requests_running{model_name="m"} 3\ntrtllm_num_requests_waiting{model_name="m"} 0\n';
  assert.deepEqual(of(trt), ["trt_llm", 3, 0, 62]);
  const kind = (metric: string, label: string, values: Record<string, number>) =>
    Object.entries(values).map(([type, value]) =>
      `nv_trt_llm_${metric}{model="tensorrt_llm",${label}="${type}",version="1"} ${value}\n`
    ).join("");
  const triton =
    kind("request_metrics", "request_type", { waiting: 3, context: 1, scheduled: 4, max: 512, active: 7 }) +
    kind("kv_cache_block_metrics", "kv_cache_block_type", { used: 2000, free: 6000, max: 8000, tokens_per: 64 });
  assert.deepEqual(of(triton), ["triton_trt_llm", 4, 3, 25]);
});

Deno.test("a page of two kinds has the series of both, and the first one's where they share a name", () => {
  const page =
    'vllm:num_requests_waiting{model_name="m"} 5\nnv_inference_pending_request_count{model="m",version="1"} 9\nnv_gpu_power_usage{gpu_uuid="GPU-1"} 250\n';
  const { presets, values } = readerOf().read(page, 0);
  assert.deepEqual([presets, values], [["vllm", "triton"], { waiting_requests: 5, gpu_power_w: 250 }]);
});

Deno.test("counters that began again make no negative rates: one reading without them, and it is said", () => {
  const reader = readerOf(["jobs_total"]);
  const page = (jobs: number) => `jobs_total ${jobs}\ndepth 1\n`;
  assert.deepEqual(reader.read(page(100), 0).values, {});
  assert.deepEqual(reader.read(page(130), 1000).values, { jobs_total: 30 });
  const again = reader.read(page(5), 2000);
  assert.deepEqual([again.values, again.restarted], [{ jobs_total: null }, true]);
  const after = reader.read(page(12), 3000);
  assert.deepEqual([after.values, after.restarted], [{ jobs_total: 7 }, false]);
});

Deno.test("rates of any counters over any gaps are what was counted, by the time that passed", () => {
  const next = numbers(5);
  for (let trial = 0; trial < 100; trial++) {
    const reader = readerOf(["a_total"]);
    const counts = [0, 0, 0];
    let t_ms = 0;
    let summed = 0;
    const page = () => counts.map((count, i) => `a_total{x="${i}"} ${count}\n`).join("");
    reader.read(page(), t_ms);
    for (let step = 0; step < 10; step++) {
      const passed_ms = 1 + Math.floor(next() * 5000);
      t_ms += passed_ms;
      for (const i of [0, 1, 2]) counts[i] = (counts[i] ?? 0) + Math.floor(next() * 1000);
      const values = reader.read(page(), t_ms).values ?? {};
      for (const i of [0, 1, 2]) {
        const per_s = values[`a_total{x="${i}"}`] ?? NaN;
        assert.ok(per_s >= 0);
        summed += per_s * passed_ms / 1000;
      }
    }
    const counted = counts.reduce((sum, one) => sum + one, 0);
    assert.ok(Math.abs(summed - counted) <= 1e-4 * counted);
  }
});

Deno.test("a sample that comes later counts from its second reading on, and is named with all its labels", () => {
  const reader = readerOf(["a_total"]);
  const page = (...counts: number[]) => counts.map((count, i) => `a_total{x="${i}",y="same"} ${count}\n`).join("");
  reader.read(page(1), 0);
  assert.deepEqual(reader.read(page(3, 1e9), 1000).values, { a_total: 2 });
  assert.deepEqual(reader.read(page(4, 1e9 + 5), 2000).values, { a_total: 1, 'a_total{x="1",y="same"}': 5 });
});

Deno.test("a metric that changes its type is read as what it is now", () => {
  const reader = readerOf(["a"]);
  const page = (type: string, value: number) => `# TYPE a ${type}\na ${value}\n`;
  reader.read(page("counter", 10), 0);
  assert.deepEqual(reader.read(page("counter", 14), 1000).values, { a: 4 });
  assert.deepEqual(reader.read(page("gauge", 3), 2000), {
    values: { a: 3 },
    presets: [],
    missing: [],
    names: [],
    off: [],
    restarted: false,
    over: 0,
  });
});

Deno.test("histograms and summaries that are asked for become means and a 95th percentile", () => {
  const reader = readerOf(["h", "s"]);
  const page = (n: number) =>
    `# TYPE h histogram\nh_bucket{le="1"} ${n}\nh_bucket{le="2"} ${2 * n}\nh_bucket{le="+Inf"} ${2 * n}\nh_sum ${
      3 * n
    }\nh_count ${2 * n}\n` +
    `# TYPE s summary\ns{quantile="0.9"} 4\ns_sum ${10 * n}\ns_count ${n}\n`;
  reader.read(page(1), 0);
  assert.deepEqual(reader.read(page(11), 1000).values, { h_mean: 1.5, h_p95: 1.9, s_mean: 10 });
  // Nothing was counted: no value, and not 0.
  assert.deepEqual(reader.read(page(11), 2000).values, { h_mean: null, h_p95: null, s_mean: null });
});

Deno.test("NaN, infinite and enormous values are no values", () => {
  const reader = readerOf(["a", "b", "c", "d"]);
  reader.read("a 1\nb 1\nc 1\nd 1\n", 0);
  assert.deepEqual(reader.read("a NaN\nb +Inf\nc 1e300\nd 0\n", 1000).values, { a: null, b: null, c: null, d: 0 });
});

Deno.test("labels of strangers make keys of one line within limits, each once", () => {
  const long = "x".repeat(5000);
  const reader = readerOf(["a"]);
  const { values } = reader.read(`a{m="${long}1"} 1\na{m="${long}2"} 2\na{m="\\n\\"}{\u0007"} 3\n`, 0);
  const keys = Object.keys(values ?? {});
  assert.equal(keys.length, 3);
  // deno-lint-ignore no-control-regex
  for (const key of keys) assert.ok(key.length <= MAX_SERVICE_KEY && !/[\u0000-\u001f]/.test(key), key);
});

Deno.test("no reading has more values than its limit, and what is left out is counted", () => {
  const names = Array.from({ length: 10 }, (_, i) => `m${i}`);
  const page = names.flatMap((name) => Array.from({ length: 32 }, (_, i) => `${name}{i="${i}"} ${i}\n`)).join("");
  const { values, over } = readerOf(names).read(page, 0);
  assert.deepEqual([Object.keys(values ?? {}).length, over], [MAX_SERVICE_VALUES, 320 - MAX_SERVICE_VALUES]);
});

Deno.test("what is no page of metrics has no values", () => {
  for (const text of ["", "<html>\n<body>\nnot found\n</html>", '[{"a": 1}]', "\0\0\0", "hello world\n"]) {
    assert.equal(readerOf().read(text, 0).values, null, text);
  }
});

Deno.test("after pages that failed no rate spans the time between", () => {
  const reader = readerOf(["a_total"]);
  reader.read("a_total 1\n", 0);
  reader.read("a_total 2\n", 1000);
  reader.forget();
  assert.deepEqual(reader.read("a_total 100\n", 60_000).values, { a_total: null });
});

Deno.test("metrics that are not on the page are named beside those that are", () => {
  const { missing, names } = readerOf(["jobs", "jbos"]).read("jobs 1\n", 0);
  assert.deepEqual([missing, names], [["jbos"], ["jobs"]]);
});

Deno.test("every preset has marks, and its series are of the catalogue", () => {
  for (const name of PRESET_NAMES) {
    const { marks, series, label } = PRESETS[name];
    assert.ok(marks.length > 0 && label !== "");
    for (const { series: one } of series) assert.ok(Object.hasOwn(SERVICE_SERIES, one), one);
  }
});
