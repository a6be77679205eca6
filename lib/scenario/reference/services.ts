/** The part of docs/configuration.md about services and their protocols. */
import { defaultTask, PROTOCOL_FACTS, PROTOCOLS } from "../../plan/protocol_facts.ts";
import type { Protocol } from "../../plan/protocols.ts";
import { TASKS } from "../../plan/tasks.ts";
import { PLACEHOLDERS } from "../../plan/template.ts";

/** A valid file with a service of each protocol. */
export const SERVICES_EXAMPLE = `services:
  grpc: # a voice assistant's services, with any protocol; the name of the group is June's
    tensorrt_llm: # Triton; "protocol: june" for a server of june.llm
      host: triton:8001
      model: ensemble
    llm:
      protocol: openai # vLLM, NIM, llama.cpp
      host: https://llm.example.net/v1 # https means TLS; /v1 precedes the path of each request
      model: Qwen/Qwen3-32B
      auth: { bearer: "\${API_KEY:-none}" } # or bearer_file, or oauth2
      prompts: { input_tokens: "lognormal(400, 0.6)", output_tokens: 50 to 200, shared_prefix: 200, unique: true }
    stt: { protocol: riva, host: "riva:50051", language: en-US }
    tts: { protocol: riva, host: "riva:50051", language: en-US }

  calls: # your own services, by any name
    search:
      protocol: grpc # the server's reflection describes the methods, or protos: [search.proto]
      host: search:50051
      exchanges:
        - method: shop.Search/Find
          message: { query: "{{prompt}}", limit: 10 }
          checks: [{ path: "items[0].name" }] # must not be empty
    shop:
      protocol: rest
      host: https://shop.example.net/api
      exchanges:
        - { path: /health }
        - name: order
          path: /orders
          json: { id: "{{uuid}}", count: "{{int 1 9}}" }
          status: 201
          checks: [{ path: state, equals: open }]
          weight: 3
    chat:
      protocol: websocket
      host: wss://chat.example.net
      path: /ws/{{uuid}}
      exchanges:
        - json: { type: text, text: "{{prompt}}" }
          reply: [{ path: type, equals: response }] # other messages are skipped

  gateway: # June's former gateway, with the keys of June's files
    host: http://localhost:8000
    rest_endpoints:
      - { path: /api/v1/llm/generate, method: POST, weight: 30, requires_auth: true }
    websocket: { path: "/ws/{user_id}", weight: 10 }

scenarios:
  all:
    users: 10
    duration: 5m
    tasks:
      llm.chat_stream: 30 # both services share it by their weights
      stt.recognize_stream@stt: 20
      call@shop: 10 # its exchanges share it by their weights
      call@shop/order: 5
      call@search: 5
      call@chat: 5
    thresholds:
      - p95(first_token, llm.*) < 800ms
      - p95(response_time, rest *) < 1s
      - error_rate(order) < 0.5%
`;

/** Explains services, protocols, `--test-type`, placeholders and secrets. */
export function servicesDoc(): string[] {
  return [
    "## Services",
    "",
    "```yaml",
    SERVICES_EXAMPLE.trimEnd(),
    "```",
    "",
    "| protocol | is | tasks | without `tasks` |",
    "| --- | --- | --- | --- |",
    ...PROTOCOLS.map(protocolRow),
    "",
    "A `voice_turn` uses one service of each kind, with any protocol. Each exchange of `calls` or of the gateway is an",
    "operation. Its name is `name`, or else `grpc shop.Search/Find`, `rest GET /health` or `websocket /ws text`. When two",
    "services share a name, `@service` follows it.",
    "",
    "`--test-type grpc`, `rest`, `websocket` or `all` selects the services to call, as in June's own load tests: `rest` and",
    "`websocket` select the services with that protocol and that half of the gateway, `grpc` selects all others. Without the",
    "flag, june-load calls everything except the gateway. It calls the gateway if the flag selects it, if tasks name it",
    "(`call@gateway`, `call@gateway_websocket`), or if there is no other service. Rules about services that the flag removes",
    "are left out, with a warning.",
    "",
    "Texts of requests may hold **placeholders**, which each call fills in again; `\\{{` is a plain `{{`:",
    "",
    "| placeholder | is |",
    "| --- | --- |",
    ...Object.values(PLACEHOLDERS).map(({ form, summary }) => `| \`${form}\` | ${summary} |`),
    "",
    "**Secrets** belong in the environment or in files. Saved plans and outputs never hold tokens, header values, proxy",
    "passwords or request data. june-load ignores the proxies of the environment; a service names its own.",
  ];
}

function protocolRow(protocol: Protocol): string {
  const { summary, tasks } = PROTOCOL_FACTS[protocol];
  const kinds = [...new Set(tasks.map((task) => TASKS[task].services[0]))].map((kind) => {
    const own = tasks.filter((task) => TASKS[task].services[0] === kind);
    const all = Object.values(TASKS).filter(({ services }) => services.length === 1 && services[0] === kind);
    return kind === "call"
      ? "`call`"
      : own.length === all.length
      ? `\`${kind}.*\``
      : own.map((task) => `\`${task}\``).join(", ");
  });
  const defaults = [...new Set(tasks.map((task) => defaultTask(TASKS[task].services[0], protocol)))];
  return `| \`${protocol}\` | ${summary} | ${kinds.join(", ")} | ${defaults.map((task) => `\`${task}\``).join(", ")} |`;
}
