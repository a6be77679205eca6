import assert from "node:assert/strict";

const ROOT = new URL("../../", import.meta.url);

/** Where the words of a message may decide, since nothing else tells what it means, and whose words they are. */
const BOUNDARIES: Readonly<Record<string, string>> = {
  "lib/driver/core/outcome.ts": "June's interceptors put the status they raise into the text of UNKNOWN",
  "lib/resources/gpu/gpu_failures.ts": "nvidia-smi",
  "lib/resources/program/place.ts": "ssh, docker and the like",
  "lib/result/older_events.ts": "results of older builds",
  "lib/result/output_error.ts": "Deno's errors of the file system",
  "lib/scenario/read/yaml_tree.ts": "the YAML library, out of stack",
  "lib/sim/http/status.ts": "June's servers send no kind of a limit, and the simulator sends what they do",
  "lib/transport/grpc_js/status.ts": "grpc-js marks its own statuses in no other way",
  "lib/transport/outside_errors.ts": "the operating system, rustls and OpenSSL",
};

const TEXT = "(?:details|message|words|said)";
const SEARCH = "(?:startsWith|endsWith|includes|match|matchAll|search|indexOf)";
const DECISIONS: readonly RegExp[] = [
  // /wants a certificate/.test(end.details)
  new RegExp(String.raw`\.(?:test|exec)\(\s*(?:[\w.?!#]+\.)?(?:${TEXT}|(?<=\b(?:event|end|note)\.)text)\b`),
  // error.message.startsWith("..."), event.text.includes("...")
  new RegExp(String.raw`(?:\b${TEXT}|(?<=[\w\])?!])\.text)[?!]?\.${SEARCH}\(`),
  // details === "..."; whether there are words at all is no decision on what they say
  new RegExp(String.raw`\b(?:details|message)\b [!=]== "[^"]`),
];

async function* sources(dir: URL): AsyncGenerator<URL> {
  for await (const entry of Deno.readDir(dir)) {
    if (entry.isDirectory) yield* sources(new URL(`${entry.name}/`, dir));
    else if (entry.name.endsWith(".ts")) yield new URL(entry.name, dir);
  }
}

function decides(line: string): boolean {
  return !/^\s*(\/\/|\*|\/\*)/.test(line) && DECISIONS.some((pattern) => pattern.test(line));
}

Deno.test("no message's text decides, but for words from outside that are read in one place each", async () => {
  const found = new Set<string>();
  const wrong: string[] = [];
  for await (const file of sources(new URL("lib/", ROOT))) {
    const path = file.pathname.slice(ROOT.pathname.length);
    for (const [i, line] of (await Deno.readTextFile(file)).split("\n").entries()) {
      if (!decides(line)) continue;
      if (path in BOUNDARIES) found.add(path);
      else wrong.push(`${path}:${i + 1}: ${line.trim()}`);
    }
  }
  assert.deepEqual(wrong, [], "give the error or event a kind, or make this the boundary for words from outside");
  assert.deepEqual([...found].sort(), Object.keys(BOUNDARIES).sort(), "a boundary that reads no words is no boundary");
});

Deno.test("decisions on texts are recognised, and looking whether there is a text is not one", () => {
  const forbidden = [
    "if (/wants a client certificate/.test(health.details)) return;",
    "const own = words.test(details);",
    "return /alert/i.test(error.message);",
    "if (event.text.startsWith(rule)) return;",
    "if (event?.text.includes(rule)) return;",
    'if (message.includes("limit")) return;',
    'if (details === "closed") return;',
    "const found = /StatusCode/.exec(event.text);",
  ];
  for (const line of forbidden) assert.ok(decides(line), line);
  const allowed = [
    'if (details === "") return;',
    'if (text.startsWith("unix:")) return;',
    "if (/^p[0-9]+$/.test(word.text)) return;",
    "tokens = [...text.matchAll(/x/)];",
    "// error.message.startsWith is not allowed",
  ];
  for (const line of allowed) assert.ok(!decides(line), line);
});
