/** Charts on the page: their heads are the page's, their drawings the board's. */
import { Component } from "../preact.ts";
import type { Timed } from "../../../../report/charts/axis.ts";
import type { PageMark } from "../../../../report/charts/marks.ts";
import { html, type Shown } from "../html.ts";
import { swatch } from "../parts.ts";
import { Board } from "./board.ts";
import type { LivePanel } from "./live_panels.ts";

/** The boards that are on the page. */
const boards = new Set<Board>();

/** Draws all charts in the colours now in force. */
export function recolorCharts(): void {
  for (const board of boards) board.recolor();
}

/** Fits all charts to the window. */
export function resizeCharts(): void {
  for (const board of boards) board.resize();
}

/** Columns of charts. */
export interface ChartsProps {
  columns: ReadonlyArray<readonly LivePanel[]>;
  timed: Timed;
  /** Of a run; a plan that is not run yet has none. */
  marks?: readonly PageMark[];
}

/** Charts in columns, on one clock. */
export class Charts extends Component<ChartsProps> {
  readonly #board = new Board();

  override componentDidMount(): void {
    boards.add(this.#board);
    this.#board.draw();
  }

  override componentDidUpdate(): void {
    this.#board.draw();
  }

  override componentWillUnmount(): void {
    boards.delete(this.#board);
    this.#board.dispose();
  }

  override render({ columns, timed, marks = [] }: ChartsProps): Shown {
    const heads = this.#board.take(columns.flat(), timed, marks);
    const figure = (id: string) => {
      const head = heads.get(id);
      return head === undefined ? null : html`<${ChartFigure} key=${id} id=${id} ...${head} />`;
    };
    const stacks = columns.map((column) => html`<div class="stack">${column.map(([id]) => figure(id))}</div>`);
    return columns.length === 1 ? stacks[0] : html`
      <div class="lanes" id="lanes" />
      <div class="cols">${stacks}</div>
    `;
  }
}

/** The head of a chart, and the place of its drawing. */
interface FigureProps {
  id: string;
  title: string;
  note: string;
  over: boolean;
  color: string;
  text: string;
}

/** Drawn anew only where its head changes: the cursor writes into `output`, the board into `.plot`. */
class ChartFigure extends Component<FigureProps> {
  override shouldComponentUpdate(next: FigureProps): boolean {
    return (Object.keys(next) as Array<keyof FigureProps>).some((key) => next[key] !== this.props[key]);
  }

  override render({ id, title, note, over, color, text }: FigureProps): Shown {
    return html`
      <figure class="chart" id=${id}>
        <figcaption>${swatch(color)}<b title=${title}>${title}</b><span>${note}</span><output
            class=${over ? "over" : ""} aria-live="off" /></figcaption>
        <div class="plot" tabindex="0" role="img" aria-label=${text}>
          <div
            class="draw" />
        </div>
      </figure>
    `;
  }
}
