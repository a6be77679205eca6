import { echoTest } from "./every_echo.ts";

// The others take a run each: `tests/long/secrets_test.ts`.
echoTest("plain");
