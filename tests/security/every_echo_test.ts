import { echoTest } from "./every_echo.ts";

// The other encodings, and each piece in every form of failure: `tests/long/secrets_test.ts`.
echoTest("plain", "once");
