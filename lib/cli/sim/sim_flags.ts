/** Flags of `june-load sim`. */
import type { ProfileName } from "../../sim/model/model.ts";

/** The values of the flags. */
export interface SimFlags {
  host: string;
  llmPort: number;
  sttPort: number;
  ttsPort: number;
  httpPort: number;
  openaiKey?: string;
  openaiOld: boolean;
  openaiTruncates: boolean;
  profile: ProfileName;
  fault?: string[];
  seed: number;
}
