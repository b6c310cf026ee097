export { checkErrors } from "./errors.ts";
export {
  type Expectation,
  type ExpectationOptions,
  type Expectations,
  expectations,
} from "./expectation.ts";
export { type CheckReport, check, gate, type Suite, suite } from "./suite.ts";
