/** As `tests/security/every_echo_test.ts`, with every encoding in which servers quote, in every form of failure. */
import { echoTest } from "../security/every_echo.ts";
import { WRITES } from "../security/echo_forms.ts";

for (const encoding of Object.keys(WRITES)) echoTest(encoding, "in every form");
