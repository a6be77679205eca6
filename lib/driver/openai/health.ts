/** Checks a server with OpenAI's interface: its list of models, else its health path. */
import type { TaskPlan } from "../../plan/plan.ts";
import type { Health, Operation } from "../driver.ts";
import { askHttp, brokenWords, type HttpAnswer } from "../http/request.ts";
import { describeStatus } from "../http/outcome.ts";
import { refusedHealth } from "../core/access.ts";
import type { Fault } from "../core/outcome.ts";
import { oneLine } from "../core/text.ts";
import type { BodyReply } from "./call.ts";
import { arrayIn, fieldsOf, JsonBody, parseFields, textIn } from "./json.ts";
import { httpOperation, type OpenAi, pathOf } from "./task.ts";

/** Health paths of vLLM and llama.cpp, and of NIM; requested where there is no list of models. */
const HEALTH_PATHS = ["/health", "/v1/health/ready"];
/** What a status means; others are failures. */
const MEANINGS: Readonly<Record<number, Pick<Health, "state" | "remedy">>> = {
  401: refusedHealth("unknown_key", "headers"),
  403: refusedHealth("forbidden", "headers"),
  503: { state: "unhealthy", remedy: "Wait until the server has loaded its model, or look at its log" },
};
/** Most models named in the details; more are only counted. */
const MAX_NAMED = 4;

/**
 * Requests the list of models, which also tests the key, or the health where there is no list. Never rejects because of
 * an answer of the server.
 * @param timeout_ms deadline of each request; there are at most three
 */
export async function checkHealth(shared: OpenAi, timeout_ms: number): Promise<Health> {
  const path = `${shared.settings.base_path}/models`;
  const answer = await get(shared, pathOf(shared.settings, "/models"), timeout_ms);
  const whole = answer.end.reason === "complete";
  if (whole && answer.status === 200) return { asked: `GET ${path}`, ...readModels(shared, answer) };
  if (!whole || (answer.status !== 404 && answer.status !== 405)) return unwell(path, answer, timeout_ms);
  for (const other of HEALTH_PATHS) {
    const health = await get(shared, other, timeout_ms);
    if (health.status === 404) continue;
    return health.status === 200
      ? { state: "serving", asked: `GET ${other}`, details: "it lists no models" }
      : unwell(other, health, timeout_ms);
  }
  return { state: "connected", asked: `GET ${path}`, details: "it lists no models and has no health path" };
}

function unwell(path: string, answer: HttpAnswer, timeout_ms: number): Health {
  const { end, status, headers, body } = answer;
  const isWhole = end.reason === "complete";
  const details = isWhole ? describeStatus(status, headers, body) : brokenWords(answer, timeout_ms);
  const meaning = isWhole ? MEANINGS[status] : undefined;
  return { ...meaning ?? { state: "failed" }, asked: `GET ${path}`, details: oneLine(details), fault: end.fault };
}

/**
 * A server may serve a model that it does not list (under another name, or for any name), so this is only a warning.
 */
function readModels({ settings }: OpenAi, { body }: HttpAnswer): Omit<Health, "asked"> {
  let names: string[];
  try {
    const list = arrayIn(parseFields(new TextDecoder().decode(body)), "data");
    names = list.map((item) => textIn(fieldsOf(item) ?? {}, "id")).filter((name) => name !== "");
  } catch {
    return { state: "connected", details: "its list of models cannot be read" };
  }
  const { model } = settings;
  if (names.includes(model)) return { state: "serving", details: oneLine(`model ${model}`) };
  const more = names.length > MAX_NAMED ? ` and ${names.length - MAX_NAMED} more` : "";
  const listed = names.length === 0 ? "none" : names.slice(0, MAX_NAMED).join(", ") + more;
  if (model === "") return { state: "serving", details: oneLine(`models: ${listed}`) };
  const details = oneLine(`it does not list the model "${model}"; it lists ${listed}`);
  return { state: "doubtful", details, remedy: "Set `model` to one of those; calls for another model may all fail" };
}

const get = ({ channel, headers }: OpenAi, path: string, timeout_ms: number): Promise<HttpAnswer> =>
  askHttp(channel, { method: "GET", path, headers, body: null }, timeout_ms);

/** An operation that requests the list of models. */
export function healthOperation(shared: OpenAi, task: TaskPlan): Operation {
  return httpOperation<null>(shared, task, {
    method: "GET",
    path: "/models",
    inputs: [null],
    ask: () => ({ body: null, content_type: null, reply: () => new ModelList() }),
  });
}

/** A list of models, with any content. */
class ModelList extends JsonBody implements BodyReply {
  protected override read(): Fault | null {
    return null;
  }
}
