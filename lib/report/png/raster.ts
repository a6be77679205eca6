/** SVG to PNG. This module is loaded only when a picture is wanted: its WebAssembly and fonts are three megabytes. */
import { initWasm, Resvg } from "@resvg/resvg-wasm";
import regular from "@expo-google-fonts/inter/400Regular/Inter_400Regular.ttf" with { type: "bytes" };
import semiBold from "@expo-google-fonts/inter/600SemiBold/Inter_600SemiBold.ttf" with { type: "bytes" };
import wasm from "@resvg/resvg-wasm/index_bg.wasm" with { type: "bytes" };

let ready: Promise<void> | undefined;

/** The picture as a PNG file, twice the SVG's size. Text is drawn in Inter; without a font of its own resvg drops it. */
export async function rasterise(svg: string): Promise<Uint8Array<ArrayBuffer>> {
  await (ready ??= initWasm(wasm));
  const image = new Resvg(svg, {
    fitTo: { mode: "zoom", value: 2 },
    font: { fontBuffers: [regular, semiBold], defaultFontFamily: "Inter", loadSystemFonts: false },
  });
  try {
    return new Uint8Array(image.render().asPng());
  } finally {
    image.free();
  }
}
