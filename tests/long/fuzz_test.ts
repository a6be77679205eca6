/** The transport before thousands of damaged exchanges. FUZZ_CASES sets how many, FUZZ_SEED repeats a run. */
import { fuzz } from "../transport/wire/fuzz.ts";

fuzz(Number(Deno.env.get("FUZZ_CASES") ?? 20_000));
