/**
 * Makes one call over each transport while this process lacks what a connection needs, and prints the marks of each as
 * JSON. Arguments: `files` takes all descriptors, `ports` all local ports for the address of the calls.
 */
import { prepareForSignals } from "../../../lib/cli/interrupt.ts";
import type { OpenService } from "../../../lib/driver/driver.ts";
import type { Inputs } from "../../../lib/driver/inputs/inputs.ts";
import { openDriver } from "../../../lib/driver/registry.ts";
import { loadTransport } from "../../../lib/transport/registry.ts";
import type { TlsPlan } from "../../../lib/plan/credentials.ts";
import type { ServicePlan, TaskPlan } from "../../../lib/plan/plan.ts";
import { task } from "../../plans.ts";
import { callStart } from "../call_start.ts";
import { CallMarks, REAL_CLOCK } from "../call_marks.ts";
import { servicePlan as openAiService, SETTINGS } from "../openai/bench.ts";
import { CALL_TASK as EXCHANGE, restService } from "../rest/bench.ts";
import { CALL_TASK as MESSAGE, socketService } from "../websocket/bench.ts";
import { SERVICES } from "../workbench.ts";

const LLM: Inputs = { kind: "llm", prompts: ["Hi?"], chats: [[{ role: "user", content: "Hello" }]] };
const CALL: Inputs = { kind: "call" };
const TLS: TlsPlan = {
  ca_file: null,
  cert_file: null,
  key_file: null,
  server_name: null,
  insecure: true,
  pinned_sha256: null,
};

type Row = [name: string, transport: "wire" | "grpc-js", service: ServicePlan, task: TaskPlan, inputs: Inputs];

function rows(address: string): Row[] {
  const june = { ...SERVICES.llm, address };
  const http = (http_version: "1.1" | "2") => ({ settings: { ...SETTINGS, http_version } });
  return [
    ["june over wire", "wire", june, task("llm.chat"), LLM],
    ["june over grpc-js", "grpc-js", june, task("llm.chat"), LLM],
    ["june over wire and node:tls", "wire", { ...june, tls: TLS }, task("llm.chat"), LLM],
    ["openai over HTTP/1.1", "wire", openAiService("llm", address, http("1.1")), task("llm.chat"), LLM],
    ["openai over HTTP/2", "wire", openAiService("llm", address, http("2")), task("llm.chat"), LLM],
    ["rest", "wire", restService(address, [{}]), EXCHANGE, CALL],
    [
      "rest with a login",
      "wire",
      restService(address, [{ requires_auth: true }], { login_path: "/login" }),
      EXCHANGE,
      CALL,
    ],
    ["websocket", "wire", socketService(address), MESSAGE, CALL],
    ["by a name", "wire", restService(address.replace("127.0.0.1", "localhost"), [{}]), EXCHANGE, CALL],
  ];
}

prepareForSignals();
const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
const accepted: Deno.Conn[] = [];
const accepting = (async () => {
  for await (const conn of listener) accepted.push(conn);
})().catch(() => {});
void accepting;
const { port } = listener.addr as Deno.NetAddr;

const opened: [Row, OpenService][] = [];
for (const row of rows(`127.0.0.1:${port}`)) {
  opened.push([row, await openDriver(row[2], await loadTransport(row[1]))]);
}
const taken: unknown[] = [];
try {
  for (;;) {
    const one = Deno.args[0] === "files"
      ? Deno.openSync(Deno.execPath())
      : await Deno.connect({ hostname: "127.0.0.1", port });
    taken.push(one);
  }
} catch {
  // Nothing is left.
}
const told: Record<string, unknown> = {};
for (const [[name, , , task, inputs], service] of opened) {
  const marks = new CallMarks();
  service.operation(task, inputs).start(callStart(REAL_CLOCK, marks));
  const { outcome, details } = await marks.over;
  told[name] = { names: marks.names, outcome, details };
}
console.log(JSON.stringify(told));
Deno.exit(0);
