/** @file `millrace demo`: the whole life-cycle on one file, from raw rows to a watched model. */
import { command } from "./command.ts";
import { demoData, renderDemo } from "./demo/report.ts";
import { type DemoResult, runDemo } from "./demo/run-demo.ts";
import { serveUntilStopped } from "./serve.ts";
import { checkPort } from "./serving.ts";
import { dir } from "./workspace-folder.ts";

interface DemoOutcome extends DemoResult {
  readonly after: { readonly keep: boolean; readonly port: number };
}

export const demo = command({
  name: "demo",
  summary: "From a raw file to a watched model in production, in one go.",
  about: [
    "Writes a seeded twin of the Telco churn file (or takes yours), ingests and cleans it, trains three",
    "models, registers the best, serves it, sends it 600 requests, compares them with what it learned",
    "from, and learns again. A second start in the same folder does only what has changed.",
  ],
  options: {
    dir: { ...dir, help: "where everything is kept; MILLRACE_DIR names another" },
    csv: { type: "string", value: "FILE", help: "a Telco churn file of your own" },
    seed: {
      type: "number",
      default: 42,
      value: "N",
      help: "the seed of the twin and of the requests",
    },
    keep: { type: "boolean", default: false, help: "leave the server up, and print its address" },
    port: {
      type: "number",
      default: 0,
      value: "PORT",
      help: "the server's port with --keep; 0 picks a free one",
    },
  },
  examples: ["demo", "demo --keep", "demo --csv telco.csv --dir my-churn", "demo --json"],
  run: async ({ dir, csv, seed, keep, port }, around): Promise<DemoOutcome> => {
    const source = csv === undefined ? { seed } : { csv };
    if (keep) await checkPort(port); // a port in use is told before the work, not after
    return { ...(await runDemo({ folder: dir, source }, around)), after: { keep, port } };
  },
  render: (result: DemoOutcome, { program }) => renderDemo(result, program),
  data: (result: DemoOutcome) => demoData(result),
  after: async ({ after, folder }: DemoOutcome, around) =>
    after.keep
      ? serveUntilStopped({ folder, model: "churn", port: after.port }, around)
      : undefined,
});
