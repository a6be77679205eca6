/** The part of docs/configuration.md on services and what they speak. */
import { defaultTask, PROTOCOL_FACTS, PROTOCOLS } from "../../plan/protocol_facts.ts";
import type { Protocol } from "../../plan/protocols.ts";
import { TASKS } from "../../plan/tasks.ts";
import { PLACEHOLDERS } from "../../plan/template.ts";

/** A file with a service of each protocol; it loads as it stands. */
export const SERVICES_EXAMPLE = `services:
  grpc: # a voice assistant's services; the group has June's name, whatever each of them speaks
    tensorrt_llm: # Triton; "protocol: june" for a server of june.llm
      host: triton:8001
      model: ensemble
    llm:
      protocol: openai # vLLM, NIM, llama.cpp
      host: https://llm.example.net/v1 # the scheme says TLS, the path comes before each request's
      model: Qwen/Qwen3-32B
      auth: { bearer: "\${API_KEY:-none}" } # or bearer_file, or oauth2
      prompts: { input_tokens: "lognormal(400, 0.6)", output_tokens: 50 to 200, shared_prefix: 200, unique: true }
    stt: { protocol: riva, host: "riva:50051", language: en-US }
    tts: { protocol: riva, host: "riva:50051", language: en-US }

  calls: # services of your own, by names of your own
    search:
      protocol: grpc # methods are described by the server's reflection, or by protos: [search.proto]
      host: search:50051
      exchanges:
        - method: shop.Search/Find
          message: { query: "{{prompt}}", limit: 10 }
          checks: [{ path: "items[0].name" }] # something must be there
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
          reply: [{ path: type, equals: response }] # what does not match is passed over

  gateway: # June's former gateway, as June's files name it
    host: http://localhost:8000
    rest_endpoints:
      - { path: /api/v1/llm/generate, method: POST, weight: 30, requires_auth: true }
    websocket: { path: "/ws/{user_id}", weight: 10 }

scenarios:
  all:
    users: 10
    duration: 5m
    tasks:
      llm.chat_stream: 30 # split between both services by their weights
      stt.recognize_stream@stt: 20
      call@shop: 10 # its exchanges by their weights
      call@shop/order: 5
      call@search: 5
      call@chat: 5
    thresholds:
      - p95(first_token, llm.*) < 800ms
      - p95(latency, rest *) < 1s
      - error_rate(order) < 0.5%
`;

/** What each protocol is, in a few words. */
/** What services there are and how a file says what each speaks. */
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
    "A `voice_turn` takes one service of each kind, whatever it speaks. An exchange of `calls` or of the gateway is an",
    "operation of its own, called by its `name`; without one it is called `grpc shop.Search/Find`, `rest GET /health` or",
    "`websocket /ws text`. Where two services have the same, `@service` follows.",
    "",
    "`--test-type grpc`, `rest`, `websocket` or `all` chooses which services are called, as June's own load tests did: `rest`",
    "and `websocket` are services of these protocols and the gateway's two halves, `grpc` all others. Without it everything",
    "is called but the gateway, which must be asked for: by the flag, by tasks that name it (`call@gateway`,",
    "`call@gateway_websocket`), or by being all there is. Rules on what the flag takes away are left out, with a warning.",
    "",
    "Texts of requests may hold **placeholders**, filled in anew for each call; `\\{{` is a plain `{{`:",
    "",
    "| placeholder | is |",
    "| --- | --- |",
    ...Object.values(PLACEHOLDERS).map(({ form, summary }) => `| \`${form}\` | ${summary} |`),
    "",
    "**Secrets** belong in the environment or in files. Neither a saved plan nor any output holds tokens, header values,",
    "proxies' passwords or what is sent. Proxies of the environment are not used; a service names its own.",
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
