/** @file `millrace learn`: four lessons of classic learning, each from nothing, held against stored metrics. */
import { join, resolve } from "node:path";
import { invariant, type LongWork, type Progress } from "../core/index.ts";
import { renderSvg } from "../plot/index.ts";
import { folderBytes } from "../store/index.ts";
import { openWorkspace, type Workspace } from "../workspace/index.ts";
import { command } from "./command.ts";
import { fail } from "./errors.ts";
import { california } from "./learn/california.ts";
import { churnBoost } from "./learn/churn-boost.ts";
import { churnLogistic } from "./learn/churn-logistic.ts";
import { iris } from "./learn/iris.ts";
import { type JudgedMetric, judgeMetrics, type References, references } from "./learn/judge.ts";
import type { Lesson, LessonResult } from "./learn/lesson.ts";
import { columns, wrap } from "./text.ts";
import { dir } from "./workspace-folder.ts";

const names = ["california", "churn-logistic", "churn-boost", "iris"] as const;
type LessonName = (typeof names)[number];

/** The lessons, in the order of the workshop. */
export const lessons: Readonly<Record<LessonName, Lesson>> = {
  california,
  "churn-logistic": churnLogistic,
  "churn-boost": churnBoost,
  iris,
};

/** A lesson that was held. */
interface Held extends Pick<Lesson, "title" | "program"> {
  readonly name: LessonName;
  readonly data: string;
  readonly steps: readonly string[];
  readonly warnings: readonly string[];
  /** What the trivial answer beside the metrics is. */
  readonly trivial: string;
  readonly metrics: readonly JudgedMetric[];
  /** Null where the data are the user's own. */
  readonly agrees: boolean | null;
  readonly run: string;
  readonly pictures: readonly string[];
}

/** Makes the command; tests hold its lessons against references of their own. */
export const learnWith = (stored: References) =>
  command({
    name: "learn",
    summary: "Four lessons of classic learning, each held against stored metrics.",
    about: [
      "A number (California housing, least squares), yes or no (Telco churn, a grid of logistic regressions, and boosted trees) and groups",
      "(iris, k-means). Each begins from nothing, takes seconds, and shows its metrics beside the most trivial answer and beside those that",
      "are stored for the same seed: exit code 1 where they do not agree. The irises are Fisher's own; the housing blocks and customers are",
      "seeded twins, made because the originals may not be given on, so the metrics are near those of the originals and not the same.",
      "Each lesson leaves tables `learn.…`, and a run with its params, metrics, pictures and model in the experiment `learn`.",
    ],
    arguments: {
      lesson: {
        type: "string",
        choices: names,
        optional: true,
        help: "which one; all if not given",
      },
    },
    options: {
      csv: {
        type: "string",
        value: "FILE",
        help: "of california: a file of your own with the columns MedInc … MedHouseVal; nothing is stored to hold it against",
      },
      out: { type: "string", value: "FOLDER", help: "write the pictures here too, as SVG" },
      dir,
    },
    examples: [
      "learn",
      "learn california --out pictures",
      "learn california --csv housing.csv",
      "learn iris --json",
    ],
    run: async ({ lesson, csv, out, dir }, { reporter, signal }) => {
      if (csv !== undefined && lesson === undefined)
        fail("cli/mismatch-option", {
          command: "learn",
          option: "csv",
          expected: "the lesson california beside it",
          got: csv,
        });
      await using workspace = await openWorkspace(dir);
      const held: Held[] = [];
      for (const name of lesson === undefined ? names : [lesson]) {
        signal.throwIfAborted();
        const task = { workspace, csv, out: folderOf(out, name, lesson), held: stored[name] ?? {} };
        const teach = (progress: Progress): Promise<Held> => hold(name, task, { signal, progress });
        held.push(await reporter.stage(`learn ${name}`, teach, () => null));
      }
      return { lessons: held, dir };
    },
    data: ({ lessons }) => ({ lessons, agrees: agreeAll(lessons) }),
    render: ({ lessons, dir }, { width, program }) => [
      ...lessons.flatMap((one) => [...linesOf(one, Math.min(width, 110)), ""]),
      ...verdict(lessons, { width, program, dir }),
    ],
    isBad: ({ lessons }) => agreeAll(lessons) === false,
  });

export const learn = learnWith(references);

interface HoldTask {
  readonly workspace: Workspace;
  readonly csv: string | undefined;
  readonly out: string | null;
  /** What its metrics are held against, unless the data are the user's. */
  readonly held: References[string];
}

/** Where pictures go: those of one lesson into the folder, those of all into one each. */
const folderOf = (
  out: string | undefined,
  name: LessonName,
  only: LessonName | undefined,
): string | null => (out === undefined ? null : resolve(out, only === undefined ? name : "."));

/** Holds one lesson: teaches, keeps a run of it, and judges the metrics. */
async function hold(name: LessonName, task: HoldTask, work: Required<LongWork>): Promise<Held> {
  const { workspace, csv, out } = task;
  const lesson = lessons[name];
  const told = await lesson.teach({ workspace, csv, ...work });
  const pictures = await Promise.all(
    Object.entries(told.figures).map(async ([figure, spec]) => ({
      file: `${figure}.svg`,
      bytes: Buffer.from(await renderSvg(spec)),
    })),
  );
  const run = await keep(lesson, told, { workspace, pictures });
  if (out !== null) for (const { file, bytes } of pictures) await folderBytes(out).put(file, bytes);
  const metrics = judgeMetrics(told.metrics, told.baseline, csv === undefined ? task.held : null);
  const { title, program, baseline: trivial } = lesson;
  const { data, steps, warnings } = told;
  return {
    ...{ name, title, program, data, steps, warnings, trivial, metrics, run },
    agrees: csv === undefined ? metrics.every(({ agrees }) => agrees === true) : null,
    pictures: out === null ? [] : pictures.map(({ file }) => join(out, file)),
  };
}

/** Keeps a lesson as a run; gives its id. */
async function keep(
  lesson: Lesson,
  { data, params, metrics, learned }: LessonResult,
  {
    workspace,
    pictures,
  }: {
    readonly workspace: Workspace;
    readonly pictures: readonly { readonly file: string; readonly bytes: Uint8Array }[];
  },
): Promise<string> {
  await using run = await workspace.tracking.startRun({ experiment: "learn", name: lesson.run });
  await run.logTags({ data });
  await run.logParams(params);
  await run.logMetrics(metrics);
  for (const { file, bytes } of pictures) await run.logArtifact(`figures/${file}`, bytes);
  if ("model" in learned) await run.logModel(learned.model, { inputExample: learned.example });
  else
    for (const [file, bytes] of Object.entries(learned.files))
      await run.logArtifact(`model/${file}`, bytes);
  await run.end();
  return run.id;
}

/** Whether all lessons agree; null where none was judged. */
function agreeAll(lessons: readonly Held[]): boolean | null {
  invariant(lessons.length > 0, "a lesson was held");
  return lessons.every(({ agrees }) => agrees === null)
    ? null
    : lessons.every(({ agrees }) => agrees !== false);
}

const short = (value: number | null | undefined): string =>
  value === null || value === undefined
    ? "–"
    : Number.isInteger(value)
      ? String(value)
      : value.toFixed(4);
const mark = (agrees: boolean | null): string => (agrees === null ? "" : agrees ? "✓" : "✗");

function linesOf(held: Held, width: number): readonly string[] {
  const { title, data, steps, trivial, metrics, warnings, run, pictures, program, agrees } = held;
  const isJudged = agrees !== null;
  const heading = ["metric", "here", "trivial", ...(isJudged ? ["stored", "±", "known", ""] : [])];
  const rows = metrics.map(({ name, value, baseline, reference, agrees: agreed }) => [
    ...[name, short(value), short(baseline)],
    ...(isJudged
      ? [
          short(reference?.value),
          reference === null ? "–" : String(reference.tolerance),
          short(reference?.known),
          mark(agreed),
        ]
      : []),
  ]);
  const hasKnown = metrics.some(({ reference }) => (reference?.known ?? null) !== null);
  return [
    title,
    ...wrap(`Data: ${data}.`, width - 2).map((line) => `  ${line}`),
    ...steps.flatMap((step) => wrap(`· ${step}`, width - 2).map((line) => `  ${line}`)),
    ...columns([heading, ...rows], { right: [1, 2, 3, 4, 5], width, indent: "  " }),
    ...wrap(
      `trivial: ${trivial}${hasKnown && isJudged ? "; known: on the original data, by the workshop's tools" : ""}`,
      width - 2,
    ).map((line) => `  ${line}`),
    ...warnings.flatMap((warning) => wrap(`⚠ ${warning}`, width - 2).map((line) => `  ${line}`)),
    ...pictures.map((path) => `  picture: ${path}`),
    `  run ${run}; the program to read and change: ${program}`,
  ];
}

function verdict(
  lessons: readonly Held[],
  {
    width,
    program,
    dir,
  }: { readonly width: number; readonly program: string; readonly dir: string },
): readonly string[] {
  const off = lessons.flatMap(({ name, metrics }) =>
    metrics.filter(({ agrees }) => agrees === false).map((metric) => `${name} ${metric.name}`),
  );
  const judged = agreeAll(lessons);
  if (judged === null)
    return wrap("The file is yours: nothing is stored to hold it against.", width);
  return judged
    ? wrap(
        `All metrics agree with those stored. \`${program} runs --dir ${dir}\` lists the runs.`,
        width,
      )
    : wrap(`✗ These metrics do not agree with those stored: ${off.join(", ")}.`, width);
}
