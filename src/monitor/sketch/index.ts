export type { LabelSketch } from "./label-sketch.ts";
export type { NumberSketch } from "./number-sketch.ts";
export { sketchRows } from "./sketch-rows.ts";
export { type SketchedTable, type SketchTableOptions, sketchTable } from "./sketch-table.ts";
export {
  type ColumnSketch,
  mergeSketches,
  type TableSketch,
  type TextSketch,
} from "./table-sketch.ts";
