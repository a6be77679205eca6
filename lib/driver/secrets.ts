/** Keeps what must not be told out of what is told: servers quote keys in their errors. */
import type { ServicePlan } from "../plan/plan.ts";

/** Shorter values are no secrets, and hiding them would hide words. */
const SHORTEST = 6;

/** The values a service is sent that nobody may read. */
export class Secrets {
  readonly #values: string[];

  /** Every metadata value of the service, and of `Bearer <key>` the key. */
  constructor({ metadata }: ServicePlan) {
    const values = metadata.flatMap(({ value }) => [value, ...value.split(" ")]);
    this.#values = values.filter((value) => value.length >= SHORTEST && !/^(bearer|basic)$/i.test(value));
  }

  /** The text with every secret as `***`. */
  hide(text: string): string {
    return this.#values.reduce((safe, value) => safe.replaceAll(value, "***"), text);
  }
}
