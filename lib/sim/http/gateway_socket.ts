/** One WebSocket of the gateway: JSON messages in, one JSON answer to each, in order of their completion. */
import type { SimClock } from "../model/clock.ts";
import { asError, bytesOfBase64, type Fields, fieldsOf, optionalText, Refused, textField } from "./gateway_input.ts";
import type { GatewayServices } from "./gateway_services.ts";

/** The confidence of every transcript. */
const CONFIDENCE = 0.95;
/** Longest texts in a message; characters. */
const MAX_TEXT = 100_000;
const MAX_AUDIO = 64 * 1024 * 1024;

/** A message to the client, without its time. */
type Message = { type: string } & Record<string, unknown>;

/** One client. Its token is not checked, as in the original. */
export class GatewaySocket {
  readonly #stop = new AbortController();

  constructor(
    readonly socket: WebSocket,
    readonly user: string,
    readonly services: GatewayServices,
    readonly clock: SimClock,
    readonly onClose: () => void,
  ) {
    socket.binaryType = "arraybuffer";
    socket.onmessage = ({ data }) => void this.#serve(data);
    socket.onerror = () => this.#stop.abort();
    socket.onclose = () => {
      this.#stop.abort();
      onClose();
    };
  }

  async #serve(data: unknown): Promise<void> {
    const { signal } = this.#stop;
    try {
      if (typeof data !== "string") throw new Refused(422, "binary messages are not taken");
      this.#send(await this.#answer(fieldsOf(data), signal));
    } catch (error) {
      if (!signal.aborted) this.#send({ type: "error", message: asError(error, this.clock).message });
    }
  }

  async #answer(fields: Fields, signal: AbortSignal): Promise<Message> {
    switch (fields.type) {
      case "text": {
        const text = await this.services.answer(textField(fields, "text", MAX_TEXT), this.user, signal);
        return { type: "response", text };
      }
      case "audio": {
        const audio = bytesOfBase64(textField(fields, "audio_data", MAX_AUDIO));
        const { transcript } = await this.services.recognize(audio, "en", this.user, signal);
        return { type: "transcription", text: transcript, confidence: CONFIDENCE };
      }
      case "tts_request": {
        const text = textField(fields, "text", MAX_TEXT);
        const { duration_s } = await this.services.synthesize(
          { text, voice_id: "default", language: "en" },
          this.user,
          { signal },
        );
        return { type: "audio_response", audio_url: `/audio/${crypto.randomUUID()}.wav`, duration: duration_s };
      }
      default:
        throw new Refused(422, `the type "${optionalText(fields, "type", "")}" is not known`);
    }
  }

  #send(message: Message): void {
    if (this.socket.readyState !== WebSocket.OPEN) return;
    this.socket.send(JSON.stringify({ ...message, timestamp: new Date().toISOString() }));
  }
}
