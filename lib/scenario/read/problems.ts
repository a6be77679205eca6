/** Collects all faults of a scenario, to report them at once. */
import { UserError } from "../../plan/errors.ts";

/** One fault. */
export interface Problem {
  /** `file:line:column`, or the flag that gave the value, e.g. `--users`. */
  at: string;
  /** Path of the key, e.g. `scenarios.baseline.users`; empty if there is none. */
  path: string;
  /** What was found and what is allowed, without a full stop. */
  text: string;
}

/** Most problems that a message lists; some files have thousands. */
const MAX_TOLD = 100;

/** A scenario that cannot be used; the message lists every problem on a line of its own. */
export class ScenarioError extends UserError {
  constructor(readonly problems: readonly Problem[]) {
    super("config", writeProblems(problems));
  }
}

/** A growing list of problems and of warnings. */
export class Problems {
  readonly list: Problem[] = [];
  readonly #warnings: Problem[] = [];

  /** @param hide takes secrets out of the texts, which quote values */
  constructor(readonly hide: (text: string) => string = (text) => text) {}

  add(at: string, path: string, text: string): void {
    this.list.push({ at, path, text });
  }

  /** Adds a warning, which does not stop the run. */
  warn(at: string, path: string, text: string): void {
    this.#warnings.push({ at, path, text });
  }

  /** The warnings, one line each. */
  warnings(): string[] {
    return this.#safe(this.#warnings).map(writeProblem);
  }

  /** All problems as one error. */
  asError(): ScenarioError {
    return new ScenarioError(this.#safe(this.list));
  }

  #safe(problems: readonly Problem[]): Problem[] {
    return inFileOrder(problems).map((problem) => ({ ...problem, text: this.hide(problem.text) }));
  }

  /** @throws {ScenarioError} when there are problems */
  throwIfAny(): void {
    if (this.list.length > 0) throw this.asError();
  }
}

function writeProblems(problems: readonly Problem[]): string {
  // One flag may set the same wrong value in several places.
  const all = [...new Set(problems.map(writeProblem))];
  const lines = all.slice(0, MAX_TOLD);
  const rest = all.length - lines.length;
  return rest > 0 ? [...lines, `... and ${rest} more`].join("\n") : lines.join("\n");
}

function writeProblem({ at, path, text }: Problem): string {
  return path === "" || at.startsWith("--") ? `${at}: ${text}` : `${at}: ${path}: ${text}`;
}

/** Sorts flags first, then by line and column. Checks across keys run after the decoder, so problems arrive unsorted. */
function inFileOrder(problems: readonly Problem[]): Problem[] {
  const position = ({ at }: Problem): [number, number] => {
    const match = /:(\d+):(\d+)$/.exec(at);
    return match ? [Number(match[1]), Number(match[2])] : [0, 0];
  };
  return problems.toSorted((a, b) => {
    const [lineA, columnA] = position(a);
    const [lineB, columnB] = position(b);
    return lineA - lineB || columnA - columnB;
  });
}
