/** Where the pages of metrics of a plan are: those it names, and those that may stand beside its services. */
import type { Plan, ServicePlan } from "../plan/plan.ts";
import { type MetricsPagePlan, shownUrl } from "../plan/metrics_page.ts";
import { PROTOCOL_FACTS } from "../plan/protocol_facts.ts";
import type { Place } from "../resources/metrics/search.ts";
import { openPages } from "./page_http.ts";

/** Longest time for a page that is looked for; milliseconds. */
const SEARCH_TIMEOUT_MS = 2000;

/** A page of the plan as a service that can be connected to, and whose secrets are known. */
export function pageService(page: MetricsPagePlan, { hidden }: Plan): ServicePlan {
  const { name, address, tls, headers, auth, timeout_ms, path } = page;
  return {
    name,
    kind: "call",
    protocol: "rest",
    // Its query is what a server may quote.
    settings: {
      protocol: "rest",
      base_path: "",
      query: queryOf(path),
      http_version: "1.1",
      login_path: null,
      exchanges: [],
    },
    address,
    connections: 1,
    timeout_ms,
    transparent_retry: true,
    metadata: headers,
    ...(auth !== undefined && { auth }),
    tls,
    inputs: [],
    options: { kind: "call" },
    ...(hidden !== undefined && { hidden }),
  };
}

const queryOf = (path: string): string => path.includes("?") ? path.slice(path.indexOf("?") + 1) : "";

/**
 * Where a service of a protocol may have its page: at its own address, with its own credentials, or at another port of its
 * host, with none. No port of another service of the plan, and none beside a simulator, where any server may listen.
 */
export function placesBeside(service: ServicePlan, plan: Plan): Place[] {
  const first = firstAddress(service.address);
  const host = first === null ? null : /^(.*):\d+$/.exec(first)?.[1] ?? null;
  if (first === null || host === null) return [];
  const taken = new Set(plan.services.map(({ address }) => address));
  return PROTOCOL_FACTS[service.protocol].metrics_pages.flatMap(({ port, path }) => {
    const timeout_ms = Math.min(SEARCH_TIMEOUT_MS, service.timeout_ms);
    if (port === null) return [placeAt({ ...service, address: first, timeout_ms }, path)];
    const address = `${host}:${port}`;
    if (service.simulated || taken.has(address)) return [];
    const { auth: _auth, hidden: _hidden, ...open } = service;
    return [placeAt({ ...open, address, timeout_ms, tls: null, metadata: [] }, path)];
  });
}

function placeAt(service: ServicePlan, path: string): Place {
  return {
    url: shownUrl({ ...service, path }),
    open: () => Promise.resolve(openPages(service, path)),
  };
}

/** Of a list of addresses the first; null: no port of a host. */
function firstAddress(address: string): string | null {
  if (address.startsWith("unix:")) return null;
  return address.replace(/^ipv[46]:/, "").split(",")[0] ?? null;
}
