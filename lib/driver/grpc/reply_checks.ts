/**
 * Checks on gRPC replies: compared with the descriptor once, then applied to replies, which are decoded only for them.
 */
import type { Check, Json } from "../../plan/protocols.ts";
import { compileChecks, type Judge, parsePath } from "../exchange/checks.ts";
import type { Marks } from "../driver.ts";
import { type Fault, semantic } from "../core/outcome.ts";
import type { Reply } from "../core/reply.ts";
import { TEMPLATE_SOURCES } from "../exchange/template.ts";
import { decodeMessage } from "./decode.ts";
import { compileField, compileMessage, type Part, refuse } from "./encode.ts";
import { type Field, type MessageType, offer, type Types } from "./types.ts";
import { ANY, jsonFormOf } from "./well_known.ts";

/** Makes the reader of one call's replies. */
export type ReplyMaker = (marks: Marks) => Reply;

/**
 * The reader of replies of `type`. Every check must hold for one of a call's replies.
 * @throws {RangeError} for a path that does not exist or a value that the field can never have
 * @throws {UserError} kind `config` for a path or an expression that cannot be read
 */
export function replyMaker(checks: readonly Check[], type: MessageType, types: Types): ReplyMaker {
  const judges = checks.map((check, index) => compileChecks([fitCheck(check, type, types, `checks[${index}]`)]));
  if (judges.length === 0) return () => UNREAD;
  return () => new CheckedReply(judges, (bytes) => decodeMessage(type, bytes, types));
}

/** Reads replies without decoding them. */
export const UNREAD: Reply = { read: () => 0, judge: () => null };

class CheckedReply implements Reply {
  /** Judges whose check no reply has met yet, each with its latest fault. */
  #left: { judge: Judge; fault: Fault }[];

  constructor(judges: readonly Judge[], readonly decode: (bytes: Uint8Array) => Json) {
    this.#left = judges.map((judge) => ({ judge, fault: NO_REPLY }));
  }

  read(bytes: Uint8Array): number {
    if (this.#left.length === 0) return 0;
    const reply = this.decode(bytes);
    const left: { judge: Judge; fault: Fault }[] = [];
    for (const { judge } of this.#left) {
      const fault = judge(reply);
      if (fault !== null) left.push({ judge, fault });
    }
    this.#left = left;
    return 0;
  }

  judge(): Fault | null {
    return this.#left[0]?.fault ?? null;
  }
}

const NO_REPLY = semantic("check", "Status OK, but no reply came to check");

/** A field in a path, and which of its values the path selects. */
interface Place {
  owner: MessageType;
  field: Field;
  /** Key or index, if the path continues into a map or a list; null: all values. */
  inside: string | number | null;
}

/** The check with field names as in decoded replies, and its value in the form that decoding returns. */
function fitCheck(check: Check, type: MessageType, types: Types, where: string): Check {
  const steps = parsePath(check.path);
  const { place, names, free } = follow(steps, type, where);
  const path = pathOf(names);
  if (check.equals === null) {
    if (check.matches === null && !free && place !== null && alwaysThere(place)) {
      refuse(where, `${check.path} is always present and never empty, so this check cannot fail: add what it equals`);
    }
    return { ...check, path };
  }
  if (free) return { ...check, path };
  return { ...check, path, equals: canonical(check.equals, place, type, types, where) };
}

function pathOf(names: readonly (string | number)[]): string {
  let path = "";
  for (const name of names) {
    if (typeof name === "number") path += `[${name}]`;
    else if (/^[^.[\]"]+$/.test(name)) path += path === "" ? name : `.${name}`;
    else path += `["${name}"]`;
  }
  return path;
}

function alwaysThere({ field, inside }: Place): boolean {
  if (field.presence || inside !== null || field.shape !== "single") return false;
  return field.type.kind === "enum" || field.type.kind === "scalar" && !/^(string|bytes)$/.test(field.type.scalar);
}

/** Walks a path through message types. `free`: the path continues in a value without descriptor, such as a Struct's. */
function follow(steps: readonly (string | number)[], type: MessageType, where: string) {
  const names: (string | number)[] = [];
  let message = type as MessageType | null;
  let place = null as Place | null;
  for (const step of steps) {
    if (place !== null && place.field.shape !== "single" && place.inside === null) {
      if (place.field.shape === "repeated" && typeof step !== "number") {
        refuse(where, `${place.field.name} is a list: write ${place.field.name}[0]`);
      }
      place = { ...place, inside: step };
      names.push(step);
      continue;
    }
    if (message === null) refuse(where, `${place?.field.name ?? ""} has no fields, so there is no ${step} in it`);
    if (message.name === ANY || jsonFormOf(message.name) !== null) return { place, names: steps, free: true };
    const field: Field | undefined = message.by_name.get(String(step));
    if (field === undefined) {
      return refuse(
        where,
        `${message.name} has no field "${step}"${offer(String(step), message.fields.map((one) => one.name))}`,
      );
    }
    names.push(field.name);
    place = { owner: message, field, inside: null };
    message = field.type.kind === "message" ? field.type.message : null;
  }
  return { place, names, free: false };
}

/** A value after encoding and decoding: an enum's name, a number instead of its digits, base64. */
function canonical(equals: Json, place: Place | null, type: MessageType, types: Types, where: string): Json {
  const encoding = { types, sources: TEMPLATE_SOURCES };
  const asBytes = (part: Part): Uint8Array =>
    part instanceof Uint8Array ? part : refuse(where, "the value that a reply must equal cannot contain placeholders");
  if (place === null) return decodeMessage(type, asBytes(compileMessage(type, equals, encoding, where)), types);
  const { owner, field, inside } = place;
  const given = inside === null ? equals : field.shape === "repeated" ? [equals] : { [String(inside)]: equals };
  const bytes = asBytes(compileField(field, given, encoding, where));
  const read = (decodeMessage({ ...owner }, bytes, types) as { [name: string]: Json })[field.name] as Json;
  if (inside === null) return read;
  return field.shape === "repeated"
    ? (read as Json[])[0] as Json
    : Object.values(read as { [key: string]: Json })[0] as Json;
}
