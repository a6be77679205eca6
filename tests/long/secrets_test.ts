/** Secrets in every place, quoted in every form of failure, and once in every other encoding that servers use. */
import { echoTest } from "../security/every_echo.ts";
import { WRITES } from "../security/echo_forms.ts";

for (const encoding of Object.keys(WRITES)) echoTest(encoding, encoding === "plain" ? "in every form" : "once");
