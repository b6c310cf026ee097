/** @file Two networks side by side on one image. */
import { checkChoice, checkNames, random } from "../../core/index.ts";
import { type Images, takeImages } from "../../dataset/index.ts";
import { fail } from "../errors.ts";
import { type ImageJudge, likeliestOf, probabilitiesOf } from "./confidence.ts";

/** Options of {@link compareNetworks}. */
export interface CompareOptions {
  /** The image of which the first network is least or most sure, or any. Default "lowest". */
  readonly mode?: "lowest" | "highest" | "random";
  /** Only images of this class. Default all. */
  readonly class?: string;
  /** Of the random image: whole. Default 0. */
  readonly seed?: number;
}

/** What a network says of one image. */
export interface NetworkAnswer {
  readonly answer: string;
  readonly top: number;
  readonly isRight: boolean;
  readonly probabilities: readonly number[];
  /** Of all images that were looked at, the share of right answers. */
  readonly accuracy: number;
}

/** Two answers to one image. */
export interface NetworkComparison {
  /** The number of the image. */
  readonly row: number;
  readonly class: string;
  readonly first: NetworkAnswer;
  readonly second: NetworkAnswer;
  /** Of how many images it was chosen, and of how many the two networks say the same. */
  readonly rows: number;
  readonly agreed: number;
}

/**
 * What two networks say of one image, which is chosen by how sure the first is of it.
 *
 * @param judges - Two networks for the same images.
 * @param images - With labels, n ≥ 1.
 * @param options - See {@link CompareOptions}.
 * @throws `nn/unknown-class`, `nn/missing-rows` where the class has no image, `nn/mismatch-network`, `option/out-of-range`,
 *   `option/unknown-name`
 */
export async function compareNetworks(
  judges: readonly [ImageJudge, ImageJudge],
  images: Images,
  options: CompareOptions = {},
): Promise<NetworkComparison> {
  const at = "compareNetworks";
  checkNames(at, options, ["mode", "class", "seed"]);
  const mode = checkChoice(at, { mode: options.mode ?? "lowest" }, ["lowest", "highest", "random"]);
  const places = placesOf(images, options.class);
  const some = takeImages(images, places);
  const told = [
    await probabilitiesOf(at, judges[0], some),
    await probabilitiesOf(at, judges[1], some),
  ] as const;
  const k = images.classes.length;
  const [one, two] = [likeliestOf(told[0], k), likeliestOf(told[1], k)];
  const row = chosenRow(mode, one.tops, options.seed ?? 0);
  const answer = (which: 0 | 1, { answers, tops }: typeof one): NetworkAnswer => ({
    ...{ answer: images.classes[answers[row] ?? 0] ?? "", top: tops[row] ?? 0 },
    isRight: answers[row] === some.labels[row],
    probabilities: Array.from(told[which].subarray(row * k, (row + 1) * k)),
    accuracy: answers.filter((said, i) => said === some.labels[i]).length / some.rows,
  });
  return {
    ...{ row: places[row] ?? 0, class: images.classes[some.labels[row] ?? 0] ?? "" },
    ...{ first: answer(0, one), second: answer(1, two), rows: some.rows },
    agreed: one.answers.filter((said, i) => said === two.answers[i]).length,
  };
}

/** Numbers of the images of a class, or of all. */
function placesOf({ labels, classes }: Images, name: string | undefined): readonly number[] {
  const all = Array.from(labels.keys());
  if (name === undefined) return all;
  const wanted = classes.indexOf(name);
  if (wanted < 0) fail("nn/unknown-class", { at: "compareNetworks", name, classes });
  const found = all.filter((i) => labels[i] === wanted);
  if (found.length === 0)
    fail("nn/missing-rows", { at: `compareNetworks (class ${name})`, least: 1, got: 0 });
  return found;
}

function chosenRow(
  mode: "lowest" | "highest" | "random",
  tops: Float32Array,
  seed: number,
): number {
  if (mode === "random") return random(seed).stream("compare").below(tops.length);
  const sign = mode === "lowest" ? 1 : -1;
  return tops.reduce((best, top, i) => (sign * top < sign * (tops[best] ?? 0) ? i : best), 0);
}
