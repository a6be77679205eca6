/** Pages of metrics that a plan names. */
import type { AuthPlan, TlsPlan } from "./credentials.ts";
import { HIDDEN, redactAuth } from "./redact.ts";

/** The kinds of pages that june-load knows, by the word that a scenario names them by. */
export const PAGE_PRESETS = [
  "vllm",
  "sglang",
  "trt_llm",
  "nim",
  "llama_cpp",
  "triton_trt_llm",
  "triton",
  "dcgm",
  "node",
  "simulator",
] as const;
/** One of them. */
export type PagePreset = typeof PAGE_PRESETS[number];

/** A page of metrics in Prometheus' format. */
export interface MetricsPagePlan {
  /** As reports and rules name it. */
  name: string;
  /** `host:port` or `[v6]:port`. */
  address: string;
  /** With its query, whose values are never saved. */
  path: string;
  tls: TlsPlan | null;
  /** Their values are never saved. */
  headers: { key: string; value: string }[];
  auth?: AuthPlan;
  /** The words of a command that make another run where the page is fetched; absent: june-load fetches it. */
  via?: string[];
  /** Absent: whatever the page is recognised as. */
  preset?: PagePreset;
  /** Metrics besides, by name; absent: none. */
  series?: string[];
  /** Time from one request to the next; milliseconds. */
  interval_ms: number;
  /** Longest time for a whole page; milliseconds. */
  timeout_ms: number;
}

/**
 * Its URL without the query, which may hold a secret.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(shownUrl({ address: "gpu:9400", path: "/metrics?key=hush", tls: null }), "http://gpu:9400/metrics");
 * ```
 */
export function shownUrl({ address, path, tls }: Pick<MetricsPagePlan, "address" | "path" | "tls">): string {
  return `${tls === null ? "http" : "https"}://${address}${path.replace(/\?.*$/s, "")}`;
}

/** Its URL with the query; not to be shown. */
export function wholeUrl({ address, path, tls }: Pick<MetricsPagePlan, "address" | "path" | "tls">): string {
  return `${tls === null ? "http" : "https"}://${address}${path}`;
}

/** A page without anything that may be secret. */
export function redactPage(page: MetricsPagePlan): MetricsPagePlan {
  const { path, headers, auth } = page;
  return {
    ...page,
    path: path.includes("?") ? `${path.slice(0, path.indexOf("?"))}?${HIDDEN}` : path,
    headers: headers.map(({ key }) => ({ key, value: HIDDEN })),
    ...(auth !== undefined && { auth: redactAuth(auth) }),
  };
}
