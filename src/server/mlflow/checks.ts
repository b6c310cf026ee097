/** @file What the protocol takes: keys, lengths and batches, refused with MLflow's sentences. */
import { posix } from "node:path";
import { logKeyFault } from "../../run/index.ts";
import { refuse } from "./answer-error.ts";

/** The longest texts, in characters. */
export const longest = {
  key: 250,
  param: 6000,
  tag: 8000,
  experimentName: 500,
  experimentTag: 20_000,
  registryTag: 100_000,
  alias: 255,
  datasetName: 500,
  datasetDigest: 36,
  datasetSource: 65_535,
  datasetSchema: 1_048_575,
  datasetProfile: 16_777_215,
  inputTagKey: 255,
  inputTagValue: 500,
} as const;

const invalid = (message: string): never => refuse("INVALID_PARAMETER_VALUE", message);

/** MLflow's sentence about a value that is none. */
export const invalidValue = (path: string, value: unknown, why = ""): string =>
  `Invalid value ${JSON.stringify(value)} for parameter '${path}' supplied${why === "" ? "." : `: ${why}`}`;

/** Refuses a key that is no name, or that reads like a path out of place. */
export function checkName(name: string, path: string): void {
  const fault = logKeyFault(name);
  if (fault === "characters")
    invalid(
      invalidValue(
        path,
        name,
        "Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and slashes (/).",
      ),
    );
  const normal = name === "" ? "." : posix.normalize(name);
  if (fault === "path")
    invalid(
      invalidValue(
        path,
        name,
        `Names may be treated as files in certain cases, and must not resolve to other names when treated as such. This name would resolve to '${normal.replace(/(.)\/$/, "$1")}'`,
      ),
    );
}

/** Refuses a text that is too long. */
export function checkLength(path: string, most: number, value: string | undefined): void {
  if ((value?.length ?? 0) > most)
    invalid(`'${path}' exceeds the maximum length of ${most} characters`);
}

/** Refuses a name of an experiment that is none. */
export function checkExperimentName(name: string): void {
  if (name === "") invalid("Invalid experiment name: ''");
  checkLength("name", longest.experimentName, name);
}

/** A metric as a request has it. */
export interface GivenMetric {
  readonly key: string;
  readonly value: number;
  readonly timestamp: number;
  readonly step?: number;
}

/** Refuses a metric that is none. `path` is "" or "metrics[0]". */
export function checkMetric({ key, value, timestamp }: GivenMetric, path: string): void {
  checkName(key, inPath(path, "name"));
  if (timestamp < 0)
    invalid(
      invalidValue(
        inPath(path, "timestamp"),
        timestamp,
        `metric '${key}' (value=${value}). Timestamp must be a nonnegative long (64-bit integer) `,
      ),
    );
  checkLength("Metric name", longest.key, key);
}

/** Refuses a param that is none. */
export function checkParam(
  { key, value = "" }: { readonly key: string; readonly value?: string },
  path: string,
): void {
  checkName(key, inPath(path, "key"));
  checkLength("Param key", longest.key, key);
  checkLength("Param value", longest.param, value);
}

/** Refuses a tag of a run that is none. */
export function checkTag(
  { key, value = "" }: { readonly key: string; readonly value?: string },
  path: string,
): void {
  checkName(key, inPath(path, "key"));
  checkLength(inPath(path, "key"), longest.key, key);
  checkLength(inPath(path, "value"), longest.tag, value);
}

/** Refuses a tag of an experiment that is none. */
export function checkExperimentTag({
  key,
  value = "",
}: {
  readonly key: string;
  readonly value?: string;
}): void {
  checkName(key, "key");
  checkLength("key", longest.key, key);
  checkLength("value", longest.experimentTag, value);
}

/** Refuses a batch that is too large. */
export function checkBatch(counts: {
  readonly metrics: number;
  readonly params: number;
  readonly tags: number;
}): void {
  const { metrics, params, tags } = counts;
  checkCount("metrics", 1000, metrics);
  checkCount("params", 100, params);
  checkCount("tags", 100, tags);
  checkCount("metrics, params, and tags", 1000, metrics + params + tags);
}

function checkCount(what: string, most: number, got: number): void {
  if (got > most)
    invalid(
      `A batch logging request can contain at most ${most} ${what}. Got ${got} ${what}. Please split up ${what} across multiple requests and try again.`,
    );
}

const inPath = (path: string, name: string): string => (path === "" ? name : `${path}.${name}`);
