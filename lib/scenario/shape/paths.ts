/** Paths in a scenario file. */
import { resolve } from "node:path";
import { scalar, type Shape } from "./shape.ts";
import { quote } from "../read/tree.ts";

/** The path of something that must exist, relative to the scenario file's folder. The value is the absolute path. */
export const existingPath = (what: string): Shape<string> =>
  scalar({
    expected: `the path of ${what}, relative to the scenario file's folder`,
    schema: { type: "string", minLength: 1 },
    read(tree, context) {
      if (tree.text.trim() === "") return null;
      const path = resolve(context.dir, tree.text);
      const refused = context.bounds?.file(path, what) ?? null;
      if (refused !== null) return { error: refused };
      if (context.exists(path)) return { value: path };
      return { error: `No such file or folder: ${quote(tree.text)} (looked for ${quote(path)})` };
    },
  });
