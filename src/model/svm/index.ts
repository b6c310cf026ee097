export {
  type LinearSvmOptions,
  type LinearSvmPredictor,
  type LinearSvmState,
  linearSvm,
  linearSvmPredictor,
} from "./linear-svm.ts";
