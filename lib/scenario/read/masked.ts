/**
 * A scenario's text for a page: what the plan never shows stands in it as a variable, `${JUNE_LOAD_HIDDEN_1}`, so that it
 * can be edited and run all the same. Variables stay variables.
 */
import { isAlias, isMap, isScalar, isSeq, type Node, parseDocument, type Scalar } from "yaml";
import { isOrdinary } from "../../plan/secret/telling.ts";
import { type Environment, expandEnvironment } from "./environment.ts";
import { isHidden, isSecretPlace, passwordsIn } from "./hidden.ts";
import { Problems } from "./problems.ts";
import type { Tree } from "./tree.ts";
import { joinPath, readTree } from "./yaml_tree.ts";

/** A text without secrets, and the variables that stand for them. */
export interface Masked {
  text: string;
  variables: Record<string, string>;
}

const NAME = "JUNE_LOAD_HIDDEN_";
/** Deeper files are no scenarios. */
const MAX_DEPTH = 32;
/** Keys that may hold a query. */
const WITH_QUERY = /(?:^|\.)(?:host|token_url|proxy|path|base_path|login|url)(?:\[\d+\])?$/;
/** A shorter value in a comment is not looked for: it would be found in ordinary words. */
const SHORTEST_IN_COMMENT = 6;
/** A text may hold a name of ours already. */
const REFERENCE = new RegExp(`\\$\\{${NAME}\\d+`);

/**
 * Hides the secrets of a text.
 * @returns null where it cannot be read, or where what is shown would not mean the same
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const masked = maskSecrets("auth: { bearer: sk-12345678 } # sk-12345678", {});
 * assert.equal(masked?.text, 'auth: { bearer: "${JUNE_LOAD_HIDDEN_1}" } # ***');
 * assert.deepEqual(masked?.variables, { JUNE_LOAD_HIDDEN_1: "sk-12345678" });
 * ```
 */
export function maskSecrets(text: string, environment: Environment): Masked | null {
  if (REFERENCE.test(text)) return null;
  const document = parse(text);
  if (document === null) return null;
  const found = new Map<Scalar, string>();
  const anchors = new Map<string, Node>();
  visit(document.contents, "", 0, anchors, (node, path) => {
    const raw = String(node.value ?? "");
    if (isSecret(path, raw)) found.set(node, raw);
  });
  const variables: Record<string, string> = {};
  let [masked, number] = [text, 0];
  const last = [...found].sort(([a], [b]) => startOf(b) - startOf(a));
  for (const [node, raw] of last) {
    const name = `${NAME}${found.size - number++}`;
    variables[name] = expanded(raw, environment);
    const [start, end] = node.range as [number, number, number];
    const tail = /\n\s*$/.exec(text.slice(start, end))?.[0] ?? "";
    masked = `${masked.slice(0, start)}"\${${name}}"${tail}${masked.slice(end)}`;
  }
  for (const value of Object.values(variables)) {
    if (value.length >= SHORTEST_IN_COMMENT && !isOrdinary(value)) masked = masked.replaceAll(value, "***");
  }
  return means(text, environment) === means(masked, { ...environment, ...variables })
    ? { text: masked, variables }
    : null;
}

const startOf = ({ range }: Scalar): number => range?.[0] ?? 0;

function parse(text: string) {
  try {
    const document = parseDocument(text, { uniqueKeys: false, prettyErrors: false, logLevel: "error" });
    return document.errors.length > 0 ? null : document;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** Calls `see` for all values, with the path at which each stands; those of anchors also where they are used. */
function visit(
  node: unknown,
  path: string,
  depth: number,
  anchors: Map<string, Node>,
  see: (node: Scalar, path: string) => void,
): void {
  if (depth > MAX_DEPTH) return;
  const anchor = (node as { anchor?: string } | null)?.anchor;
  if (anchor !== undefined) anchors.set(anchor, node as Node);
  const go = (inner: unknown, at: string) => visit(inner, at, depth + 1, anchors, see);
  if (isAlias(node)) return go(anchors.get(node.source), path);
  if (isMap(node)) {
    for (const { key, value } of node.items) {
      const name = isScalar(key) ? String(key.source ?? key.value ?? "") : "";
      go(value, name === "<<" ? path : joinPath(path, name));
    }
  } else if (isSeq(node)) node.items.forEach((item, i) => go(item, `${path}[${i}]`));
  else if (isScalar(node)) see(node, path);
}

function isSecret(path: string, raw: string): boolean {
  if (raw === "" || isOnlyVariables(raw)) return false;
  if (isSecretPlace(path) || passwordsIn(raw).length > 0) return true;
  if (WITH_QUERY.test(path) && raw.includes("?")) return true;
  return isHidden(path) && !isOrdinary(raw);
}

/** Variables without defaults: they say nothing of their values. */
const isOnlyVariables = (raw: string): boolean =>
  /^(?:\s*(?:Bearer|Basic)?\s*\$\{[A-Za-z_][A-Za-z0-9_]*\})+\s*$/.test(raw);

function expanded(raw: string, environment: Environment): string {
  const expansion = expandEnvironment(raw, environment);
  return expansion.ok ? expansion.text : "";
}

/** What a text says, apart from where and in which form it says it. */
function means(text: string, environment: Environment): string {
  const problems = new Problems();
  const tree = readTree(text, "text", environment, problems);
  return JSON.stringify([tree === null ? null : plain(tree), problems.list.map((one) => one.path)]);
}

function plain(tree: Tree): unknown {
  switch (tree.kind) {
    case "map":
      return tree.entries.map(({ key, value }) => [key, plain(value)]);
    case "list":
      return tree.items.map(plain);
    case "scalar":
      return tree.text;
    case "unreadable":
      return null;
  }
}
