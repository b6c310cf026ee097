/** @file `millrace demo`: the whole life-cycle on one file, from raw rows to a watched model. */
import { command, type Surroundings } from "./command.ts";
import { type DemoPlan, planDemo } from "./demo/dry-run.ts";
import { planLines } from "./demo/dry-run-report.ts";
import { demoData, renderDemo } from "./demo/report.ts";
import { type DemoOptions, type DemoResult, runDemo } from "./demo/run-demo.ts";
import { recipes } from "./demo/silver-steps.ts";
import { serveUntilStopped } from "./serve.ts";
import { checkPort } from "./serving.ts";
import { dir } from "./workspace-folder.ts";

/** What it did, or what it would do. */
type DemoOutcome =
  | {
      readonly done: DemoResult;
      readonly plan: null;
      readonly after: { readonly keep: boolean; readonly port: number };
    }
  | { readonly done: null; readonly plan: DemoPlan };

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
    recipe: {
      type: "string",
      choices: recipes,
      default: "default",
      help: "also clean by the classic recipe, into a table of its own, to compare",
    },
    dryRun: {
      type: "boolean",
      default: false,
      help: "print the plan and its effects; write nothing",
    },
    keep: { type: "boolean", default: false, help: "leave the server up, and print its address" },
    port: {
      type: "number",
      default: 0,
      value: "PORT",
      help: "the server's port with --keep; 0 picks a free one",
    },
  },
  examples: [
    "demo",
    "demo --dry-run",
    "demo --keep",
    "demo --csv telco.csv --dir my-churn",
    "demo --recipe classic --json",
  ],
  run: async (values, around): Promise<DemoOutcome> => {
    const { dir: folder, csv, seed, recipe, dryRun, keep, port } = values;
    const options = { folder, source: csv === undefined ? { seed } : { csv }, recipe };
    if (dryRun) return { done: null, plan: await planned(options, around) };
    if (keep) await checkPort(port); // a port in use is told before the work, not after
    return { done: await runDemo(options, around), plan: null, after: { keep, port } };
  },
  render: ({ done, plan }: DemoOutcome, { program, width }) =>
    plan === null ? renderDemo(done, { program, width }) : planLines(plan, width),
  data: ({ done, plan }: DemoOutcome) => (plan === null ? demoData(done) : plan),
  isBad: ({ plan }: DemoOutcome) => plan?.gate?.passed === false,
  after: async (outcome: DemoOutcome, around) => {
    if (outcome.plan !== null || !outcome.after.keep) return undefined;
    const { folder } = outcome.done;
    return serveUntilStopped({ folder, model: "churn", port: outcome.after.port }, around);
  },
});

const planned = (options: DemoOptions, around: Surroundings): Promise<DemoPlan> =>
  around.reporter.stage(
    "dry run",
    () => planDemo(options, around),
    () => null,
  );
