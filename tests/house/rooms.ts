/** The map of docs/architecture.md as data: who may import whom. `imports_test.ts` holds the tree to it. */

/** One room of lib, and the arrows that leave it. */
export interface Room {
  /** Other rooms it may import, besides `base`; `plan` is the shared vocabulary. A room without rooms inside needs no more. */
  readonly may: readonly string[];
  /**
   * Rooms inside, each with the neighbours it may import. A room inside may always import the loose files of the room
   * around it, and the loose files may import every room inside.
   */
  readonly inside?: Readonly<Record<string, readonly string[]>>;
  /**
   * Rooms inside that may import fewer of the other rooms than `may` says, with those they may; it holds for the rooms
   * inside them, too.
   */
  readonly narrower?: Readonly<Record<string, readonly string[]>>;
}

/** Every room, by its folder under lib; `proto`, `scenarios` and `deno.json` stand beside lib. */
export const ROOMS: Readonly<Record<string, Room>> = {
  /** Arithmetic, bytes and texts that are about nothing: every room may import it. */
  base: { may: [] },
  plan: { may: [], inside: { threshold: [], secret: [] } },
  time: { may: [] },
  schedule: { may: ["plan"] },
  scenario: {
    may: ["plan", "schedule", "scenarios"],
    inside: {
      read: [],
      shape: ["read"],
      schema: ["read", "shape"],
      plan: ["read", "shape", "schema"],
      describe: [],
      reference: ["shape", "schema"],
    },
    narrower: { read: ["plan"], shape: ["plan"] },
  },
  measure: { may: ["plan"], inside: { english: [] } },
  statistics: { may: ["measure"] },
  transport: {
    may: ["plan", "measure", "proto"],
    inside: {
      socket: [],
      diagnose: ["socket"],
      grpc_js: ["socket", "diagnose"],
      http: ["socket", "diagnose", "wire"],
      websocket: ["socket", "diagnose", "http"],
      wire: ["socket", "diagnose"],
      "wire/grpc": ["wire/hpack"],
      "wire/hpack": [],
    },
    // Only loose files know of a plan, and of the messages in which gRPC itself speaks: connections carry bytes.
    narrower: { socket: [], diagnose: [], grpc_js: [], http: [], websocket: [], wire: [] },
  },
  driver: {
    may: ["plan", "transport", "measure", "proto"],
    inside: {
      core: [],
      inputs: ["core"],
      "inputs/read": [],
      "inputs/pick": ["core", "inputs/read"],
      exchange: ["core", "inputs"],
      http: ["core"],
      rpc: ["core", "inputs"],
      auth: ["core", "http"],
      speech: ["core", "inputs", "rpc"],
      turn: ["core", "inputs"],
      june: ["core", "inputs", "rpc", "speech"],
      riva: ["core", "inputs", "rpc", "speech"],
      triton: ["core", "inputs", "rpc", "exchange"],
      openai: ["core", "inputs", "http", "speech"],
      grpc: ["core", "inputs", "rpc", "exchange", "june"],
      "grpc/proto": [],
      rest: ["core", "inputs", "http", "auth", "exchange", "speech"],
      websocket: ["core", "inputs", "http", "exchange", "speech", "rest"],
    },
    // What is sent knows nothing of how.
    narrower: { inputs: ["plan"], exchange: ["plan"] },
  },
  pool: { may: ["plan", "schedule", "time", "driver", "measure", "transport"] },
  resources: {
    may: ["plan", "measure"],
    inside: { metrics: ["program"], program: [], gpu: ["program"], remote: ["program"] },
  },
  result: { may: ["plan", "measure", "schedule"], inside: { decode: [] } },
  verdict: { may: ["plan", "schedule", "measure", "result", "statistics"], inside: { fit: [], change: [] } },
  compare: { may: ["plan", "measure", "result", "verdict", "statistics"] },
  report: {
    may: ["plan", "measure", "result", "verdict", "compare"],
    inside: {
      format: [],
      figures: ["format"],
      csv: ["figures", "format"],
      text: ["figures", "format"],
      forms: ["figures", "format", "text"],
      charts: ["figures", "format"],
      png: ["figures", "format"],
      compare: ["charts", "figures", "format", "html"],
      html: ["charts", "figures", "format"],
      "html/page": ["charts"],
      "html/table": ["figures", "format"],
      "html/findings": ["charts", "figures", "format"],
      "html/sections": ["charts", "figures", "format", "text", "html/table", "html/findings"],
      "html/style": [],
    },
    narrower: { format: ["plan"], csv: ["plan", "measure", "result"], png: ["plan", "measure", "result"] },
  },
  run: { may: ["plan", "schedule", "measure", "transport", "driver", "pool", "resources", "result", "verdict"] },
  /** What june-load adds on this host. */
  calibrate: { may: ["plan", "schedule", "measure", "pool", "resources", "result", "sim", "proto"] },
  ui: {
    may: ["plan", "measure", "result", "verdict", "report"],
    inside: {
      views: [],
      terminal: ["views"],
      "terminal/device": [],
      web: ["views"],
      "web/page": ["views"],
      "web/page/state": ["views"],
      "web/page/charts": ["views", "web/page/state"],
      "web/page/before": ["web/page/state", "web/page/charts"],
      "web/page/running": ["views", "web/page/state", "web/page/charts"],
      "web/page/after": ["web/page/state"],
    },
    // The terminal only draws and hears keys.
    narrower: { terminal: ["plan"] },
  },
  /** Its server asks; `cli` answers, through the seam in `live/workbench.ts`. */
  live: {
    may: ["plan", "scenario", "schedule", "measure", "result", "verdict", "compare", "report", "run", "ui"],
    inside: { gate: [], guard: [], show: [], serve: ["guard", "show"], saved: ["guard", "serve"] },
    // Who may ask is decided without knowing for what.
    narrower: { gate: [], guard: ["ui"], serve: ["report", "ui"] },
  },
  sim: {
    may: ["plan", "time", "transport", "proto"],
    inside: {
      model: [],
      fault: ["model"],
      server: [],
      call: ["model", "fault", "server"],
      june: ["model", "call", "server"],
      riva: ["model", "call", "server"],
      triton: ["june", "call", "server"],
      http: ["model", "server"],
      echo: ["model", "server"],
      worker: [],
    },
    narrower: { model: ["time"], server: ["transport"] },
  },
  cli: {
    may: ["plan", "scenario", "measure", "transport", "driver", "pool", "resources", "result", "verdict"]
      .concat(["compare", "report", "run", "calibrate", "ui", "live", "sim", "proto", "deno.json"]),
    inside: {
      describe: [],
      init: ["describe"],
      report: [],
      compare: ["report", "duet"],
      duet: ["report", "run", "sim"],
      history: ["compare"],
      sim: [],
      calibrate: [],
      page: [],
      run: ["page", "report", "sim", "calibrate"],
      ui: ["page", "report", "sim", "run"],
    },
    // A report needs nothing but a result.
    narrower: {
      report: ["plan", "result", "verdict", "compare", "report", "ui"],
      compare: ["plan", "result", "verdict", "compare", "report", "ui"],
      history: ["plan", "result", "verdict", "compare", "report", "ui"],
    },
  },
  proto: { may: [] },
  scenarios: { may: [] },
};
