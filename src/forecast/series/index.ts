export {
  type MissingTimes,
  type Series,
  type SeriesInput,
  type SeriesOptions,
  series,
  seriesHead,
} from "./series.ts";
export { type SeriesColumns, seriesOf } from "./series-of.ts";
