/** The layers of ARCHITECTURE.md. A folder may import itself, core, flow, and what is listed here. */
const learning = ["tensor", "table", "check", "dataset", "metric", "feature"];
const may = {
  core: [],
  tensor: [],
  store: [],
  plot: ["metric"],
  table: ["store"],
  check: ["table"],
  dataset: ["tensor", "table"],
  metric: ["tensor"],
  feature: ["tensor", "store", "table", "check", "dataset"],
  model: learning,
  nn: learning,
  cluster: ["tensor", "table", "dataset", "metric", "feature"],
  forecast: ["tensor", "table", "dataset", "metric", "feature", "model"],
  tune: ["tensor", "store", "table", "dataset", "metric", "feature", "model", "run", "forecast"],
  run: ["store", "table"],
  registry: ["store", "run"],
  pipeline: ["store", "run"],
  serve: ["store", "table", "check", "registry"],
  monitor: ["table", "check", "metric"],
  workspace: ["store", "table", "run", "registry", "model", "nn", "forecast"],
  rag: ["tensor", "store", "table"],
  agent: ["rag"],
  server: ["store", "run", "registry", "pipeline", "serve", "monitor", "rag", "agent", "plot"],
};
const walls = Object.entries(may).map(([folder, below]) => ({
  name: `${folder}-imports-only-what-is-below`,
  severity: "error",
  from: { path: `^src/${folder}/`, pathNot: "\\.test\\.ts$" },
  to: {
    path: "^src/",
    pathNot: `^src/(flow\\.ts|(${[folder, "core", ...below].join("|")})/)`,
  },
}));
module.exports = {
  forbidden: [
    ...walls,
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    {
      name: "enter-by-the-index",
      severity: "error",
      from: { path: "^src/([^/]+)/" },
      to: { path: "^src/[^/]+/.", pathNot: "^src/($1/|[^/]+/index\\.ts$)" },
    },
    {
      name: "packages-only-in-adapters",
      severity: "error",
      from: { path: "^src/", pathNot: "/adapter/|\\.test\\.ts$" },
      to: { dependencyTypes: ["npm", "npm-optional", "npm-peer", "npm-dev"] },
    },
    { name: "resolves", severity: "error", from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    doNotFollow: { path: "node_modules" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default", "types"],
    },
  },
};
