/** What the pages of comparison and history may do. */
import { createHash } from "node:crypto";
import style from "./page.css" with { type: "text" };

/** Allows nothing but the pages' style sheet, by its hash. */
export function comparisonPolicy(): string {
  const hash = createHash("sha256").update(style).digest("base64");
  return `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
}
