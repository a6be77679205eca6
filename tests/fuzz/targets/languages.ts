/** What a user writes: scenario files, rules, values, addresses. */
import { readProxy } from "../../../lib/plan/credentials.ts";
import { matchesGlob } from "../../../lib/plan/glob.ts";
import { readGrpcTarget } from "../../../lib/plan/grpc_target.ts";
import { createRedactor } from "../../../lib/plan/redact.ts";
import { withoutSpans } from "../../../lib/plan/secret/hide.ts";
import { Quotes } from "../../../lib/plan/secret/quotes.ts";
import { parseTemplate } from "../../../lib/plan/template.ts";
import { parseThreshold } from "../../../lib/plan/threshold/parser.ts";
import * as units from "../../../lib/plan/units.ts";
import { UserError } from "../../../lib/plan/errors.ts";
import { compileChecks } from "../../../lib/driver/exchange/checks.ts";
import { listScenarios, loadScenario } from "../../../lib/scenario/load.ts";
import { builtInScenario, builtInScenarios } from "../../../lib/scenario/built_in.ts";
import { ScenarioError } from "../../../lib/scenario/read/problems.ts";
import { parseOffsets } from "../../../lib/schedule/replay.ts";
import { type Target, textOf } from "../target.ts";

const CALLS = `services:
  grpc:
    llm: &llm { protocol: openai, host: "http://h:1/v1?k=\${KEY}", model: m, extra: { a: [1, "{{prompt}}"] } }
    stt: { host: "a:1", metadata: { x: "\${KEY:-none}" }, auth: { bearer: "\${KEY}" } }
  calls:
    shop:
      protocol: rest
      host: h
      exchanges:
        - { path: "/a?x={{int 1 9}}", json: { a: { b: [1, 2] } }, checks: [{ path: "a[0].b", equals: 1 }] }
scenarios:
  one:
    stages: [{ duration: 10s, users: 5 }, { duration: 1m, users: { from: 5, to: 50 } }]
    thresholds: ["p95(response_time, llm.*) < 2s", "error_rate < 1%"]
    tasks: { llm.chat: 2, "call@shop": 1 }
    think_time: uniform 1s 3s
`;

const repeated = (piece: string, after = "") => (size: number) => piece.repeat(Math.ceil(size / piece.length)) + after;

const QUOTES = new Quotes();
QUOTES.add("secret", "sk-live-4f9a8b7c6d5e");
QUOTES.add("secret", "no-key-is-here-at-all");
QUOTES.add("text", "aaaaaaaaaaaaaaaaaaaa aaaaaaaaaaaaaaaa".repeat(100));

const { parseBytes, parseDuration, parseNumber, parsePower, parseRate, parseRatio, parseRatioPerHour } = units;
const UNIT_PARSERS = [parseBytes, parseDuration, parseNumber, parsePower, parseRate, parseRatio, parseRatioPerHour];
const REDACT = createRedactor({ API_TOKEN: "s3cret-value" });

export const LANGUAGE_TARGETS: readonly Target[] = [
  {
    name: "YAML scenarios",
    slow: true,
    seeds: [CALLS, ...builtInScenarios().map(({ name }) => builtInScenario(name)!)],
    words: [
      "&a ",
      "*a",
      "<<: *a",
      "${KEY}",
      "${",
      "!!binary ",
      "---\n",
      "- ",
      ": ",
      "{",
      "[",
      "? ",
      "|\n",
      ">-\n",
      "\t",
      '"',
      "#",
      "1e999",
      "0x",
      ".inf",
    ],
    read(input) {
      const text = textOf(input);
      const more = { file: "f.yaml", dir: "/d", env: { KEY: "s3cret-value" }, cores: 2, overrides: {} };
      try {
        listScenarios(text, "f.yaml");
      } catch (error) {
        if (!(error instanceof ScenarioError)) throw error;
      }
      loadScenario({ text, ...more, exists: () => true, readText: () => "0\n1s\n" });
    },
    isRefusal: (error) => error instanceof ScenarioError,
    growing: [
      repeated("- "),
      repeated("[", ""),
      repeated("a: {"),
      repeated("? "),
      (size) => Array.from({ length: size / 12 }, (_, i) => `key${i}: 1\n`).join(""),
      (size) => `scenarios: { one: { users: 1, thresholds: [${'"p95(latency) < 2s",'.repeat(size / 20)}] } }`,
      (size) => `scenarios: { one: { description: "${"${A:-".repeat(size / 5)}" } }`,
      (size) =>
        `services: { calls: { a: { protocol: rest, host: h, exchanges: [${
          '{ path: "/a{{seq}}" },'.repeat(size / 22)
        }] } } }`,
    ],
  },
  {
    name: "rules",
    seeds: [
      "p95(response_time, llm.*) < 2s",
      "error_rate(llm.chat, hold) <= 1% for 30s of each 5m",
      "good_rate > 5/s",
      "gpu.memory_used max < 90%",
      "load >= 100%",
    ],
    words: ["p99.9", "(", ")", "*", "<", ">=", "==", "%", "MiB", "/h", "1e9", "in ", "warm_up", "@", ","],
    read: (input) => void parseThreshold(textOf(input)),
    growing: [
      repeated("("),
      repeated("p95(", ""),
      repeated("*"),
      (size) => `p95(latency, ${"a*".repeat(size / 2)}) < 2s`,
    ],
  },
  {
    name: "globs",
    seeds: ["llm.*|llm.chat_stream", "a*b*c|aXbXc", "*|", "**a**|bab"],
    words: ["*", "|", "a*", "?", "["],
    read(input) {
      const [glob = "", name = ""] = textOf(input).split("|");
      matchesGlob(glob, name);
    },
    growing: [(size) => `${"a*".repeat(100)}b|${"a".repeat(size)}`],
  },
  {
    name: "values",
    seeds: ["1h 30m", "2.5ms", "300W", "5%/h", "12", "20/s", "1.5 GiB", "99.9%", "0.5", "1e-3s"],
    words: ["9".repeat(400), "µs", "e", "-", ".", "∞", "NaN", " ", "k"],
    read(input) {
      const text = textOf(input);
      for (const parse of UNIT_PARSERS) {
        const parsed = parse(text);
        if (parsed.ok && !Number.isFinite(parsed.value)) throw new Error(`${text} is read as ${parsed.value}`);
      }
    },
    growing: [repeated("1"), repeated("1h"), repeated(" "), repeated(".")],
  },
  {
    name: "addresses",
    seeds: [
      "host:1",
      "[::1]:50051",
      "unix:/run/a.sock",
      "ipv4:10.0.0.1:1,10.0.0.2:1",
      "dns:///h:1",
      "http://me:p%40@h:1/x?y",
    ],
    words: ["://", "[", "]", ":", "@", "%", ",", "xn--", "ipv6:"],
    read(input) {
      const text = textOf(input);
      readGrpcTarget(text, 50051);
      readProxy(text);
    },
    growing: [repeated("["), repeated(":"), repeated("ipv4:1.1.1.1:1,"), repeated("a@")],
  },
  {
    name: "templates and checks",
    seeds: [
      "user-{{seq}}-{{uuid}}-{{random 5}}",
      "{{pick a.txt}} \\{{ {{int 1 9}}",
      "results[0].text",
      'a["b c"][3].d',
    ],
    words: ["{{", "}}", "\\{{", "{{int ", "[", "]", '"', "."],
    read(input) {
      const text = textOf(input);
      try {
        parseTemplate(text);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
      }
      compileChecks([{ path: text, equals: null, matches: null }])({ results: [{ text: "x" }], a: { "b c": [1] } });
    },
    isRefusal: (error) => error instanceof UserError,
    growing: [repeated("{{"), repeated("{{seq}}"), repeated("["), repeated("a."), repeated("\\")],
  },
  {
    name: "recorded arrivals",
    seeds: ["0\n250ms # a burst\n12.5\n", "timestamp,input_length\n0,5\n1,6\n", '{"timestamp": 0, "hash_ids": [1]}\n'],
    words: ["\n", ",", "1e999", "-1", "NaN", "#", "\r\n", "ms", '"'],
    read: (input) => void parseOffsets(textOf(input)),
    growing: [repeated("1\n"), repeated("0"), repeated("#"), repeated('{"timestamp": 1}\n')],
  },
  {
    name: "complaints",
    seeds: [
      'found "http://me:pa/ss@host:1/v1?key=a&b=c" there',
      "--target: llm=me:hush@host:1",
      "s3cret-value is wrong",
    ],
    words: ["://", "@", ":", "=", "?", '"', "'", " ", "\n", "s3cret-value"],
    read(input) {
      if (REDACT(textOf(input)).includes("s3cret-value")) throw new Error("a secret is shown");
    },
    growing: [repeated("://"), repeated("=a:"), repeated("a@"), repeated("?a="), repeated("://a "), repeated("a:")],
  },
  {
    name: "quoted secrets",
    seeds: [
      'no key "sk-live-4f9a8b7c6d5e" here',
      "c2stbGl2ZS00ZjlhOGI3YzZkNWU=",
      "sk%2Dlive%2D4f9a8b7c6d5e",
      "&#115;k-live\\u002d4f9a",
    ],
    words: ["sk-live-", "%2D", "\\u002d", "&amp;", "%", "\\", "…", "***"],
    read(input) {
      const text = textOf(input);
      const safe = withoutSpans(text, QUOTES.spans(text), "***");
      if (safe.includes("sk-live-4f9a8b7c6d5e")) throw new Error(`it is shown: ${safe}`);
    },
    growing: [
      repeated("a"),
      repeated("sk-live-4f9a8b7c6d5e"),
      (size) => `sk-live-${" ".repeat(size)}4f9a8b`,
      (size) => `no-key-${"-".repeat(size)}is-here`,
      repeated("sk-l"),
      repeated("%41"),
      repeated("\\\\"),
      repeated("&amp;"),
    ],
  },
];
