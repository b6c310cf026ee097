export { clipGradient } from "./clip-gradient.ts";
export {
  type Descent,
  type DescentCheckpoint,
  type DescentOptions,
  type DescentProblem,
  descend,
  type Epoch,
} from "./descend.ts";
export {
  type EarlyStopping,
  type EarlyStoppingOptions,
  type EarlyStoppingState,
  earlyStopping,
} from "./early-stopping.ts";
export { type Loss, type LossOf, type LossOptions, loss } from "./loss.ts";
export {
  type Optimiser,
  type OptimiserOptions,
  type OptimiserState,
  optimiser,
} from "./optimiser.ts";
