/** Shows the view in this terminal until a key is pressed, then ends as no run should. */
import { openKeyboard } from "../../lib/ui/terminal/device/keyboard.ts";
import { openDevice } from "../../lib/ui/terminal/device/screen.ts";
import { openTerminal } from "../../lib/ui/terminal/terminal.ts";
import { SPIKE_LIVE } from "../ui/terminal/views.ts";

const view = openTerminal({
  device: openDevice("stdout"),
  env: (name) => Deno.env.get(name),
  keyboard: openKeyboard(),
});
view.onKey(() => {
  switch (Deno.args[0]) {
    case "throw":
      throw new Error("broken on purpose");
    case "reject":
      return void Promise.reject(new Error("broken on purpose"));
    default:
      Deno.exit(7);
  }
});
view.update(SPIKE_LIVE);
