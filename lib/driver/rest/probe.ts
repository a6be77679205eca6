/** What `init` reads from an HTTP service. */
import type { ServicePlan } from "../../plan/plan.ts";
import { type ProbeLines, quoted } from "../core/probe.ts";
import { fieldOf, jsonOf, probeOverHttp } from "../http/probe.ts";

/** Common paths that need no parameters. */
const COMMON_PATHS = ["/health", "/healthz", "/status", "/v1/health/ready", "/"];
/** Most paths in a new scenario. */
const MAX_PATHS = 5;

/**
 * Finds paths that answer a plain GET: those of the service's own OpenAPI description, else common ones.
 * @throws {ConnectError} for a service that cannot be reached
 */
export async function probeRest(service: ServicePlan): Promise<ProbeLines> {
  const base = service.settings?.protocol === "rest" ? service.settings.base_path : "";
  const found = await probeOverHttp(service, async (get) => {
    const described = fieldOf(jsonOf(await get(`${base}/openapi.json`)), "paths");
    const named = Object.entries(typeof described === "object" && described !== null ? described : {})
      .filter(([path, methods]) =>
        /^\/[\x21-\x7e]*$/.test(path) && !path.includes("{") && fieldOf(methods, "get") !== undefined
      )
      .map(([path]) => path);
    const paths: string[] = [];
    for (const path of [...new Set([...named, ...COMMON_PATHS])].slice(0, 25)) {
      const { status } = await get(base + path);
      if (status >= 200 && status < 300 && paths.length < MAX_PATHS) paths.push(path);
    }
    return paths;
  });
  return found.length === 0 ? null : ["exchanges:", ...found.map((path) => `  - { path: ${quoted(path)} }`)];
}
