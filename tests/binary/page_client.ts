/**
 * Does with a live page what a browser does: opens it with all its files, starts a run, follows it to its end, downloads
 * every form and compares. A program of its own, so that it can run where the page is: in a network without a way out. Prints
 * what it saw as JSON.
 */

const [address = ""] = Deno.args;

/** What it saw; see the test. */
export interface PageSeen {
  files: Record<string, number>;
  seconds: number;
  verdict: string;
  forms: Record<string, number>;
  comparison: string;
}

async function get(path: string): Promise<Response> {
  const response = await fetch(new URL(path, address));
  if (response.status !== 200) throw new Error(`GET ${path}: ${response.status} ${await response.text()}`);
  return response;
}

/** The page and all that it names, with their sizes; a name of another server is fetched, too, and fails here. */
async function openPage(): Promise<Record<string, number>> {
  const page = await (await get("/")).text();
  const names = [...page.matchAll(/ (?:src|href)="([^"#]+)"/g)].map(([, name = ""]) => name);
  // The script loads the charts' own when it needs them.
  const script = await (await get("/assets/live.js")).text();
  const later = [...script.matchAll(/["'`](\/assets\/[\w.-]+)["'`]/g)].map(([, name = ""]) => name);
  const sizes = [...new Set([...names, ...later])].map(async (name) =>
    [name, (await (await get(name)).bytes()).length] as const
  );
  return { "/": page.length, ...Object.fromEntries(await Promise.all(sizes)) };
}

async function start(): Promise<string> {
  const { scenarios: [first] } = await (await get("/api/state")).json() as { scenarios: Array<{ id: string }> };
  const response = await fetch(new URL("/api/start", address), {
    method: "POST",
    headers: { "x-june-load": "1", "content-type": "application/json" },
    body: JSON.stringify({ scenario: first?.id, yaml: null }),
  });
  const body = await response.text();
  if (response.status !== 202) throw new Error(`POST /api/start: ${response.status} ${body}`);
  return (JSON.parse(body) as { run: string }).run;
}

/** Follows the events until the run is over. */
async function follow(events: Response): Promise<{ seconds: number; verdict: string }> {
  let [text, seconds] = ["", 0];
  for await (const piece of (events.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream())) {
    const all = (text + piece).split("\n\n");
    text = all.pop() ?? "";
    for (const one of all) {
      const [, kind] = /^event: (\w+)$/m.exec(one) ?? [];
      if (kind === "seconds") seconds++;
      if (kind !== "state") continue;
      const { phase, run, failure } = JSON.parse(/^data: (.*)$/m.exec(one)?.[1] ?? "null");
      if (failure !== null) throw new Error(failure);
      if (phase === "done") return { seconds, verdict: run.verdict.status };
    }
  }
  throw new Error("The events ended before the run");
}

async function formsOf(id: string): Promise<Record<string, number>> {
  const [run] = await (await get("/api/history")).json() as Array<{
    id: string;
    report: { forms: Array<{ file: string; href: string }> };
  }>;
  if (run?.id !== id) throw new Error(`The newest run is ${run?.id}, not ${id}`);
  const sizes: Record<string, number> = {};
  for (const { file, href } of run.report.forms) sizes[file] = (await (await get(href)).bytes()).length;
  return sizes;
}

const files = await openPage();
const events = await get("/api/events");
const id = await start();
const { seconds, verdict } = await follow(events);
const forms = await formsOf(id);
const comparison = (await (await get(`/compare?base=${id}&new=${id}`)).text()).slice(0, 15);
console.log(JSON.stringify({ files, seconds, verdict, forms, comparison } satisfies PageSeen));
Deno.exit(0);
