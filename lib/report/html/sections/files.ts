/** The data of the page, to take along. */
import { type Markup, markup } from "../markup.ts";

/** Buttons for the data, and what else was written. */
export function filesSection(): Markup {
  return markup`<h2 id="files">Data</h2>
<p>What this page shows, to take along: figures, findings and every line of its charts. The files beside it hold more, and
june-load report makes each of them again from result.ndjson.</p>
<p class="buttons"><button class="tool" id="save-json" type="button" hidden>Save the data as JSON</button>
<button class="tool" id="save-csv" type="button" hidden>Save the lines as CSV</button></p>
`;
}
