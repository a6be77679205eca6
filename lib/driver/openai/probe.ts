/** What `init` reads from a server with OpenAI's interface. */
import type { ServicePlan } from "../../plan/plan.ts";
import { namesComment, type ProbeLines, quoted } from "../core/probe.ts";
import { fieldOf, jsonOf, probeOverHttp } from "../http/probe.ts";

/**
 * The first model that a server with OpenAI's interface lists.
 * @throws {ConnectError} for a server that cannot be reached
 */
export async function probeOpenAi(service: ServicePlan): Promise<ProbeLines> {
  const base = service.settings?.protocol === "openai" ? service.settings.base_path : "";
  const listed = await probeOverHttp(service, async (get) => jsonOf(await get(`${base}/models`)));
  const data = fieldOf(listed, "data");
  const names = (Array.isArray(data) ? data : []).map((item) => fieldOf(item, "id"))
    .filter((id) => typeof id === "string");
  const [first] = names;
  return first === undefined ? null : [`model: ${quoted(first)}${namesComment("also there", names.slice(1))}`];
}
