/** What each figure means and how it is formed: one name, one formula. */
import { type Markup, markup } from "../markup.ts";

/** Terms and their meaning, in the order in which the page uses them. */
export const GLOSSARY: ReadonlyArray<readonly [term: string, meaning: string]> = [
  [
    "intended start (I)",
    "The instant at which a call was due: the end of the user's think time, or the arrival's instant in an open load. Whatever keeps a call from starting then counts as waiting.",
  ],
  [
    "actual start (A)",
    "The instant at which the first bytes of the request were handed to the connection.",
  ],
  [
    "end (E)",
    "The instant at which the call's status was known.",
  ],
  [
    "response time",
    "What a person waits for the answer once they have finished asking, of ok calls: E − I. For speech paced in real time the last transcript − (I + the end of speech in the clip), for a voice turn the first audio − that instant: the clip's own length is not in it. Negative where a transcript came before the speech had ended.",
  ],
  [
    "latency",
    "E − I, of ok calls. It holds the waiting that a user would have felt.",
  ],
  [
    "service time",
    "E − A, of ok calls: what most other load testers call latency.",
  ],
  [
    "start delay, waited",
    "A − I: how late a call started, waiting for room, a connection or a free stream, or for june-load itself.",
  ],
  [
    "first message, first token, first audio (F)",
    "The first message with content (text, audio, transcript) − I. Headers and empty messages do not count.",
  ],
  [
    "first answer",
    "The first text of the answer itself − I. A model that reasons, or calls tools first, has its first message before.",
  ],
  [
    "gap",
    "The time between one message with content and the next; the gaps of all calls together.",
  ],
  [
    "largest gap",
    "The largest gap of each call; percentiles over calls.",
  ],
  [
    "per token, per word",
    "(last message with content − F) / (O − 1) of each call, O being its tokens or words, from O = 2 on. Tokens are the server's own count; where it gives none, words are counted, and the page says so.",
  ],
  [
    "tokens/s or words/s, one user",
    "1 / the P50 of the time per token or word: how fast one reader is served.",
  ],
  [
    "tokens/s or words/s, in total",
    "Tokens or words of the ok calls that ended before the load did / the time the stages lasted. Not the sum of what single users see.",
  ],
  [
    "prompt",
    "Length of what was asked: tokens where the server counts them; words where it does not and the inputs are the user's own.",
  ],
  [
    "length",
    "Tokens or words of one answer.",
  ],
  [
    "first partial",
    "The first non-empty transcript − A, where the speech begins.",
  ],
  [
    "final latency",
    "The last transcript − the end of the speech in the audio sent; of a clip sent whole − its last byte, over gRPC its first.",
  ],
  [
    "after its audio",
    "Arrival of a transcript − the instant at which the place in the audio was sent up to which it covers; the replies of all calls together. Only where the server tells that place.",
  ],
  [
    "real-time factor",
    "Time to work / length of the audio; below 1 is faster than speech. Speech recognised at full speed: (E − A) / audio sent. Speech made: (last audio − A) / audio made.",
  ],
  [
    "WER",
    "Word error rate: (words wrong + missing + added) / words said, over all clips with a known transcript. English is made comparable by Whisper's rules (numbers as digits, contractions and titles written out, American spelling, no fillers), unless the plan says `wer_normalizer: basic`; other languages, and the column of basic rules, by NFKC and lower case, without punctuation. More than 100 % is possible.",
  ],
  [
    "late chunks",
    "The sending of a chunk of paced speech − the instant it was due. With a P99 over 20 ms it was not speech in real time.",
  ],
  [
    "stalled, silence",
    "A player starts with the first audio (after a prebuffer where the plan sets one) and stalls whenever it has played all that has come. Stalled: calls with a stall / calls with two audio messages or more. Silence: the sum of a call's stalls.",
  ],
  [
    "prebuffer",
    "The smallest delay of the player with which a call would not have stalled.",
  ],
  [
    "voice to voice",
    "The first audio of the answer − the end of speech, of one voice turn.",
  ],
  [
    "legs of a turn",
    "End of speech to final transcript, from there to the first sentence of the answer, from there to its first audio. They add up exactly in each turn and in the mean; percentiles do not.",
  ],
  [
    "good, goodput",
    "A call is good when it is ok and keeps every objective of the plan that applies to it. One that none applies to, or that has none of the figures they limit, is neither good nor bad and in neither figure. Goodput: good calls per second that ended before the load did.",
  ],
  [
    "percentile",
    "P95 is the value at rank ⌈0.95 n⌉ of n values, exact to 0.1 % (HdrHistogram). It is grey, with its n, where fewer than ten values lie beyond it: n (1 − p) < 10.",
  ],
  [
    "95 % confidence interval",
    "The small figures below a value: intervals made like this hold the true value in about 95 of 100 runs. They come from the spread of six to ten long batches of the run, for calls under load resemble their neighbours; those of shares are never narrower than Wilson's. None where the load was not steady.",
  ],
  [
    "≥ a deadline",
    "More calls timed out than lie beyond this percentile: it is the deadline or longer; how much longer is not known.",
  ],
  [
    "enough data",
    "MLPerf's early-stopping bound at 99 %: so many calls were measured that chance alone would hardly give this answer. It takes calls for independent.",
  ],
  [
    "outcome",
    "Each issued call ends in exactly one: ok, failed, timed out, cancelled by us, dropped, unfinished.",
  ],
  [
    "unaccounted",
    "Issued − the sum of all outcomes, of a run that has ended. Anything but 0 is a fault of june-load. Where a run broke off these calls were in flight.",
  ],
  [
    "unfinished",
    "Cut off by the end of the run. Percentiles take such a call to be at least as slow as it was old; one that was overdue by then, older than its rule or its deadline allows, is an error.",
  ],
  [
    "offered, begun",
    "Arrivals of an open load that fell due, and those whose task began, per second.",
  ],
  [
    "dropped",
    "Arrivals that found no room among the tasks in flight within the longest wait, and never began.",
  ],
  [
    "error rate",
    "(failed + timed out + overdue) / (ok + failed + timed out + overdue); overdue calls are unfinished ones, see there.",
  ],
  [
    "repeat",
    "The call of a user whose call before was refused or whose connection was lost.",
  ],
  [
    "ramp",
    "A stage in which users start or leave one after another. In no percentile, mean or extreme of the whole run.",
  ],
  [
    "rate",
    "Ok calls that ended before the load did / the time the stages lasted, warm-up left out.",
  ],
  [
    "peak rate",
    "The most ok calls per second over any one point of the chart of response times, whose length stands beside it.",
  ],
  [
    "load",
    "The most users that ran at once / the users asked for; of an open load arrivals begun / arrivals due.",
  ],
  [
    "in flight",
    "Calls issued that have not ended.",
  ],
  [
    "recovery time",
    "From the end of the spike to the first instant from which the P95 response time of each operation, error rate and calls in flight all stay within their bands for ten stretches on end. The band is the median of the stage before + 20 % (errors: + 1 point), and never below what that stage itself kept.",
  ],
  [
    "drift",
    "The median of all pairwise slopes (Theil-Sen) of one value a minute over the longest steady stage, as a share of the level at its start, per hour.",
  ],
  [
    "warm-up",
    "A stage that no objective and no figure reads; it is in the time charts and in the accounting.",
  ],
  [
    "connections",
    "Of all services, warm-up included. Lost: a peer or the network ended it unannounced, or with a call on it. Told to go: the peer sent GOAWAY (HTTP/2) or a close frame (WebSocket). Opened again: in place of another. Waits: from when a call found no connection or no free stream until it had one, or ended.",
  ],
  [
    "energy",
    "What the GPUs drew while the load lasted, warm-up left out: from their counter, else power summed over time, nothing over gaps. Divided by ok calls, by tokens that services counted, by seconds of audio, by ok voice turns. Where no GPU tells its power, the processors'. Idle power is in it.",
  ],
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
