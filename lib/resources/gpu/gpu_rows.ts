/** Turns the rows of nvidia-smi into samples, and what is odd about them into notes. No process, no clock. */
import { gpuKey, gpuLabel } from "../../measure/gpus.ts";
import type { GpuProcess, GpuSample, ResourceNoteKind } from "../../measure/resource.ts";
import type { AmountField } from "./gpu_fields.ts";
import type { GpuRow } from "./gpu_row.ts";
import { missingReason } from "./missing_reason.ts";
import type { Tally } from "../tally.ts";

/** Where samples and notes go, and what belongs to a sample beside its row. */
export interface GpuSink {
  onSample(sample: GpuSample): void;
  tally: Pick<Tally, "note">;
  /** The processes that were seen on a GPU since the last call for it; undefined: nobody looked. */
  processesOf?(uuid: string): GpuProcess[] | undefined;
}

type Needed = "memory_used_bytes" | "utilization_percent" | "power_w";

/** Readings that rules need: where none ever comes, a note says why. */
const NEEDED: ReadonlyArray<readonly [key: Needed, kind: ResourceNoteKind, field: AmountField, word: string]> = [
  ["memory_used_bytes", "gpu_memory_unreadable", "memory.used", "memory"],
  ["utilization_percent", "gpu_utilization_unreadable", "utilization.gpu", "utilization"],
  ["power_w", "gpu_power_unreadable", "power.draw", "power"],
];
/** Rows after which a reading that never came is called unreadable; one alone may have failed. */
const LEAST_ROWS = 3;
/** Ticks without a GPU after which it is called gone. */
const GONE_TICKS = 3;

/** What is known of one GPU. */
interface Known {
  label: string;
  uuid: string;
  bus_id: string;
  /** The last row. */
  t_ms: number;
  printed_ms: number | null;
  /** The last sample. */
  sampled_ms: number;
  rows: number;
  tick: number;
  gone: boolean;
  /** Readings that had a value, ever. */
  read: Set<Needed>;
}

/** Keeps the last row of each GPU to compare the next one with. */
export class GpuRows {
  readonly #sink: GpuSink;
  readonly #interval_ms: number;
  readonly #gpus = new Map<string, Known>();
  readonly #uuids = new Map<number, string>();
  /** Why a reading of a GPU is missing that never had a value. */
  readonly #unreadable = new Map<string, string>();
  #last_index = Infinity;
  #tick = 0;
  #inTick = new Set<string>();

  constructor(sink: GpuSink, interval_ms: number) {
    this.#sink = sink;
    this.#interval_ms = interval_ms;
  }

  /** Another nvidia-smi prints from now on: the first row of each GPU is dropped again. */
  restart(): void {
    for (const known of this.#gpus.values()) Object.assign(known, { rows: 0, tick: 0 });
    this.#last_index = Infinity;
    this.#tick = 0;
  }

  /** UUIDs of the GPUs seen, but for the one with this PCI bus id; null: it is of none of them. */
  uuidsWithout(busId: string): string[] | null {
    const all = [...this.#gpus.values()];
    const lost = all.find((gpu) => gpu.bus_id !== "" && sameBus(gpu.bus_id, busId));
    return lost === undefined ? null : all.filter((gpu) => gpu !== lost && gpu.uuid !== "").map(({ uuid }) => uuid);
  }

  /** Takes a row that arrived at `t_ms`. The first row of each GPU is dropped: an idle GPU may show 100 % in it. */
  take(row: GpuRow, t_ms: number): void {
    const { index } = row.values;
    if (index <= this.#last_index) this.#beginTick();
    this.#last_index = index;
    const uuid = this.#uuidOf(row);
    const values = { ...row.values, uuid };
    const key = gpuKey(values);
    this.#inTick.add(key);
    const last = this.#gpus.get(key);
    const known = last ?? {
      ...{ label: gpuLabel(values), uuid, bus_id: row.bus_id, t_ms, printed_ms: null, sampled_ms: -Infinity, rows: 0 },
      ...{ tick: this.#tick, gone: false, read: new Set<Needed>() },
    };
    this.#gpus.set(key, known);
    this.#noteOddities(row, known);
    if (known.rows > 0) this.#noteDelay(known, t_ms - known.t_ms, row.printed_ms);
    Object.assign(known, { label: gpuLabel(values), t_ms, printed_ms: row.printed_ms, tick: this.#tick });
    if (known.gone) this.#sink.tally.note("gpu_back", `${known.label} is there again`);
    known.gone = false;
    if (known.rows++ === 0) return;
    this.#noteUnreadable(row, known);
    // Rows that come in a heap were held back, and their times say nothing.
    if (t_ms - known.sampled_ms < this.#interval_ms / 4) return;
    known.sampled_ms = t_ms;
    const processes = this.#sink.processesOf?.(uuid);
    this.#sink.onSample({ type: "gpu", t_ms, ...values, ...(processes !== undefined && { processes }) });
  }

  /** Says at the end of a short run what a longer one would have said. */
  end(): void {
    for (const known of this.#gpus.values()) if (known.rows > 1) this.#tellUnreadable(known);
  }

  /** The same UUID for a GPU whose row lacks it now, none for two GPUs that share one. */
  #uuidOf({ values: { index, uuid } }: GpuRow): string {
    if (uuid === "") return this.#uuids.get(index) ?? "";
    if (this.#inTick.has(uuid)) return "";
    this.#uuids.set(index, uuid);
    return uuid;
  }

  #beginTick(): void {
    this.#tick++;
    this.#inTick = new Set();
    for (const known of this.#gpus.values()) {
      if (known.gone || this.#tick - known.tick <= GONE_TICKS) continue;
      known.gone = true;
      this.#sink.tally.note("gpu_device_lost", `nvidia-smi lists ${known.label} no more, while it lists others`);
    }
  }

  #noteOddities(row: GpuRow, { label }: Known): void {
    const { tally } = this.#sink;
    if (row.mig) tally.note("gpu_mig", `${label} is split by MIG: nvidia-smi tells no utilization of it`);
    if (row.device_lost) tally.note("gpu_device_lost", `${label} is lost or needs a reset`);
    if (row.recovery !== null) {
      tally.note("gpu_message", `The driver wants something done with ${label}: "${row.recovery.slice(0, 80)}"`);
    }
    for (const { field, text } of row.unknown) {
      const quote = text.slice(0, 80);
      tally.note("gpu_value_unknown", `nvidia-smi printed "${quote}" for ${field} of ${label}; taken as missing`);
    }
  }

  #noteUnreadable(row: GpuRow, known: Known): void {
    for (const [key, , field, word] of NEEDED) {
      if (row.values[key] !== null) known.read.add(key);
      else if (!known.read.has(key)) {
        const why = missingReason(row, field);
        this.#unreadable.set(`${known.label} ${key}`, `The ${word} of ${known.label} cannot be read: ${why}`);
      }
    }
    if (known.rows > LEAST_ROWS) this.#tellUnreadable(known);
  }

  #tellUnreadable(known: Known): void {
    for (const [key, kind] of NEEDED) {
      const text = this.#unreadable.get(`${known.label} ${key}`);
      if (text === undefined || known.read.has(key)) continue;
      this.#unreadable.delete(`${known.label} ${key}`);
      known.read.add(key);
      this.#sink.tally.note(kind, text);
    }
  }

  /** Rows are dated by arrival. When nvidia-smi's own times disagree, a buffer delayed the rows. */
  #noteDelay({ label, printed_ms }: Known, passed_ms: number, printed: number | null): void {
    if (printed === null || printed_ms === null) return;
    const apart_ms = Math.abs(printed - printed_ms - passed_ms);
    if (apart_ms <= 3 * this.#interval_ms) return;
    const text = `Rows of ${label} arrived ${(apart_ms / 1000).toFixed(1)} s off their printed times: ` +
      "they were held back, or the machine's clock was set; times of GPU readings are that uncertain";
    this.#sink.tally.note("gpu_rows_late", text, "");
  }
}

/** `0000:17:00.0` and `00000000:17:00.0` are one. */
function sameBus(one: string, other: string): boolean {
  const bare = (id: string) => id.toLowerCase().replace(/^(gpu)?0*(?=[0-9a-f]{4}:)/, "");
  return bare(one) === bare(other);
}
