/** Everything wrong with a scenario, collected so that all of it can be told at once. */
import { UserError } from "../../plan/errors.ts";

/** One thing wrong. */
export interface Problem {
  /** `file:line:column`, or the flag that gave the value, e.g. `--users`. */
  at: string;
  /** Path of the key, e.g. `scenarios.baseline.users`; empty where there is none. */
  path: string;
  /** What was found and what is allowed, without a full stop. */
  text: string;
}

/** Problems that are told one by one; a hopeless file may have thousands. */
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

  add(at: string, path: string, text: string): void {
    this.list.push({ at, path, text });
  }

  /** Notes something that does not stop the run. */
  warn(at: string, path: string, text: string): void {
    this.#warnings.push({ at, path, text });
  }

  /** The warnings, a line each. */
  warnings(): string[] {
    return inFileOrder(this.#warnings).map(writeProblem);
  }

  /** All of them as one error. */
  asError(): ScenarioError {
    return new ScenarioError(inFileOrder(this.list));
  }

  /** @throws {ScenarioError} when anything was added. */
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

/** Flags first, then by line and column; checks across keys come after the decoder's, wherever they point. */
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
