/** How the load generator fared over all measured seconds so far. */
import { mergeStates, noGenerator, stateOf } from "../measure/generator.ts";
import { Histogram } from "../measure/histogram.ts";
import type { GeneratorData } from "../measure/interval.ts";

/** The sum of seconds. Start lags go into one histogram: a new one each second would be most of what is thrown away. */
export class GeneratorTotal {
  #state = stateOf(noGenerator());
  readonly #start_lag = new Histogram();

  /** Adds a second. */
  add(generator: GeneratorData): void {
    this.#state = mergeStates([this.#state, generator]);
    this.#start_lag.mergeData(generator.start_lag);
  }

  /** What they come to; the start lags are put together when they are read. */
  get data(): GeneratorData {
    const lag = this.#start_lag;
    return {
      ...this.#state,
      get start_lag() {
        return lag.toData();
      },
    };
  }
}
