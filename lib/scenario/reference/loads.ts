/** The part of docs/configuration.md on loads. */

/** A file with each kind of load; it loads as it stands. */
export const LOADS_EXAMPLE = `scenarios:
  baseline: # closed: ten users, one more every half second
    users: 10
    spawn_rate: 2
    duration: 5m
    think_time: { lognormal: { median: 2s, sigma: 0.5 } } # or 2s, 1s-3s, { exponential: 2s }

  steady: # open: 50 tasks a second, come what may
    rate: 50/s
    arrivals: poisson # as callers are who know nothing of each other; evenly otherwise
    duration: 5m
    warm_up: 30s
    max_in_flight: 500 # an arrival above waits
    max_wait: 2s # and is dropped after that

  spike:
    pacing: 5s # each user starts a task every 5 s
    stages:
      warm_up: { duration: 30s, users: 0 to 50, warm_up: true }
      before: { duration: 2m, users: 50 }
      spike: { duration: 1m, users: 500 } # at once
      recovery: { duration: 3m, users: 50 } # the users of the highest numbers stop
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
      recorded: { replay: monday.txt } # one offset a line, in seconds

  night: # two loads at the same time, with tasks of their own
    parallel: [callers, batch]
    thresholds:
      - p95(voice_to_voice) < 2s in callers.hold

  callers:
    users: 20
    duration: 10m
    tasks: { voice_turn: 1 }

  batch:
    rate: 2/s
    duration: 10m
    tasks: { llm.embed: 1 }
`;

/** What loads there are and how a file says them. */
export const LOADS: readonly string[] = [
  "## Loads",
  "",
  "A **closed** load is a crowd of `users`: each does one task after another, with a pause between. Where the services",
  "slow down, so do the users. An **open** load is a `rate` of arrivals: tasks start at instants of their own, whether or",
  "not the services keep up, as the calls of strangers do. Latency counts from that instant, so that nothing hides the",
  "wait. `max_in_flight` keeps the tester alive; an arrival above waits up to `max_wait` and is then counted as dropped.",
  "",
  "```yaml",
  LOADS_EXAMPLE.trimEnd(),
  "```",
  "",
  "- **Stages** follow each other without gaps; every figure is kept for each, and rules read one with `in NAME`. Those of",
  "  one scenario have all `users` or all a `rate` (or `replay`). A ramp goes from one value to another, with `steps` as a",
  "  stair; where a stage begins higher than the one before ended, users start at once.",
  "- **Users** have numbers: user k runs while more than k are asked for, so that the last to come is the first to go.",
  "- **Flags** stretch stages: `--users` and `--rate` set their highest value and scale the others, `--duration` their sum.",
  "  On a scenario without stages `--rate` makes a load of users an open one, and `--users` an open one closed.",
  "- **The same seed gives the same load**, arrival by arrival, with any number of workers.",
  "- **`parallel`** runs other scenarios of the file beside each other; their tasks and loads are theirs, thresholds, seed,",
  "  workers and grace are of the one that names them.",
  "- **A good call** (`goodput`, `good_rate`) is one that is ok and within all `objectives`. Where none are given, they are",
  "  the limits of the scenario's rules on percentiles, means and maxima.",
];
