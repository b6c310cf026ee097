export { type Clock, type Ids, randomIds, seededIds, steppingClock, systemClock } from "./clock.ts";
export {
  type Catalogue,
  caller,
  callUser,
  conflict,
  type DetailsOf,
  type ErrorEntry,
  type ErrorKind,
  environment,
  errorKinds,
  type Fail,
  failWith,
  invariant,
  isMillraceError,
  MillraceError,
  notFound,
  retold,
} from "./errors.ts";
export { type Damaged, type Fields, type FieldsOptions, fieldsOf, isRecord } from "./fields.ts";
export { hashOf, hashOfJson } from "./hash.ts";
export { formatJson, jsonErrors, parseJson } from "./json.ts";
export { formatLiteral, literalKey } from "./literal.ts";
export {
  type Bounds,
  checkChoice,
  checkDate,
  checkNames,
  checkNumber,
  optionErrors,
} from "./options.ts";
export type { LongWork, Progress } from "./progress.ts";
export { type Ordered, quantileOf } from "./quantile.ts";
export { type Random, random } from "./random.ts";
export {
  chiSquareTail,
  fisherTail,
  incompleteBeta,
  logGamma,
  normalQuantile,
  normalTails,
  studentQuantile,
  studentTails,
  upperGamma,
} from "./tails.ts";
export { cutTo, padTo, widthOf } from "./text-width.ts";
export { type Validity, validityOf } from "./validity.ts";
export { count, didYouMean, list, quote, shown } from "./words.ts";
