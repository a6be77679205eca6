/** Reads XML with a strict parser: what is not well-formed throws. */
import { SaxesParser } from "saxes";

/** An element: its name, attributes, children, and the text right inside it. */
export interface Element {
  name: string;
  attributes: Readonly<Record<string, string>>;
  children: Element[];
  text: string;
}

/** The root element. */
export function parseXml(text: string): Element {
  const root: Element = { name: "", attributes: {}, children: [], text: "" };
  const open = [root];
  const parser = new SaxesParser();
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("opentag", ({ name, attributes }) => {
    const element = { name, attributes: attributes as Record<string, string>, children: [], text: "" };
    open.at(-1)!.children.push(element);
    open.push(element);
  });
  parser.on("text", (part) => open.at(-1)!.text += part);
  parser.on("closetag", () => open.pop());
  parser.write(text).close();
  return root.children[0]!;
}

/** All elements of a name at or below one. */
export function elements(from: Element, name: string): Element[] {
  return [...(from.name === name ? [from] : []), ...from.children.flatMap((child) => elements(child, name))];
}
