/** A table of figures that sorts by its heads, copies as CSV, and becomes cards on a phone. */
import { Component } from "../preact.ts";
import { csvText } from "../../../../report/html/page/data.ts";
import { copyText } from "../../../../report/html/page/tables.ts";
import { html, type Shown } from "../html.ts";
import { Button } from "../parts.ts";

/** A column: what it shows of a row, and what it sorts by. */
export interface Column<Row> {
  title: string;
  /** In words, for who points at the head. */
  meaning?: string;
  show(row: Row): Shown;
  /** Null sorts last. */
  key(row: Row): number | string | null;
  /** Class of the cell. */
  look?(row: Row): string;
}

/** Rows, and how to tell them apart. */
export interface TableProps<Row> {
  columns: ReadonlyArray<Column<Row>>;
  rows: readonly Row[];
  id(row: Row): string;
  /** Rows over all others stay last. */
  total?: Row;
  empty: string;
}

interface Sorting {
  by: number | null;
  falling: boolean;
  copied: string;
}

/** The table. */
export class Table<Row> extends Component<TableProps<Row>, Sorting> {
  override state: Sorting = { by: null, falling: true, copied: "Copy as CSV" };

  override render(): Shown {
    const { columns, total, id, empty, rows } = this.props;
    if (rows.length === 0) return html`<p class="note">${empty}</p>`;
    const [first, ...others] = columns;
    const cells = (row: Row) =>
      html`<th scope="row">${first?.show(row)}</th>${
        others.map((column) =>
          html`<td data-l=${column.title} class=${column.look?.(row) ?? ""}>${column.show(row)}</td>`
        )
      }`;
    return html`
      <div>
        <div class="tools">
          <${Button} name=${this.state.copied} act=${() => void this.#copy()} />
        </div>
        <div class="scroll" tabindex="0" role="region" aria-label="Table">
          <table class="ops">
            <thead>
              <tr>${columns.map((column, i) => this.#head(column, i))}</tr>
            </thead>
            <tbody>${this.#sorted().map((row) => html`<tr key=${id(row)}>${cells(row)}</tr>`)}
            ${total === undefined ? null : html`<tr class="total" key="total">${cells(total)}</tr>`}</tbody>
          </table>
        </div>
      </div>
    `;
  }

  #head({ title, meaning }: Column<Row>, i: number): Shown {
    const { by, falling } = this.state;
    const sort = by === i ? (falling ? "descending" : "ascending") : undefined;
    const act = () => this.setState({ by: i, falling: by === i ? !falling : true });
    return html`
      <th scope="col" aria-sort=${sort}
        title=${meaning}><button type="button" onClick=${act}>${title}</button></th>
    `;
  }

  #sorted(): readonly Row[] {
    const { by, falling } = this.state;
    const { rows, columns } = this.props;
    const column = by === null ? undefined : columns[by];
    if (column === undefined) return rows;
    return rows.map((row, at) => ({ row, at, key: column.key(row) })).sort((a, b) => {
      if (a.key === null || b.key === null) return Number(a.key === null) - Number(b.key === null) || a.at - b.at;
      const order = typeof a.key === "number" && typeof b.key === "number"
        ? a.key - b.key
        : String(a.key).localeCompare(String(b.key));
      return (falling ? -order : order) || a.at - b.at;
    }).map(({ row }) => row);
  }

  async #copy(): Promise<void> {
    const { columns, total } = this.props;
    const rows = [...this.#sorted(), ...(total === undefined ? [] : [total])];
    const text = csvText([
      columns.map(({ title }) => title),
      ...rows.map((row) => columns.map((column) => column.key(row) ?? "")),
    ]);
    this.setState({ copied: await copyText(text) ? "Copied" : "Cannot copy here" });
  }
}
