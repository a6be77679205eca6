/** The first frames of a client: its settings for the server, chosen for load. */
import type { FrameWriter } from "./frame_writer.ts";
import { DEFAULT_WINDOW, MAX_WINDOW, PREFACE, SettingId } from "./frames.ts";

/**
 * Our window for each stream; bytes. Data is passed on at once, so the size only decides how often WINDOW_UPDATE is
 * sent.
 */
export const STREAM_WINDOW = 16 * 1024 * 1024;
/** Fields of one header block, counted as RFC 9113 section 6.5.2 does; bytes. */
export const MAX_HEADER_LIST_BYTES = 64 * 1024;

/**
 * Appends preface, SETTINGS and the largest connection window. With a header table of size 0, equal reply headers have
 * equal bytes.
 */
export function writeOpening(frames: FrameWriter): void {
  frames.raw(PREFACE);
  frames.settings([
    [SettingId.HEADER_TABLE_SIZE, 0],
    [SettingId.ENABLE_PUSH, 0],
    [SettingId.INITIAL_WINDOW_SIZE, STREAM_WINDOW],
    [SettingId.MAX_HEADER_LIST_SIZE, MAX_HEADER_LIST_BYTES],
  ]);
  frames.windowUpdate(0, MAX_WINDOW - DEFAULT_WINDOW);
}
