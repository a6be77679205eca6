/** Components without JSX: `html` makes preact's nodes of a template. Texts become text nodes, whatever they hold. */
import htm from "htm";
import { type ComponentChild, type ComponentType, h, type VNode } from "./preact.ts";

/** What a template may show. */
export type Shown = ComponentChild;

/** What makes a node: preact's own, with the components' own types of what they take. */
type Make = (type: string | ComponentType, props: object | null, ...children: ComponentChild[]) => VNode;
/** htm's types know it only as it is without a maker of nodes. */
const { bind } = htm as unknown as { bind(this: unknown, make: Make): typeof html };

/** A node of a template: html`<p>${text}</p>`. */
export const html: (strings: TemplateStringsArray, ...values: readonly unknown[]) => VNode = bind.call(htm, h as Make);
