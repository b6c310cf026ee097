export {
  type LocalOutlierFactorOptions,
  localOutlierFactor,
  type OutlierFactors,
} from "./local-outlier-factor.ts";
