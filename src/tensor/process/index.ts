/** @file Gaussian processes: fitted to values at points, and asked what to expect elsewhere. */
export {
  fitKernel,
  type Gp,
  type GpData,
  type GpKernel,
  gaussianProcess,
} from "./gaussian-process.ts";
