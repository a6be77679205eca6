/** The words of a .proto file. Source: protobuf's language specification and protoc's tokenizer. */

/** One word: a name, a number, a text in quotes, or one other character. */
export interface Token {
  readonly kind: "name" | "number" | "text" | "mark" | "end";
  /** As written; of a text what stands in the quotes, escapes included. */
  readonly text: string;
  readonly line: number;
}

/** What is wrong with a .proto file, and where. */
export class ProtoSyntaxError extends Error {
  override readonly name = "ProtoSyntaxError";
  constructor(message: string, readonly line: number) {
    super(`${message} (line ${line})`);
  }
}

/** Deepest nesting; protoc takes 32 levels of messages. */
const MAX_DEPTH = 100;

const PATTERN = new RegExp(
  [
    /(?<gap>[\s\uFEFF]+|\/\/[^\n]*|\/\*[^]*?\*\/)/,
    /(?<name>[A-Za-z_]\w*)/,
    /(?<number>0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[fF]?)/,
    /(?<text>"(?:[^"\\\n]|\\[^])*"|'(?:[^'\\\n]|\\[^])*')/,
    /(?<mark>[^])/,
  ].map(({ source }) => source).join("|"),
  "y",
);

/**
 * Splits a file into its words; the last is `end`.
 * @throws {ProtoSyntaxError} for a text or a comment that does not end
 */
export function tokensOf(source: string): Token[] {
  const tokens: Token[] = [];
  let line = 1;
  for (let at = 0; at < source.length;) {
    PATTERN.lastIndex = at;
    const groups = PATTERN.exec(source)!.groups as { [kind: string]: string | undefined };
    const { gap, name, number, text, mark } = groups;
    const word = gap ?? name ?? number ?? text ?? mark ?? "";
    if (mark === '"' || mark === "'") throw new ProtoSyntaxError("a text without its closing quote", line);
    if (mark === "/" && source[at + 1] === "*") throw new ProtoSyntaxError("a comment that does not end", line);
    if (name !== undefined) tokens.push({ kind: "name", text: name, line });
    else if (number !== undefined) tokens.push({ kind: "number", text: number, line });
    else if (text !== undefined) tokens.push({ kind: "text", text: text.slice(1, -1), line });
    else if (mark !== undefined) tokens.push({ kind: "mark", text: mark, line });
    for (const one of word) if (one === "\n") line++;
    at += word.length;
  }
  tokens.push({ kind: "end", text: "", line });
  return tokens;
}

/** Reads words one after the other. */
export class TokenReader {
  #depth = 0;
  readonly #tokens: readonly Token[];
  #at = 0;

  /**
   * Reads what stands inside a bracket.
   * @throws {ProtoSyntaxError} for brackets that are nested too deep to be read
   */
  inside<Value>(read: () => Value): Value {
    if (++this.#depth > MAX_DEPTH) {
      throw new ProtoSyntaxError(`more than ${MAX_DEPTH} levels of brackets`, this.peek().line);
    }
    const value = read();
    this.#depth--;
    return value;
  }

  /** @throws {ProtoSyntaxError} */
  constructor(source: string) {
    this.#tokens = tokensOf(source);
  }

  /** The next word, which stays, or one after it. */
  peek(ahead = 0): Token {
    return this.#tokens[Math.min(this.#at + ahead, this.#tokens.length - 1)]!;
  }

  /** Takes the next word. */
  next(): Token {
    const token = this.peek();
    this.#at++;
    return token;
  }

  /** Whether the next word is this name or mark. */
  sees(word: string, ahead = 0): boolean {
    const { kind, text } = this.peek(ahead);
    return text === word && (kind === "name" || kind === "mark");
  }

  /** Takes the next word if it is this one. */
  takes(word: string): boolean {
    const seen = this.sees(word);
    if (seen) this.#at++;
    return seen;
  }

  /** Takes this word. @throws {ProtoSyntaxError} for another one */
  expect(word: string): void {
    if (!this.takes(word)) throw this.wrong(`"${word}"`);
  }

  /** Takes a name. @throws {ProtoSyntaxError} for another word */
  name(what: string): string {
    if (this.peek().kind !== "name") throw this.wrong(what);
    return this.next().text;
  }

  /** Takes a name with dots. @throws {ProtoSyntaxError} for another word */
  path(what: string): string {
    let path = this.takes(".") ? "." : "";
    path += this.name(what);
    while (this.takes(".")) path += `.${this.name(what)}`;
    return path;
  }

  /** Takes a whole number. @throws {ProtoSyntaxError} for another word */
  integer(what: string): number {
    const sign = this.takes("-") ? -1 : 1;
    const { kind, text } = this.peek();
    const value = /^0[0-7]+$/.test(text) ? parseInt(text, 8) : Number(text);
    if (kind !== "number" || !Number.isInteger(value)) throw this.wrong(what);
    this.next();
    return sign * value;
  }

  /** Takes one text, which may be written as several. @throws {ProtoSyntaxError} for another word */
  text(what: string): string {
    if (this.peek().kind !== "text") throw this.wrong(what);
    let whole = "";
    while (this.peek().kind === "text") whole += this.next().text;
    return whole;
  }

  /** The error for a word that does not fit. */
  wrong(expected: string): ProtoSyntaxError {
    const { kind, text, line } = this.peek();
    return new ProtoSyntaxError(`expected ${expected}, found ${kind === "end" ? "the end" : `"${text}"`}`, line);
  }
}
