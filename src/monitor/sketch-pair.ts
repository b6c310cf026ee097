/** @file Two sketches of one column, as far as they can be compared. */
import { fail } from "./errors.ts";
import type { LabelSketch } from "./sketch/label-sketch.ts";
import type { NumberSketch } from "./sketch/number-sketch.ts";
import type { ColumnSketch, TextSketch } from "./sketch/table-sketch.ts";

/** Both sketches of a column, of one shape. */
export type Pair = { readonly column: string } & (
  | { readonly shape: "numbers"; readonly a: NumberSketch; readonly b: NumberSketch }
  | { readonly shape: "labels"; readonly a: LabelSketch; readonly b: LabelSketch }
  | { readonly shape: "texts"; readonly a: TextSketch; readonly b: TextSketch }
);
type WithoutColumn<P> = P extends unknown ? Omit<P, "column"> : never;

/** Pairs sketches; a text and a category are compared as labels. Throws `monitor/mismatch-column`. */
export function pairOf(
  { at, column }: { readonly at: string; readonly column: string },
  a: ColumnSketch,
  b: ColumnSketch,
): WithoutColumn<Pair> {
  if (a.shape === "numbers" && b.shape === "numbers") return { shape: "numbers", a, b };
  if (a.shape === "numbers" || b.shape === "numbers") {
    const word = ({ shape }: ColumnSketch): string => (shape === "numbers" ? "numbers" : "labels");
    return fail("monitor/mismatch-column", { at, column, expected: word(a), got: word(b) });
  }
  if (a.shape === "texts" && b.shape === "texts" && (a.labels.rest > 0 || b.labels.rest > 0))
    return { shape: "texts", a, b };
  const labels = (sketch: TextSketch | LabelSketch): LabelSketch =>
    sketch.shape === "texts" ? sketch.labels : sketch;
  return { shape: "labels", a: labels(a), b: labels(b) };
}
