/** The part of docs/configuration.md about loads. */

/** A valid file with each kind of load. */
export const LOADS_EXAMPLE = `scenarios:
  baseline: # closed: ten users, one more every half second
    users: 10
    spawn_rate: 2
    duration: 5m
    think_time: { lognormal: { median: 2s, sigma: 0.5 } } # or 2s, 1s-3s, { exponential: 2s }

  steady: # open: 50 tasks per second, whether or not the services keep up
    rate: 50/s
    arrivals: poisson # like independent callers; without it, evenly spaced
    duration: 5m
    warm_up: 30s
    max_in_flight: 500 # further arrivals wait
    max_wait: 2s # and are then dropped

  spike:
    pacing: 5s # each user starts a task every 5 s
    stages:
      warm_up: { duration: 30s, users: 0 to 50, warm_up: true }
      before: { duration: 2m, users: 50 }
      spike: { duration: 1m, users: 500 } # at once
      recovery: { duration: 3m, users: 50 } # the users with the highest numbers stop
    thresholds:
      - error_rate < 1% in before
      - recovery_time < 30s

  capacity: # at which rate does latency begin to rise?
    stages:
      ladder: { duration: 10m, rate: 5/s to 50/s, steps: 10 } # 5/s, 10/s, ... for one minute each

  day:
    arrivals: poisson
    stages:
      waves: { duration: 20m, rate: { mean: 20/s, amplitude: 15/s, period: 5m } }
      recorded: { replay: monday.txt } # one offset per line, in seconds

  night: # two loads at the same time, each with its own tasks
    parallel: [callers, batch]
    thresholds:
      - p95(response_time) < 2s in callers.hold

  callers:
    users: 20
    duration: 10m
    tasks: { voice_turn: 1 }

  batch:
    rate: 2/s
    duration: 10m
    tasks: { llm.embed: 1 }
`;

/** Explains the kinds of load and their keys. */
export const LOADS: readonly string[] = [
  "## Loads",
  "",
  "A **closed** load is a number of `users`: each does one task after another, with a pause between. When the services slow",
  "down, the users do too. An **open** load is a `rate` of arrivals: tasks start at scheduled times, like calls from",
  "independent callers, whether or not the services keep up. Latency counts from the scheduled time, so nothing hides the",
  "wait. `max_in_flight` protects june-load itself; further arrivals wait up to `max_wait`, then they count as dropped.",
  "",
  "```yaml",
  LOADS_EXAMPLE.trimEnd(),
  "```",
  "",
  "- **Stages** follow each other without gaps. Every figure is kept for each stage, and rules read one stage with",
  "  `in NAME`. All stages of a scenario have `users`, or all have a `rate` or `replay`. A ramp goes from one value to",
  "  another; with `steps` it climbs in steps. If a stage begins higher than the previous one ended, users start at once.",
  "- **Users** have numbers: user k runs while the target is above k. So the last user to start is the first to stop.",
  "- **First tasks** come after a random part of the user's pause (`start: staggered`); with `at_once` users who start",
  "  together speak together. A user whose call was refused, or whose connection was lost, pauses for at least",
  "  `after_failure`, or as long as the server asks, up to 60s.",
  "- **Ramps**, stages of a closed load in which users rise or fall evenly, are left out of rules on percentiles, means and",
  "  extremes, unless a rule names the stage, ends the run (`else abort`), or there is nothing else to read.",
  "- **Flags** stretch stages: `--users` and `--rate` set the highest value and scale the others; `--duration` sets the sum",
  "  of the durations. Without stages, `--rate` turns a closed load into an open one, and `--users` an open load into a",
  "  closed one.",
  "- **The same seed gives the same load**, arrival by arrival, with any number of workers.",
  "- **`parallel`** runs several scenarios of the file at the same time. They keep their own loads and tasks; thresholds,",
  "  seed, workers and grace come from the scenario that names them.",
  "- **A good call** (`goodput`, `good_rate`) is ok and meets all `objectives`. Without `objectives`, the limits of the",
  "  scenario's rules on percentiles, means and maxima count. Calls of an operation to which none applies (`final_latency`",
  "  of speech synthesis, `first_message` of a reply that comes whole) are neither good nor bad: the figures leave them out.",
  "- **A rule must be able to decide**: on a figure that none of its operations can have it is a fault. Where only some",
  "  have it, or where it holds the length of clips spoken in real time, june-load warns and names the better rule.",
];
