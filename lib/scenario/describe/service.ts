/** One service of a plan as a line of text: address, protocol, connections, security. */
import { listedPlaces } from "../../plan/grpc_target.ts";
import { headersWord, PROTOCOL_FACTS } from "../../plan/protocol_facts.ts";
import { writeLength } from "../../plan/inputs.ts";
import type { AuthPlan, ServicePlan, TlsPlan } from "../../plan/plan.ts";
import type { DescriptorSource } from "../../plan/protocols.ts";
import { formatCount, writeDuration } from "../../plan/units.ts";

/** The service in one line. It holds no values of headers and no request data. */
export function describeService(service: ServicePlan): string {
  const { options, metadata } = service;
  const parts = [
    `${service.name} at ${service.address}${pathOf(service)}`,
    ...spoken(service),
    connectionsOf(service),
    ...addressesOf(service),
    describeTls(service.tls),
    `timeout ${writeDuration(service.timeout_ms * 1000)}`,
    ...(!service.transparent_retry && PROTOCOL_FACTS[service.protocol].carrier !== "websocket"
      ? ["no transparent retries"]
      : []),
    ...(service.wait_for_ready === true ? ["calls wait until connected"] : []),
    ...(metadata.length > 0 ? [`${headersWord(service.protocol)} ${metadata.map(({ key }) => key).join(", ")}`] : []),
    ...(service.auth === undefined ? [] : [describeAuth(service.auth)]),
    ...(service.proxy === undefined ? [] : [`through the proxy ${service.proxy.address}`]),
    ...(options.kind === "stt" ? [options.pacing === "fast" ? "audio sent at once" : "audio in real time"] : []),
    ...describeInputs(service),
  ];
  return parts.join(", ");
}

function pathOf({ settings }: ServicePlan): string {
  switch (settings?.protocol) {
    case "websocket":
      return settings.path.replace(/\?.*$/, "");
    case "openai":
    case "rest":
      return settings.base_path;
    case "triton":
    case "riva":
    case "grpc":
    case undefined:
      return "";
  }
}

/** The protocol, its transport and what requests ask for. */
function spoken({ protocol, settings, options }: ServicePlan): string[] {
  switch (settings?.protocol) {
    case undefined:
      return [`${protocol} over gRPC`];
    case "triton":
      return ["triton over gRPC", `model ${settings.model}`];
    case "riva":
      return ["riva over gRPC", settings.language_code, ...(settings.model === "" ? [] : [`model ${settings.model}`])];
    case "openai":
      return [
        `openai over HTTP/${settings.http_version}`,
        `model ${settings.model}`,
        ...(options.kind === "tts" ? [`voice ${options.voice}`] : []),
      ];
    case "grpc":
      return ["gRPC", count(settings.exchanges.length, "exchange"), describedBy(settings.descriptors)];
    case "rest":
      return [`HTTP/${settings.http_version}`, count(settings.exchanges.length, "exchange")];
    case "websocket":
      return ["WebSocket", count(settings.exchanges.length, "exchange")];
  }
}

function describedBy(source: DescriptorSource): string {
  if (source.kind === "reflection") return "described by the server (reflection)";
  return `described by ${source.kind === "set" ? source.file : source.files.join(", ")}`;
}

function connectionsOf({ connections, settings }: ServicePlan): string {
  const open = `${count(connections, "connection")} a worker`;
  switch (settings?.protocol) {
    case "websocket":
      return settings.sessions === "kept" ? "a socket kept for each user" : "a socket for each exchange";
    case "openai":
    case "rest":
      return settings.http_version === "1.1" ? `up to ${open}` : open;
    case "triton":
    case "riva":
    case "grpc":
    case undefined:
      return open;
  }
}

/** Where connections go if there are several addresses; those of a name are found when it is looked up. */
function addressesOf({ address, addresses }: ServicePlan): string[] {
  if (addresses === "pick_first") return ["first address only"];
  const listed = listedPlaces(address);
  return listed === null ? [] : [`spread over ${formatCount(listed.length)} addresses`];
}

function describeTls(tls: TlsPlan | null): string {
  if (tls === null) return "plaintext";
  if (tls.insecure) return "TLS, certificate NOT checked";
  const ways = [
    tls.pinned_sha256 === null ? "" : `pinned to ${tls.pinned_sha256.slice(0, 12)}...`,
    tls.cert_file === null ? "" : "client certificate",
  ].filter((way) => way !== "");
  return ways.length === 0 ? "TLS" : `TLS (${ways.join(", ")})`;
}

function describeAuth(auth: AuthPlan): string {
  switch (auth.kind) {
    case "bearer":
      return "bearer token";
    case "bearer_file":
      return `bearer token of ${auth.file}`;
    case "oauth2":
      return `bearer token of ${auth.address}${auth.tls?.insecure ? " (TLS, certificate NOT checked)" : ""}`;
  }
}

const INPUT_WORDS = { stt: "clips", llm: "prompts", tts: "sentences", call: "" } as const;

/** How inputs are picked and shaped, if the file says so. */
function describeInputs({ kind, inputs, input_plan: plan }: ServicePlan): string[] {
  const word = INPUT_WORDS[kind];
  const files = inputs.length === 0 ? [] : [`${word} of ${inputs.map(({ path }) => path).join(" and ")}`];
  if (plan === undefined) return files;
  const { input_tokens, output_tokens, exact_output, shared_prefix, history_turns } = plan;
  return [
    ...files,
    ...(plan.order === "sequential" ? [`${word} in their order`] : []),
    ...(input_tokens === null ? [] : [`${word} of ${writeLength(input_tokens)} tokens`]),
    ...(shared_prefix === null
      ? []
      : [`${count(shared_prefix.groups, "shared beginning")} of ${count(shared_prefix.tokens, "token")}`]),
    ...(plan.unique ? [`each of the ${word} unique`] : []),
    ...(history_turns === 0 ? [] : [`histories of up to ${count(history_turns, "turn")}`]),
    ...(output_tokens === null
      ? []
      : [`answers of ${exact_output ? "exactly" : "at most"} ${writeLength(output_tokens)} tokens`]),
  ];
}

function count(value: number, noun: string): string {
  return `${formatCount(value)} ${noun}${value === 1 ? "" : "s"}`;
}
