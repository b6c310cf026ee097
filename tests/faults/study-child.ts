/**
 * @file A process that searches a study: `node study-child.ts RECORDS TRIALS STUCK`. It says which trials it begins,
 * and hangs in trial STUCK until it is killed.
 */
import { openRecords } from "../../src/store/index.ts";
import { type ObjectiveFunction, openStudy } from "../../src/tune/index.ts";

/** The study that the children search. */
export const shared = { name: "shared", metric: "y", direction: "minimise", seed: 7 } as const;

/** What is searched: it gives way once, so that processes take turns. */
export const bowl: ObjectiveFunction = async (trial) => {
  const [x, y] = [trial.float("x", -1, 1), trial.float("y", -1, 1)];
  trial.report(0, x * x);
  await new Promise(setImmediate);
  return x * x + y * y;
};

if (process.argv[1] === import.meta.filename) {
  const [, , path = "", trials = "", stuck = ""] = process.argv;
  await using records = await openRecords(path, { lockTimeoutMs: 60_000 });
  await using study = await openStudy({ ...shared, records });
  const objective: ObjectiveFunction = async (trial) => {
    process.stdout.write(`${trial.number}\n`);
    if (String(trial.number) === stuck) await new Promise((wait) => setTimeout(wait, 600_000));
    return bowl(trial);
  };
  await study.search(objective, { trials: Number(trials) });
  process.stdout.write("end\n");
  await new Promise((wait) => setTimeout(wait, 600_000)); // until it is killed
}
