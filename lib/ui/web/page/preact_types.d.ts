/**
 * Of preact what the page uses. Its own types bring the DOM's whole library into the check of every file of june-load: see
 * `report/html/page/browser.ts`.
 */

/** What a component may show. */
export type ComponentChild = unknown;

/** A node of the page to be. */
export interface VNode {
  readonly type: unknown;
  readonly props: unknown;
}

/** A component: a function of what it is given, or a class. */
export type ComponentType = (props: never) => ComponentChild;

/** A component with a state of its own, or with something to do when it comes and goes. */
export abstract class Component<P = object, S = object> {
  constructor(props?: P);
  readonly props: Readonly<P>;
  state: Readonly<S>;
  setState(part: Partial<S>): void;
  componentDidMount?(): void;
  componentDidUpdate?(): void;
  componentWillUnmount?(): void;
  shouldComponentUpdate?(next: Readonly<P>): boolean;
  abstract render(props: P, state: S): ComponentChild;
}

/** Makes a node. */
export function h(type: string | ComponentType, props: object | null, ...children: ComponentChild[]): VNode;

/** Shows a node in an element of the page. */
export function render(node: VNode, place: object): void;
