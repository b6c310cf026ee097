export {
  type Nearest,
  type NearestOptions,
  type NearestRows,
  openNearest,
  type RowDistance,
} from "./open-nearest.ts";
