export { type ArmaProcess, type ArmaRun, armaRun, armaShocks, shockWeights } from "./arma.ts";
export { type ColumnFit, fitColumns, leverageOf } from "./fit-columns.ts";
export {
  type SmoothForm,
  type SmoothRun,
  type SmoothSeason,
  smoothLoss,
  smoothRun,
  smoothWidth,
} from "./smooth.ts";
