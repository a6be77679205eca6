/** Why a reading of a GPU is missing, in words. */
import type { AmountField } from "./gpu_fields.ts";
import type { GpuRow } from "./gpu_row.ts";

/** GPUs that share the machine's memory, by the names that nvidia-smi prints. */
const UNIFIED = /\b(?:GB10|GB1\d|Thor|Orin|Xavier|Tegra|Jetson|Spark)\b/i;

/** In words, after "cannot be read:". */
export function missingReason({ mig, missing, values: { name } }: GpuRow, field: AmountField): string {
  const text = missing.get(field);
  if (text === undefined || text === null) return `this driver has no field ${field}`;
  const says = `nvidia-smi prints "${text.slice(0, 80)}" for ${field}`;
  const word = text.toLowerCase();
  if (word.includes("insufficient permissions")) return `${says}, so june-load's user lacks the right to read it`;
  if (word.includes("lost") || word.includes("requires reset")) return `${says}: reset that GPU or restart the machine`;
  if (mig) return `${says}, as it does of a GPU that is split by MIG`;
  if (field === "memory.used" && UNIFIED.test(name)) {
    return `${says}: "${name}" has no memory of its own, it shares the machine's (host.memory)`;
  }
  if (word.includes("function not found") || word.includes("deprecated")) {
    return `${says}: this driver does not tell it`;
  }
  const unified = field === "memory.used" ? ", as where its memory is the machine's (unified memory)" : "";
  return `${says}: this GPU does not tell it${unified}`;
}
