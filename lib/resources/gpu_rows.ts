/** Turns the rows of one nvidia-smi process into samples, and what is odd about them into notes. No process, no clock. */
import { gpuKey } from "../measure/gpus.ts";
import type { GpuSample, ResourceNote, ResourceNoteKind } from "../measure/resource.ts";
import type { GpuRow } from "./gpu_row.ts";

/** Where samples and notes go. */
export interface GpuSink {
  onSample(sample: GpuSample): void;
  onNote(note: ResourceNote): void;
}

/** Most unknown values that get a note; more would only repeat it. */
const UNKNOWN_NOTES_MAX = 8;

/** Keeps the last row of each GPU to compare the next one with. */
export class GpuRows {
  readonly #sink: GpuSink;
  readonly #interval_ms: number;
  readonly #last = new Map<string, { t_ms: number; printed_ms: number | null }>();
  readonly #noted = new Set<string>();

  constructor(sink: GpuSink, interval_ms: number) {
    this.#sink = sink;
    this.#interval_ms = interval_ms;
  }

  /** Takes a row that arrived at `t_ms`. The first row of each GPU is dropped: an idle GPU may show 100 % in it. */
  take(row: GpuRow, t_ms: number): void {
    const { index } = row.values;
    const key = gpuKey(row.values);
    const last = this.#last.get(key);
    this.#last.set(key, { t_ms, printed_ms: row.printed_ms });
    this.#noteOddities(row, t_ms);
    if (last === undefined) return;
    this.#noteDelay(index, t_ms - last.t_ms, row.printed_ms, last.printed_ms, t_ms);
    this.#sink.onSample({ type: "gpu", t_ms, ...row.values });
  }

  #noteOddities(row: GpuRow, t_ms: number): void {
    const gpu = `GPU ${row.values.index}`;
    if (row.mig) {
      this.#noteOnce(`mig ${gpu}`, t_ms, "gpu_mig", `${gpu} is split by MIG: nvidia-smi tells no utilization of it`);
    }
    if (row.device_lost) {
      this.#noteOnce(`lost ${gpu}`, t_ms, "gpu_device_lost", `${gpu} is lost or needs a reset`);
    }
    for (const { field, text } of row.unknown) {
      if (this.#noted.size >= UNKNOWN_NOTES_MAX) return;
      const quote = text.slice(0, 80);
      this.#noteOnce(
        `${field} ${quote}`,
        t_ms,
        "gpu_value_unknown",
        `nvidia-smi printed "${quote}" for ${field} of ${gpu}; taken as missing`,
      );
    }
  }

  /** Rows are dated by arrival. When nvidia-smi's own times disagree, a buffer delayed the rows. */
  #noteDelay(index: number, passed_ms: number, printed: number | null, printedLast: number | null, t_ms: number): void {
    if (printed === null || printedLast === null) return;
    const apart_ms = Math.abs(printed - printedLast - passed_ms);
    if (apart_ms <= 3 * this.#interval_ms) return;
    const text = `Rows of GPU ${index} arrived ${(apart_ms / 1000).toFixed(1)} s off their printed times: ` +
      "they were held back, or the machine's clock was set; times of GPU readings are that uncertain";
    this.#noteOnce("delay", t_ms, "gpu_rows_late", text);
  }

  #noteOnce(key: string, t_ms: number, kind: ResourceNoteKind, text: string): void {
    if (this.#noted.has(key)) return;
    this.#noted.add(key);
    this.#sink.onNote({ t_ms, kind, text });
  }
}
