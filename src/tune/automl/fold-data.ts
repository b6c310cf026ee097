/** @file The matrices of each fold: features fitted on its training rows alone, made once for each kind of model. */
import { dataset, type FrameFold } from "../../dataset/index.ts";
import { type Features, fitFeatures } from "../../feature/index.ts";
import type { Dataset } from "../../flow.ts";
import type { Columns } from "../../table/index.ts";

/** What is learned from and what judges, as numbers. */
export interface FoldData {
  readonly train: Dataset;
  readonly validation: Dataset;
}

/** Gives the numbers of a fold; they are made when they are first asked for. */
export type FoldNumbers = (kind: "trees" | "linear", fold: number) => Promise<FoldData>;

/** Features of each kind, and columns beside them. */
export interface FoldParts {
  readonly features: Readonly<Record<"trees" | "linear", Features<Columns>>>;
  readonly label: string;
  readonly weights?: string | undefined;
}

/** Makes {@link FoldNumbers} of some folds. */
export function foldNumbers(folds: readonly FrameFold<Columns>[], parts: FoldParts): FoldNumbers {
  const made = new Map<string, Promise<FoldData>>();
  return (kind, fold) => {
    const key = `${kind} ${fold}`;
    const known = made.get(key);
    if (known !== undefined) return known;
    const frames = folds[fold];
    if (frames === undefined) throw new RangeError(`no fold ${fold}`);
    const work = numbersOf(frames, parts, kind);
    made.set(key, work);
    return work;
  };
}

async function numbersOf(
  { train, validation }: FrameFold<Columns>,
  { features: definitions, label, weights }: FoldParts,
  kind: "trees" | "linear",
): Promise<FoldData> {
  const features = await fitFeatures(definitions[kind], train, { label });
  const beside = weights === undefined ? {} : { weights };
  return {
    train: await dataset({ features, rows: train, label, ...beside }),
    validation: await dataset({ features, rows: validation, label, ...beside }),
  };
}
