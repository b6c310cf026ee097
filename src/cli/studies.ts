/** @file `millrace studies`: searches looked at, drawn, and carried to Optuna and back. */
import { writeFile } from "node:fs/promises";
import { count, isMillraceError, shown } from "../core/index.ts";
import { renderPng, renderSvg } from "../plot/index.ts";
import type { Records } from "../store/index.ts";
import {
  exportOptuna,
  importOptuna,
  readStudy,
  readStudyNames,
  type StudyReader,
  type TrialRecord,
} from "../tune/index.ts";
import { openWorkspace } from "../workspace/index.ts";
import { command } from "./command.ts";
import { fail } from "./errors.ts";
import { namesOf } from "./options.ts";
import { chartNames, chartOf } from "./study-charts.ts";
import { columns, moment, wrap } from "./text.ts";
import { dir } from "./workspace-folder.ts";

const actions = ["list", "show", "plot", "export", "import"] as const;

export const studies = command({
  name: "studies",
  summary: "The searches of a workspace: their trials, charts, and Optuna's files.",
  about: [
    "list tells of all studies, show NAME of one: its best trial, its params, and its newest trials. plot NAME FILE draws",
    "it as .svg or .png, with --chart the history (the default), slice (one param of --params), contour (two), parallel",
    "(some or all), importances, or front (two objectives). export NAME FILE writes an SQLite file that Optuna opens;",
    "import FILE reads one of Optuna's into the workspace, --study says which study of several, --as its name here.",
  ],
  arguments: {
    action: { type: "string", choices: actions, help: "what to do" },
    subject: {
      ...{ type: "string", optional: true, value: "NAME|FILE" },
      help: "the study; for import the file",
    },
    file: { type: "string", optional: true, help: "with plot and export: the file to write" },
  },
  options: {
    chart: {
      type: "string",
      choices: chartNames,
      default: "history",
      help: "with plot: what is drawn",
    },
    params: {
      type: "string",
      many: true,
      value: "A,B",
      help: "with plot: the params that are drawn",
    },
    study: {
      type: "string",
      value: "NAME",
      help: "with import: the study of the file that is read",
    },
    as: {
      type: "string",
      value: "NAME",
      help: "with import: the study's name here; the file's if not given",
    },
    limit: {
      type: "number",
      default: 10,
      min: 1,
      whole: true,
      value: "N",
      help: "with show: at most so many trials",
    },
    dir,
  },
  examples: [
    "studies list",
    "studies show churn --limit 5",
    "studies plot churn churn.svg --chart contour --params depth,rate",
    "studies export churn optuna.db",
    "studies import optuna.db --study churn --as churn-2026 --json",
  ],
  run: async (values) => {
    await using workspace = await openWorkspace(values.dir, { create: values.action === "import" });
    return await found(workspace.records, values);
  },
  render: (result, { width }) => {
    if ("studies" in result) return listLines(result.studies, width);
    if ("written" in result) return [`${result.written} written: ${result.what}`];
    return showLines(result, width);
  },
});

interface Asked {
  readonly action: (typeof actions)[number];
  readonly subject: string | undefined;
  readonly file: string | undefined;
  readonly chart: (typeof chartNames)[number];
  readonly params: readonly string[];
  readonly study: string | undefined;
  readonly as: string | undefined;
  readonly limit: number;
}

/** What `show` tells of a study. */
interface Shown {
  readonly name: string;
  readonly objectives: StudyReader["objectives"];
  readonly best: readonly TrialRecord[];
  /** How many trials there are, how many failed, and why the first of those did. */
  readonly counts: { readonly trials: number; readonly failed: number };
  readonly firstError: { readonly trial: number; readonly error: string } | null;
  readonly trials: readonly TrialRecord[];
}

async function found(records: Records, asked: Asked) {
  const { action, subject, file, study } = asked;
  if (action === "list") return { studies: await summaries(records) };
  if (subject === undefined) return missing(action === "import" ? "FILE" : "NAME");
  if (action === "import") {
    const { name, trials } = await importOptuna({
      ...{ records, path: subject },
      ...(study === undefined ? {} : { study }),
      ...(asked.as === undefined ? {} : { name: asked.as }),
    });
    return { written: name, what: count(trials, "trial") };
  }
  if (action === "show") return show(await readStudy(records, subject), asked.limit);
  if (file === undefined) return missing("FILE");
  if (action === "export") {
    const { trials } = await exportOptuna({ records, study: subject, path: file });
    return { written: file, what: count(trials, "trial") };
  }
  return plot(await readStudy(records, subject), { ...asked, file });
}

const missing = (argument: string): never =>
  fail("cli/missing-argument", {
    ...{ command: "studies", argument, help: "this action needs it" },
    usage: "studies ACTION [NAME|FILE] [FILE]",
  });

async function summaries(records: Records) {
  const all = [];
  for (const name of await readStudyNames(records)) {
    const study = await readable(records, name);
    if (study === null) {
      const none = { trials: 0, complete: 0, pruned: 0, failed: 0, best: null, lastAtMs: null };
      all.push({ name, isNewer: true, objectives: [], ...none });
      continue;
    }
    const trials = await study.trials();
    const of = (state: TrialRecord["state"]): number =>
      trials.filter((trial) => trial.state === state).length;
    const [best = null] = await bestOf(study);
    const at = Math.max(0, ...trials.map(({ endedAtMs }) => endedAtMs ?? 0));
    all.push({
      ...{ name, isNewer: false, objectives: study.objectives, trials: trials.length },
      complete: of("complete"),
      ...{ pruned: of("pruned"), failed: of("failed"), best: best?.values ?? null },
      lastAtMs: at === 0 ? null : at,
    });
  }
  return all;
}

/** A study; null where a newer Millrace wrote it. */
async function readable(records: Records, name: string): Promise<StudyReader | null> {
  try {
    return await readStudy(records, name);
  } catch (error) {
    if (isMillraceError(error) && error.code === "tune/unsupported-format") return null;
    throw error;
  }
}

/** The best trial, or the front; nothing where no trial is complete. */
async function bestOf(study: StudyReader): Promise<readonly TrialRecord[]> {
  const front = await study.front();
  return study.objectives.length === 1 && front.length > 0 ? [await study.best()] : front;
}

async function show(study: StudyReader, limit: number): Promise<Shown> {
  const { name, objectives } = study;
  const all = await study.trials();
  const failed = all.filter(({ state }) => state === "failed");
  const [first] = failed;
  return {
    ...{ name, objectives, best: await bestOf(study) },
    counts: { trials: all.length, failed: failed.length },
    firstError: first === undefined ? null : { trial: first.number, error: first.error ?? "" },
    trials: all.toReversed().slice(0, limit),
  };
}

async function plot(study: StudyReader, asked: Asked & { readonly file: string }) {
  const { file, chart, params } = asked;
  const isPng = /\.png$/i.test(file);
  if (!isPng && !/\.svg$/i.test(file)) return fail("cli/unsupported-picture", { file });
  const spec = await chartOf(study, chart, namesOf(params) ?? []);
  await writeFile(file, isPng ? await renderPng(spec) : await renderSvg(spec));
  return { written: file, what: `the ${chart} of ${JSON.stringify(study.name)}` };
}

const valuesText = (values: readonly number[] | null): string =>
  values === null ? "" : values.map((value) => String(Number(value.toPrecision(6)))).join(", ");

const objectivesText = (objectives: StudyReader["objectives"]): string =>
  objectives.map(({ metric, direction }) => `${direction} ${metric}`).join(", ");

function listLines(all: Awaited<ReturnType<typeof summaries>>, width: number): readonly string[] {
  if (all.length === 0) return ["no studies yet"];
  const heads = ["study", "objectives", "trials", "pruned", "failed", "best", "last (UTC)"];
  const rows = all.map((study) => {
    if (study.isNewer)
      return [shown(study.name), "written by a newer Millrace", ...["", "", "", "", ""]];
    return [
      ...[shown(study.name), shown(objectivesText(study.objectives)), String(study.trials)],
      ...[String(study.pruned), String(study.failed), valuesText(study.best)],
      moment(study.lastAtMs),
    ];
  });
  return columns([heads, ...rows], {
    width,
    right: [2, 3, 4],
    whole: [0, 2, 5, 6],
    spare: [4, 3, 6],
  });
}

function showLines(
  { name, objectives, best, counts, firstError, trials }: Shown,
  width: number,
): readonly string[] {
  const heads = ["trial", "state", "value", "params", "error"];
  const rows = (list: readonly TrialRecord[]) =>
    list.map(({ number, state, values, params, error }) => [
      ...[String(number), state, valuesText(values), paramsText(params), shown(error ?? "")],
    ]);
  const how = { width, right: [0], whole: [0, 1, 2], spare: [4] };
  const title = `${shown(name)}: ${shown(objectivesText(objectives))}`;
  if (trials.length === 0) return [title, "no trials yet"];
  const bestTitle = objectives.length === 1 ? "the best trial" : "the front";
  return [
    title,
    ...(firstError === null
      ? []
      : wrap(
          `${counts.failed} of ${count(counts.trials, "trial")} failed; the first, trial ${firstError.trial}: ${shown(firstError.error)}`,
          width,
        )),
    ...(best.length === 0 ? [] : ["", bestTitle, ...columns([heads, ...rows(best)], how)]),
    ...["", "the newest trials", ...columns([heads, ...rows(trials)], how)],
  ];
}

const paramsText = (params: TrialRecord["params"]): string =>
  Object.entries(params)
    .map(
      ([name, value]) =>
        `${name}=${typeof value === "number" ? Number(value.toPrecision(4)) : value}`,
    )
    .join(" ");
