/** SETTINGS payloads and the values in force (RFC 9113 section 6.5). */
import {
  ConnectionFault,
  DEFAULT_FRAME_SIZE,
  DEFAULT_WINDOW,
  ErrorCode,
  MAX_FRAME_SIZE,
  MAX_WINDOW,
  readUint32,
  SettingId,
} from "./frames.ts";

/** The settings that one side sent; each limits what the *other* side sends. Starts with RFC 9113's initial values. */
export class Settings {
  header_table_size = 4096;
  enable_push = 1;
  /** Infinity until the side sets a limit. */
  max_concurrent_streams = Infinity;
  initial_window_size = DEFAULT_WINDOW;
  max_frame_size = DEFAULT_FRAME_SIZE;
  /** Advisory; Infinity until the side sets it. */
  max_header_list_size = Infinity;

  /**
   * Applies the payload of a SETTINGS frame in order; unknown ids are ignored.
   * @throws {ConnectionFault} for a value out of range
   */
  apply(bytes: Uint8Array, from: number, to: number): void {
    for (let at = from; at + 6 <= to; at += 6) {
      this.#set((bytes[at]! << 8) | bytes[at + 1]!, readUint32(bytes, at + 2));
    }
  }

  #set(id: number, value: number): void {
    switch (id) {
      case SettingId.HEADER_TABLE_SIZE:
        this.header_table_size = value;
        return;
      case SettingId.ENABLE_PUSH:
        if (value > 1) throw new ConnectionFault(ErrorCode.PROTOCOL_ERROR, `Setting ENABLE_PUSH of ${value}`);
        this.enable_push = value;
        return;
      case SettingId.MAX_CONCURRENT_STREAMS:
        this.max_concurrent_streams = value;
        return;
      case SettingId.INITIAL_WINDOW_SIZE:
        if (value > MAX_WINDOW) {
          throw new ConnectionFault(ErrorCode.FLOW_CONTROL_ERROR, `Setting INITIAL_WINDOW_SIZE of ${value}`);
        }
        this.initial_window_size = value;
        return;
      case SettingId.MAX_FRAME_SIZE:
        if (value < DEFAULT_FRAME_SIZE || value > MAX_FRAME_SIZE) {
          throw new ConnectionFault(ErrorCode.PROTOCOL_ERROR, `Setting MAX_FRAME_SIZE of ${value}`);
        }
        this.max_frame_size = value;
        return;
      case SettingId.MAX_HEADER_LIST_SIZE:
        this.max_header_list_size = value;
        return;
    }
  }
}
