/** @file A pipeline as text for people. */
import { padTo, widthOf } from "../core/index.ts";
import type { Pipeline } from "./pipeline.ts";
import type { Step } from "./step.ts";

/**
 * Draws the steps in the order they run, one a line, with what each needs and its limits.
 *
 * @example
 * ```ts
 * const clean = step({ name: "clean", run: async () => null });
 * const train = step({ name: "train", needs: ["clean"], retries: 2, run: async () => null });
 * drawPipeline(pipeline("churn", [clean, train])) // => "churn\n  1  clean\n  2  train  after clean · 2 retries\n"
 * ```
 */
export function drawPipeline({ name, steps }: Pipeline): string {
  const width = Math.max(...steps.map((step) => widthOf(step.name)));
  const digits = `${steps.length}`.length;
  const lines = steps.map((step, i) => {
    const number = `${i + 1}`.padStart(digits);
    return `  ${number}  ${padTo(step.name, width)}  ${notesOf(step)}`.trimEnd();
  });
  return `${[name, ...lines].join("\n")}\n`;
}

function notesOf({ needs, version, retries, timeoutMs }: Step): string {
  const notes = [
    needs.length > 0 ? `after ${needs.join(", ")}` : "",
    version > 1 ? `version ${version}` : "",
    retries === 1 ? "1 retry" : retries > 1 ? `${retries} retries` : "",
    timeoutMs === null ? "" : `at most ${timeoutMs / 1000} s`,
  ];
  return notes.filter((note) => note !== "").join(" · ");
}
