/** `${NAME}` and `${NAME:-default}` in the values of a scenario file. */

/** Variables by name. */
export type Environment = Readonly<Record<string, string>>;

/** A variable with the value that was filled in. */
export interface Variable {
  name: string;
  value: string;
}

/** Text with its variables filled in, or its first fault. */
export type Expansion = { ok: true; text: string; variables: Variable[] } | { ok: false; error: string };

const REFERENCE = /\$\$\{|\$\{([^}]*)(\}?)/g;

/**
 * Fills in variables. `$${` stands for a plain `${`. As in a shell, the default also replaces a variable that is set but
 * empty; a variable that is not set and has no default is an error.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const expansion = expandEnvironment("${HOST:-localhost}:${PORT}", { PORT: "80" });
 * assert.deepEqual(expansion.ok && expansion.text, "localhost:80");
 * assert.equal(expandEnvironment("${UNSET}", {}).ok, false);
 * ```
 */
export function expandEnvironment(text: string, environment: Environment): Expansion {
  let error: string | null = null;
  const variables: Variable[] = [];
  const filled = (name: string, value: string) => {
    if (value !== "") variables.push({ name, value });
    return value;
  };
  const expanded = text.replace(REFERENCE, (whole, inner: string | undefined, close: string | undefined) => {
    if (inner === undefined) return "${";
    const match = /^([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/s.exec(inner);
    if (!match || close !== "}") {
      error ??= `Cannot read "${whole}": write \${NAME} or \${NAME:-default}, and $\${ for a plain \${`;
      return whole;
    }
    const [, name, fallback] = match;
    const value = Object.hasOwn(environment, name!) ? environment[name!] : undefined;
    if (fallback !== undefined) return filled(name!, value || fallback);
    if (value === undefined) {
      error ??=
        `The environment variable "${name}" is not set and has no default: set it, or write \${${name}:-default}`;
    }
    return filled(name!, value ?? "");
  });
  return error === null ? { ok: true, text: expanded, variables } : { ok: false, error };
}
