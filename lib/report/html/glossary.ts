/** What each figure means and how it is formed: one name, one formula. */
import { type Markup, markup } from "./markup.ts";

/** Terms and their meaning, in the order in which the page uses them. */
export const GLOSSARY: ReadonlyArray<readonly [term: string, meaning: string]> = [
  [
    "intended start (I)",
    "The instant at which a call was due: the end of the user's think time. Whatever keeps a call from starting then counts as waiting.",
  ],
  ["actual start (A)", "The instant at which the first bytes of the request were handed to the connection."],
  ["end (E)", "The instant at which the call's status was known."],
  ["latency", "E − I, of ok calls. It holds the waiting that a user would have felt."],
  ["service time", "E − A, of ok calls: what most other load testers call latency."],
  [
    "start delay",
    "A − I: how late a call started, waiting for a connection or a free stream, or for june-load itself.",
  ],
  [
    "first message (F)",
    "The first message with content (text, audio, transcript) − I. Headers and empty messages do not count.",
  ],
  ["gap", "The time between one message with content and the next; the gaps of all calls together."],
  ["final latency", "The final transcript − the end of the speech in the audio sent."],
  [
    "percentile",
    "P95 is the value at rank ⌈0.95 n⌉ of n values, exact to 0.1 % (HdrHistogram). It is shown in italics where fewer than ten values lie beyond it: n (1 − p) < 10.",
  ],
  ["outcome", "Each issued call ends in exactly one: ok, failed, timed out, cancelled by us, dropped, unfinished."],
  ["unaccounted", "Issued − the sum of all outcomes. Anything but 0 is a fault of june-load."],
  ["unfinished", "Cut off by the end of the run. In no percentile and in no error rate."],
  ["error rate", "(failed + timed out) / (ok + failed + timed out)."],
  ["rate", "Ok calls that ended before the load did / the time the stages lasted, warm-up left out."],
  ["peak rate", "The most ok calls per second over any one point of the latency chart, whose length stands beside it."],
  ["share", "Calls of the operation / all calls."],
  ["load", "The most users that ran at once / the users asked for."],
  ["in flight", "Calls issued that have not ended."],
  [
    "loop lag",
    "How late the event loop of june-load's workers was: above some milliseconds june-load itself adds to what it measures.",
  ],
  ["warm-up", "A stage that no objective and no figure reads; it is in the time charts and in the accounting."],
];

/** The glossary, folded. */
export function glossarySection(): Markup {
  const items = GLOSSARY.map(([term, meaning]) =>
    markup`<dt>${term}</dt><dd>${meaning}</dd>
`
  );
  return markup`<h2 id="glossary">Words and formulae</h2>
<details><summary>What each figure means</summary>
<dl class="facts">
${items}</dl></details>
`;
}
