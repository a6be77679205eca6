/** How the load generator fared over all measured seconds so far. */
import { mergeStates, noGenerator } from "../measure/generator.ts";
import { Histogram } from "../measure/histogram.ts";
import type { GeneratorData } from "../measure/interval.ts";

/** The sum of seconds. Start lags go into one histogram: a new one each second would be most of what is thrown away. */
export class GeneratorTotal {
  readonly #start_lag = new Histogram();
  #data = this.#with(noGenerator());

  /** Adds a second. */
  add(generator: GeneratorData): void {
    this.#start_lag.mergeData(generator.start_lag);
    this.#data = this.#with(mergeStates([this.#data, generator]));
  }

  /** What they come to. */
  get data(): GeneratorData {
    return this.#data;
  }

  /** Start lags are put together when they are read. */
  #with(state: Omit<GeneratorData, "start_lag">): GeneratorData {
    const lag = this.#start_lag;
    return {
      ...state,
      get start_lag() {
        return lag.toData();
      },
    };
  }
}
