/** @file What LightGBM's objectives mean, and how a predictor's meaning is written as one. */
import type { TaskKind } from "../../flow.ts";
import type { TreeLink } from "../tree/links.ts";
import { corrupt, unsupported } from "./problems.ts";

/** Task, link, and what sums are multiplied by. */
export interface ObjectiveMeaning {
  readonly task: TaskKind;
  readonly link: TreeLink;
  readonly scale: number;
}

const at = "lightgbmModel";
const exp: readonly string[] = ["poisson", "gamma", "tweedie"];
const identity: readonly string[] = [
  ...["regression", "regression_l1", "huber", "fair", "quantile", "mape"],
  ...["lambdarank", "rank_xendcg"],
];

const named: Readonly<Record<string, readonly [TaskKind, TreeLink]>> = {
  multiclass: ["multiclass", "softmax"],
  multiclassova: ["multiclass", "sigmoid"],
  binary: ["binary", "sigmoid"],
  cross_entropy: ["regression", "sigmoid"],
  cross_entropy_lambda: ["regression", "softplus"],
  ...Object.fromEntries(exp.map((name) => [name, ["regression", "exp"] as const])),
  ...Object.fromEntries(identity.map((name) => [name, ["regression", "identity"] as const])),
};

/** The meaning of the line `objective=`, such as "binary sigmoid:1"; raw sums where there is none. */
export function objectiveMeaning(line: string | undefined, outputs: number): ObjectiveMeaning {
  const [name = "", ...params] = (line ?? "").split(" ");
  if (name === "" || name === "custom")
    return { task: outputs > 1 ? "multiclass" : "regression", link: "identity", scale: 1 };
  const found = Object.hasOwn(named, name) ? named[name] : undefined;
  if (found === undefined)
    return unsupported(
      at,
      `the objective ${JSON.stringify(name)}`,
      `one of ${Object.keys(named).join(", ")}`,
    );
  const [task, link] = found;
  if ((task === "multiclass") !== outputs > 1)
    corrupt({ at, place: "num_tree_per_iteration" }, `what fits ${name}`, outputs);
  const isRoot = link === "identity" && params.includes("sqrt");
  const isScaled = name === "binary" || name === "multiclassova";
  return { task, link: isRoot ? "signedSquare" : link, scale: isScaled ? sigmoidOf(params) : 1 };
}

function sigmoidOf(params: readonly string[]): number {
  const written = params.find((param) => param.startsWith("sigmoid:"))?.slice("sigmoid:".length);
  const scale = Number(written ?? 1);
  return scale > 0 && scale < Infinity
    ? scale
    : corrupt({ at, place: "objective" }, "a sigmoid above 0", written);
}
