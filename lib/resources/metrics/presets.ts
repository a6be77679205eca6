/** What is known of the pages of servers and exporters: how each is recognised, and what is read from it. */
import { PAGE_PRESETS, type PagePreset } from "../../plan/metrics_page.ts";
import type { Preset } from "./formula.ts";
import { LLAMA_CPP, NIM, SGLANG, SIMULATOR, TRITON, TRITON_TRT_LLM, TRT_LLM, VLLM } from "./preset_servers.ts";
import { DCGM, NODE } from "./preset_machines.ts";

/**
 * All presets, by the word that a scenario names them by. The order matters where a page is of several: the first one's
 * series stands.
 */
export const PRESETS: Readonly<Record<PagePreset, Preset>> = {
  vllm: VLLM,
  sglang: SGLANG,
  trt_llm: TRT_LLM,
  nim: NIM,
  llama_cpp: LLAMA_CPP,
  triton_trt_llm: TRITON_TRT_LLM,
  triton: TRITON,
  dcgm: DCGM,
  node: NODE,
  simulator: SIMULATOR,
};

/** The word of a preset. */
export type PresetName = PagePreset;

/** All words. */
export const PRESET_NAMES: readonly PresetName[] = PAGE_PRESETS;

/**
 * The presets of a page with these metrics, in their order.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.deepEqual(presetsFor(["nv_inference_count", "vllm:num_requests_running"]), ["vllm", "triton"]);
 * assert.deepEqual(presetsFor(["go_goroutines"]), []);
 * ```
 */
export function presetsFor(names: Iterable<string>): PresetName[] {
  const all = [...names];
  return PRESET_NAMES.filter((preset) =>
    PRESETS[preset].marks.some((mark) => all.some((name) => name.startsWith(mark)))
  );
}
