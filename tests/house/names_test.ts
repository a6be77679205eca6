import assert from "node:assert/strict";
import { complaintsOf, read, type Source } from "./sources.ts";

/** Units that may end a name after an underscore, so that no reader has to look one up. */
const UNITS = ["us", "ms", "ns", "s", "min", "h", "hz", "mhz", "w", "c", "px", "ppm", "percent", "ratio"]
  .concat(["bits", "bytes", "chars", "words", "samples", "tokens", "total", "per_s", "per_h", "per_min"]);
/** `latency_us`, `firstAudio_ms`, `max_wait_ms`. */
const WITH_UNIT = new RegExp(`_(${UNITS.join("|")})$`);
/** A constant: `MAX_WAIT_MS`. */
const CONSTANT = /^[A-Z][A-Z0-9_]*$/;

/** A node of the syntax tree that may hold names. */
type Pattern = Deno.lint.Node | Deno.lint.Parameter | null;

/** The name of a property; null for one that is computed or quoted. */
const keyOf = ({ key }: Deno.lint.Property) => key.type === "Identifier" ? key.name : null;

/** Names that a pattern declares, with whether each is a field's own (`{ exit_code }` takes out `exit_code`). */
function declared(pattern: Pattern): Array<{ node: Deno.lint.Identifier; field: boolean }> {
  switch (pattern?.type) {
    case "Identifier":
      return [{ node: pattern, field: false }];
    case "ObjectPattern":
      return pattern.properties.flatMap((one) => {
        if (one.type === "RestElement") return declared(one.argument);
        return declared(one.value).map(({ node, field }) => ({ node, field: field || node.name === keyOf(one) }));
      });
    case "ArrayPattern":
      return pattern.elements.flatMap((one) => declared(one));
    case "AssignmentPattern":
      return declared(pattern.left);
    case "RestElement":
      return declared(pattern.argument);
    // A parameter that declares a property, which is a field.
    default:
      return [];
  }
}

/** Names of fields that a file takes out of records, or puts into them, by that very name. */
function fieldsOf({ path, text }: Source): Set<string> {
  const found = new Set<string>();
  complaintsOf({ path, text }, () => ({
    Property(node) {
      const value = node.value.type === "AssignmentPattern" ? node.value.left : node.value;
      if (value.type === "Identifier" && value.name === keyOf(node)) found.add(value.name);
    },
  }));
  return found;
}

/** Variables, parameters, functions, methods and types of a file that are neither camelCase nor end in a unit. */
function wrongNames(source: Source): string[] {
  const fields = fieldsOf(source);
  return complaintsOf(source, (context) => {
    const check = ({ name, range }: { name: string; range: [number, number] }) => {
      const bare = name.replace(/^_+/, "");
      if (!bare.includes("_") || CONSTANT.test(bare) || WITH_UNIT.test(bare) || fields.has(bare)) return;
      context.report({ range, message: bare });
    };
    const checkAll = (pattern: Pattern) => {
      for (const { node, field } of declared(pattern)) if (!field) check(node);
    };
    const checkFunction = (node: { id?: Pattern; params: readonly Pattern[] }) => {
      checkAll(node.id ?? null);
      for (const param of node.params) checkAll(param);
    };
    return {
      VariableDeclarator: ({ id }) => checkAll(id),
      CatchClause: ({ param }) => checkAll(param),
      FunctionDeclaration: checkFunction,
      FunctionExpression: checkFunction,
      ArrowFunctionExpression: checkFunction,
      ClassDeclaration: ({ id }) => checkAll(id),
      TSInterfaceDeclaration: ({ id }) => checkAll(id),
      TSTypeAliasDeclaration: ({ id }) => checkAll(id),
      // Deno's tree leaves out what follows a hole, as in `[, second]`: read from the text.
      ArrayPattern({ range: [from, to] }) {
        const text = source.text.slice(from, to);
        const hole = text.search(/[[,]\s*,/);
        if (hole < 0) return;
        for (const { 0: name, index } of text.slice(hole).matchAll(/[a-z_$][\w$]*/gi)) {
          check({ name, range: [from + hole + index, from + hole + index + name.length] });
        }
      },
      // Getters and setters are fields.
      MethodDefinition: ({ kind, key }) => kind === "method" && key.type === "Identifier" ? check(key) : undefined,
    };
  });
}

Deno.test("names are camelCase; snake_case ends in a unit, or is a field of YAML, JSON and the wire", async () => {
  const files = await read(["lib/", "deploy/"], [".ts", ".js"]);
  assert.deepEqual(files.flatMap(wrongNames), []);
});

Deno.test("a name that is neither is found wherever it is declared", () => {
  const text = `
const load_index = 1, [, second_one] = pair, peak_us = 2, MAX_WAIT = 3, { exit_code } = run, { a: b_b } = run;
function by_stage(arrival_index: number, _unused: number, { at_once = 1 }, [first_one]: number[]) {}
class A_a { in_flight() {} get last_id() { return 1 } constructor(readonly max_size: number) {} }
const send = ({ is_final: final_one }) => ({ exit_code, text_output });
const text_output = "";
try {} catch (some_error) {}
interface B_b { some_field: number }
`;
  assert.deepEqual(wrongNames({ path: "a.ts", text }).map((line) => line.split(" ")[1]).sort(), [
    ...["A_a", "B_b", "arrival_index", "b_b", "by_stage", "final_one", "first_one", "in_flight", "load_index"],
    ...["second_one", "some_error"],
  ]);
});
