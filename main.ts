/** june-load: the door. Everything behind it is in lib/cli. */
import { runCli } from "./lib/cli/app.ts";

if (import.meta.main) Deno.exit(await runCli(Deno.args));
