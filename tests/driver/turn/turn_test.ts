import assert from "node:assert/strict";
import fc from "fast-check";
import { turnOperation } from "../../../lib/driver/turn/turn.ts";
import { FakeClock } from "../fake_clock.ts";
import { type FakeLeg, FakeOperation, MarkLog } from "./fake_operation.ts";
import { callStart } from "../call_start.ts";

/** A turn that has been started at 100 ms; `at(ms)` lets time pass. */
function begin(maxParallelSentences = Infinity) {
  const clock = new FakeClock(100_000);
  const [stt, llm, tts] = [new FakeOperation("stt"), new FakeOperation("llm"), new FakeOperation("tts")];
  const marks = new MarkLog(clock);
  const running = turnOperation("voice_turn", { stt, llm, tts, maxParallelSentences }).start(callStart(clock, marks));
  return { clock, stt, llm, tts, marks, running, at: (ms: number) => clock.advanceTo(ms * 1000) };
}

/** A turn whose transcript was understood; the answer is to come. */
function beginAnswer(maxParallelSentences?: number) {
  const turn = begin(maxParallelSentences);
  turn.stt.call.marks.sent();
  turn.at(1100);
  turn.stt.call.marks.speechEnd();
  turn.stt.call.says("turn on the light");
  turn.at(1300);
  turn.stt.call.ok();
  return turn;
}

Deno.test("a turn speaks, asks and is answered sentence by sentence; its legs add up", () => {
  const { stt, llm, tts, marks, at } = begin();
  at(101);
  stt.call.marks.sent();
  stt.call.marks.paced(7, 3);
  at(900);
  stt.call.says("turn on");
  at(1100);
  stt.call.marks.speechEnd();
  at(1250);
  stt.call.says(" the light ");
  assert.equal(llm.calls.length, 0, "the model is asked once the transcript is complete");
  at(1300);
  stt.call.ok({ audio_sent_us: 1_000_000, words: { errors: 1, reference: 5 } });
  assert.equal(llm.call.given, "turn on the light");
  at(1500);
  llm.call.says("The light ", "is on", ".");
  assert.equal(tts.calls.length, 0);
  at(1520);
  llm.call.says(" Anything");
  assert.deepEqual(tts.calls.map(({ given }) => given), ["The light is on."]);
  at(1600);
  llm.call.says(" else?");
  at(1610);
  llm.call.ok({ output: { count: 6, unit: "tokens" }, prompt_tokens: 9 });
  assert.deepEqual(tts.calls.map(({ given }) => given), ["The light is on.", "Anything else?"]);
  at(1700);
  tts.calls[0]!.marks.content(40_000);
  at(1800);
  tts.calls[0]!.ok();
  at(1850);
  tts.calls[1]!.marks.content(60_000);
  at(1900);
  assert.equal(marks.result, null);
  tts.calls[1]!.ok();
  assert.deepEqual(marks.lines, ["101 sent", "101 paced 7 3", "1700 audio 40", "1850 audio 60", "1900 ok"]);
  const { content, ...end } = marks.ending;
  assert.deepEqual(end, { outcome: "ok", code: 0, type: "", details: "", sent_bytes: 40, received_bytes: 400 });
  assert.deepEqual(content, {
    audio_sent_us: 1_000_000,
    words: { errors: 1, reference: 5 },
    output: { count: 6, unit: "tokens" },
    prompt_tokens: 9,
    turn: {
      stt_us: 200_000,
      llm_us: 220_000,
      tts_us: 180_000,
      spans: [
        { name: "speech", start_us: 1000, first_us: null, end_us: 1_000_000 },
        { name: "stt", start_us: 1000, first_us: 800_000, end_us: 1_200_000 },
        { name: "llm", start_us: 1_200_000, first_us: 1_400_000, end_us: 1_510_000 },
        { name: "tts 1", start_us: 1_420_000, first_us: 1_600_000, end_us: 1_700_000 },
        { name: "tts 2", start_us: 1_510_000, first_us: 1_750_000, end_us: 1_800_000 },
      ],
    },
  });
});

Deno.test("what a reader must know of the transcript and of the answer he must know of the turn", () => {
  const { stt, llm, tts, marks } = begin();
  stt.call.says("turn on the light");
  stt.call.ok({ notes: ["no_content"] });
  llm.call.says("The light is on.");
  llm.call.ok({ notes: ["text_repeated", "no_content"] });
  tts.call.marks.content(40_000);
  tts.call.ok();
  assert.deepEqual(marks.ending.content?.notes, ["no_content", "text_repeated"]);
});

Deno.test("audio of a later sentence waits until the sentence before it is complete", () => {
  const { llm, tts, marks, at } = beginAnswer();
  llm.call.says("The first sentence. The second sentence. The third sentence.");
  llm.call.ok();
  assert.equal(tts.calls.length, 3);
  at(2000);
  tts.calls[2]!.marks.content(30_000);
  tts.calls[2]!.ok();
  at(2100);
  tts.calls[1]!.marks.content(20_000);
  assert.deepEqual(marks.contents, []);
  at(2200);
  tts.calls[0]!.marks.content(10_000);
  at(2300);
  tts.calls[0]!.ok();
  at(2400);
  tts.calls[1]!.ok();
  assert.deepEqual(marks.lines.slice(1), ["2200 audio 10", "2300 audio 20", "2400 audio 30", "2400 ok"]);
  assert.equal(marks.ending.content?.turn?.tts_us, 900_000);
});

Deno.test("audio that the network cut stays one piece, whether it plays at once or waits for its sentence", () => {
  const { llm, tts, marks, at } = beginAnswer();
  llm.call.says("The first sentence. The second sentence.");
  llm.call.ok();
  at(2000);
  tts.calls[1]!.marks.content(20_000);
  tts.calls[1]!.marks.more?.(5_000);
  at(2100);
  tts.calls[0]!.marks.content(10_000);
  at(2101);
  tts.calls[0]!.marks.more?.(4_000);
  tts.calls[0]!.marks.more?.(3_000);
  tts.calls[0]!.ok();
  tts.calls[1]!.marks.more?.(2_000);
  tts.calls[1]!.ok();
  const heard = marks.lines.filter((line) => / (?:audio|more) /.test(line));
  assert.deepEqual(heard, ["2100 audio 10", "2101 more 4", "2101 more 3", "2101 audio 25", "2101 more 2"]);
});

Deno.test("no more sentences are asked for at the same time than allowed", () => {
  const { llm, tts, marks } = beginAnswer(1);
  llm.call.says("The first sentence. The second sentence. The third sentence.");
  llm.call.ok();
  for (const count of [1, 2, 3]) {
    assert.equal(tts.calls.length, count);
    assert.equal(marks.result, null);
    tts.call.marks.content(10_000);
    tts.call.ok();
  }
  assert.deepEqual(tts.calls.map(({ given }) => given), [
    "The first sentence.",
    "The second sentence.",
    "The third sentence.",
  ]);
  assert.equal(marks.ending.outcome, "ok");
});

Deno.test("an answer without a sentence's end is spoken when it is over", () => {
  const { llm, tts, marks, at } = beginAnswer();
  llm.call.says("on");
  at(1500);
  llm.call.ok();
  assert.equal(tts.call.given, "on");
  tts.call.marks.content(1000);
  tts.call.ok();
  assert.equal(marks.ending.content?.turn?.llm_us, 200_000);
});

Deno.test("what cannot be spoken is left out, and an answer of nothing else fails the turn", () => {
  const some = beginAnswer();
  some.llm.call.says("That is all.\n", "...");
  some.llm.call.ok();
  assert.deepEqual(some.tts.calls.map(({ given }) => given), ["That is all."]);
  const none = beginAnswer();
  none.llm.call.says("... ", "—");
  none.llm.call.ok();
  const { outcome, type, details } = none.marks.ending;
  assert.deepEqual([outcome, type], ["failed", "semantic:unspeakable_answer"]);
  assert.match(details, /^llm leg: /);
});

Deno.test("an empty transcript fails the turn, and the model is not asked", () => {
  const { stt, llm, marks } = begin();
  stt.call.says(" ");
  stt.call.ok();
  const { outcome, code, type, details, content } = marks.ending;
  assert.deepEqual([outcome, code, type, content], ["failed", 0, "semantic:empty_transcript", undefined]);
  assert.match(details, /^stt leg: /);
  assert.equal(llm.calls.length, 0);
});

Deno.test("a leg that fails ends the turn under its own type and cuts off the others", () => {
  const stt = begin();
  stt.stt.call.fail("UNAVAILABLE", "gone", 14, { refused: true, retry_after_us: 2e6 });
  assert.deepEqual([stt.marks.ending.type, stt.marks.ending.code], ["UNAVAILABLE", 14]);
  assert.deepEqual([stt.marks.ending.refused, stt.marks.ending.retry_after_us], [true, 2e6]);
  assert.equal(stt.marks.ending.details, "stt leg: gone");

  const llm = beginAnswer();
  llm.llm.call.says("The first sentence. And");
  llm.llm.call.fail("INTERNAL", "out of memory", 13);
  assert.deepEqual([llm.marks.ending.type, llm.marks.ending.code], ["INTERNAL", 13]);
  assert.equal(llm.marks.ending.refused, false);
  assert.equal(llm.marks.ending.details, "llm leg: out of memory");
  assert.equal(llm.tts.call.cancelled, true);

  const tts = beginAnswer();
  tts.llm.call.says("The first sentence. The second sentence. And");
  tts.tts.calls[1]!.fail("semantic:empty_audio", "no audio", 0);
  assert.deepEqual([tts.marks.ending.type, tts.marks.ending.code], ["semantic:empty_audio", 0]);
  assert.equal(tts.marks.ending.details, "tts leg: no audio", "failures of any sentence are one group");
  assert.deepEqual([tts.llm.call.cancelled, tts.tts.calls[0]!.cancelled], [true, true]);
  assert.equal(tts.tts.calls.length, 2);
});

Deno.test("a turn whose leg ends while it starts ends once", () => {
  const clock = new FakeClock();
  const [stt, llm, tts] = [new FakeOperation("stt"), new FakeOperation("llm"), new FakeOperation("tts")];
  stt.answer = (leg) => {
    leg.says("hello");
    leg.ok();
  };
  llm.answer = (leg) => {
    leg.says("The first sentence. The second sentence.");
    leg.ok();
  };
  tts.answer = (leg) => leg.fail("UNAVAILABLE");
  const marks = new MarkLog(clock);
  turnOperation("voice_turn", { stt, llm, tts, maxParallelSentences: 1 }).start(callStart(clock, marks));
  assert.equal(marks.ending.type, "UNAVAILABLE");
  assert.equal(tts.calls.length, 1);
});

Deno.test("a call that fails while another starts has that one cut off too", () => {
  const { stt, llm, tts, marks } = begin();
  llm.answer = (leg) => leg.says("The first sentence. And");
  tts.answer = (leg) => leg.fail("UNAVAILABLE");
  stt.call.says("hello");
  stt.call.ok();
  assert.deepEqual([marks.ending.type, llm.call.cancelled], ["UNAVAILABLE", true]);
});

Deno.test("a turn that is cancelled cuts off what is in flight and starts nothing more", () => {
  const speaking = begin();
  speaking.running.cancel();
  assert.deepEqual([speaking.stt.call.cancelled, speaking.marks.ending.outcome], [true, "cancelled"]);

  const answering = beginAnswer(1);
  answering.llm.call.says("The first sentence. The second sentence. And");
  answering.running.cancel();
  assert.deepEqual([answering.llm.call.cancelled, answering.tts.call.cancelled], [true, true]);
  assert.equal(answering.marks.ending.outcome, "cancelled");
  assert.equal(answering.tts.calls.length, 1);
  answering.running.cancel();
});

Deno.test("a call that comes to its end in spite of a cancel starts nothing more", () => {
  const heard = begin();
  heard.stt.call.says("turn on the light");
  heard.stt.call.too_late = true;
  heard.running.cancel();
  assert.equal(heard.marks.result, null);
  heard.stt.call.ok();
  assert.deepEqual([heard.marks.ending.outcome, heard.llm.calls.length], ["cancelled", 0]);

  const answered = beginAnswer();
  answered.llm.call.too_late = true;
  answered.running.cancel();
  answered.llm.call.says("The first sentence. And");
  answered.llm.call.ok();
  assert.deepEqual([answered.marks.ending.outcome, answered.tts.calls.length], ["cancelled", 0]);

  const spoken = beginAnswer(1);
  spoken.llm.call.says("The first sentence. The second sentence. And");
  spoken.tts.call.too_late = true;
  spoken.llm.call.fail("INTERNAL");
  spoken.tts.call.marks.content(1000);
  spoken.tts.call.ok();
  assert.deepEqual([spoken.marks.ending.outcome, spoken.tts.calls.length], ["failed", 1]);
  assert.deepEqual(spoken.marks.contents, [], "nothing is played once the turn is over");
});

Deno.test("a clip without a mark for the end of its speech has no legs to tell apart", () => {
  const { stt, llm, tts, marks } = begin();
  stt.call.says("hello there");
  stt.call.ok();
  llm.call.says("Good evening.");
  llm.call.ok();
  tts.call.marks.content(1000);
  tts.call.ok();
  assert.deepEqual([marks.ending.outcome, marks.ending.content?.turn], ["ok", undefined]);
});

Deno.test("the waterfall shows twenty bars at most, and all sentences are spoken", () => {
  const { llm, tts, marks } = beginAnswer();
  llm.call.says("Another sentence. ".repeat(40));
  llm.call.ok();
  assert.equal(tts.calls.length, 40);
  for (const call of tts.calls) {
    call.marks.content(1000);
    call.ok();
  }
  const names = marks.ending.content?.turn?.spans.map(({ name }) => name) ?? [];
  assert.equal(names.length, 20);
  assert.deepEqual(names.slice(-2), ["tts 16", "tts 17"]);
  assert.equal(marks.contents.length, 40);
});

/** What may happen next in a turn: to which service, what, and how long after. */
const step = fc.record({
  who: fc.constantFrom("stt", "llm", "tts"),
  what: fc.constantFrom("content", "content", "content", "content", "ok", "ok", "fail", "cancel"),
  which: fc.nat({ max: 9 }),
  wait_us: fc.double({ min: 0, max: 50_000, noNaN: true }),
  text: fc.constantFrom("The light ", "is on. ", "Anything else? ", "Yes", "... "),
});

Deno.test("whatever happens, a turn ends once, leaves no call behind, and its legs add up exactly", () => {
  let measured = 0;
  const limits = fc.constantFrom(1, 2, Infinity);
  fc.assert(
    fc.property(fc.array(step, { size: "max", maxLength: 80 }), limits, fc.boolean(), (steps, most, finish) => {
      const { clock, marks, running, ...all } = begin(most);
      const calls = () => [all.stt, all.llm, all.tts].flatMap((operation) => operation.calls);
      all.stt.call.marks.speechEnd();
      const speech_end_us = clock.now_us();
      // Audio is as long as its sentence is late, so that its order can be told.
      const sent: number[] = [];
      const speak = (call: FakeLeg) => {
        const sentence = all.tts.calls.indexOf(call);
        sent.push(sentence);
        call.marks.content(sentence);
      };
      for (const { who, what, which, wait_us, text } of steps) {
        clock.advanceTo(clock.now_us() + wait_us);
        const open = all[who as "stt" | "llm" | "tts"].calls.filter(({ ended }) => !ended);
        assert.ok(all.tts.calls.filter(({ ended }) => !ended).length <= most);
        const call = open[which % Math.max(1, open.length)];
        if (what === "cancel" && which === 0) running.cancel();
        if (call === undefined) continue;
        if (what === "content" && who === "tts") speak(call);
        else if (what === "content") call.says(text);
        if (what === "ok") call.ok();
        if (what === "fail" && which === 0) call.fail("UNAVAILABLE");
      }
      while (marks.result === null) {
        const call = calls().find(({ ended }) => !ended);
        assert.ok(call, "a turn without a call in flight has ended");
        if (!finish) {
          running.cancel();
          assert.equal(marks.ending.outcome, "cancelled");
        } else {
          if (all.tts.calls.includes(call)) speak(call);
          else call.says("That is all.");
          call.ok();
        }
      }
      assert.ok(calls().every(({ ended }) => ended));
      const { outcome, content } = marks.ending;
      const played = marks.contents.map(({ audio_us }) => audio_us);
      assert.deepEqual(played, played.toSorted((a, b) => a - b), "audio out of order");
      if (outcome === "ok") assert.equal(played.length, sent.length);
      const turn = content?.turn;
      if (outcome !== "ok" || turn === undefined) return;
      measured++;
      const sum_us = turn.stt_us + turn.llm_us + turn.tts_us;
      assert.equal(sum_us, Math.round(marks.contents[0]!.at_us) - Math.round(speech_end_us));
      assert.ok(Math.min(turn.stt_us, turn.llm_us, turn.tts_us) >= 0);
    }),
  );
  assert.ok(measured > 0);
});

Deno.test("what any leg lacks the turn lacks, until that leg is sent", () => {
  const { stt, llm, marks, at } = begin();
  stt.call.marks.lacking?.("EADDRNOTAVAIL");
  at(110);
  stt.call.marks.sent();
  at(1100);
  stt.call.marks.speechEnd();
  stt.call.says("hello");
  stt.call.ok();
  at(1300);
  llm.call.marks.lacking?.("EMFILE");
  at(1400);
  llm.call.marks.sent();
  assert.deepEqual(marks.lines.filter((line) => /lacking|sent/.test(line)), [
    "100 lacking EADDRNOTAVAIL",
    "110 sent",
    "110 sent",
    "1300 lacking EMFILE",
    "1400 sent",
  ]);
});
