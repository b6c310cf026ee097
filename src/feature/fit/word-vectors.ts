/** @file Word vectors trained by skip-gram or CBOW with negative sampling. */
import { random } from "../../core/index.ts";

/** A text as the numbers of its words, and how many rows have it. */
export interface Sentence {
  readonly words: Int32Array;
  readonly rows: number;
}

/** How vectors are trained. */
export interface TrainOptions {
  /** How many different words there are, v. */
  readonly words: number;
  /** The length of a vector, s. */
  readonly size: number;
  readonly window: number;
  readonly epochs: number;
  readonly learningRate: number;
  /** How many words that are not there are drawn beside each that is. */
  readonly negatives: number;
  readonly seed: number;
  readonly kind: "skipGram" | "cbow";
}

/** Texts that many rows have are trained on as often as they are had, but not more than this in all. */
const mostSentences = 200_000;

/**
 * Trains word vectors, [v, s] row-major. Neither the order of the rows nor the machine changes a bit: the
 * sentences come in the order given, shuffled by the seed. O(epochs · words · window · negatives · s).
 *
 * @see Mikolov et al., NeurIPS 2013. Peer: gensim `Word2Vec`.
 */
export function trainVectors(sentences: readonly Sentence[], options: TrainOptions): Float64Array {
  const { words, size, epochs, learningRate, seed, kind } = options;
  const chance = random(seed).stream("word2vec");
  const start = chance.stream("start");
  const input = Float64Array.from({ length: words * size }, () => (start.next() - 0.5) / size);
  const net: Net = {
    size,
    input,
    output: new Float64Array(words * size),
    gradient: new Float64Array(size),
    hidden: new Float64Array(size),
    draw: negativeDraws(sentences, words, chance.stream("negatives")),
    negatives: options.negatives,
  };
  const order = repeated(sentences);
  const windows = chance.stream("windows");
  const total = epochs * order.length;
  let done = 0;
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (const at of chance.stream(`epoch ${epoch}`).shuffled(order.length)) {
      const rate = learningRate * Math.max(1e-4, 1 - done / total);
      done += 1;
      const sentence = sentences[order[at] ?? 0]?.words ?? new Int32Array();
      const reachOf = () => 1 + windows.below(options.window);
      for (const pair of pairsOf(sentence, { kind, reachOf })) trainPair(net, pair, rate);
    }
  }
  return input;
}

/** The sentence of each training step: each as often as rows have it, in proportion past the most. */
function repeated(sentences: readonly Sentence[]): Uint32Array {
  const rows = sentences.reduce((sum, sentence) => sum + sentence.rows, 0);
  const share = Math.min(1, mostSentences / rows);
  const times = sentences.map((sentence) => Math.max(1, Math.round(sentence.rows * share)));
  return Uint32Array.from(times.flatMap((n, i) => new Array<number>(n).fill(i)));
}

interface Net {
  readonly size: number;
  readonly input: Float64Array;
  readonly output: Float64Array;
  readonly gradient: Float64Array;
  readonly hidden: Float64Array;
  readonly negatives: number;
  /** A word by its frequency to the power of 0.75. */
  readonly draw: () => number;
}

interface Pair {
  /** The words whose mean foretells. */
  readonly from: readonly number[];
  readonly to: number;
}

/** What a sentence says about its words, one by one. */
function pairsOf(
  sentence: Int32Array,
  { kind, reachOf }: { readonly kind: TrainOptions["kind"]; readonly reachOf: () => number },
): Pair[] {
  return Array.from(sentence).flatMap((word, i): Pair[] => {
    const around = neighbours(sentence, i, reachOf());
    if (kind === "cbow") return around.length === 0 ? [] : [{ from: around, to: word }];
    return around.map((other) => ({ from: [word], to: other }));
  });
}

/** One step of gradient descent: the word that is there against some that are not. */
function trainPair(net: Net, { from, to }: Pair, rate: number): void {
  const { size, input, gradient, hidden, negatives } = net;
  hidden.fill(0);
  gradient.fill(0);
  for (const word of from) addTo(hidden, input.subarray(word * size), 1 / from.length);
  learnOne(net, to, { rate, there: 1 });
  for (let n = 0; n < negatives; n++) {
    const word = net.draw();
    if (word !== to) learnOne(net, word, { rate, there: 0 });
  }
  for (const word of from) addTo(input.subarray(word * size), gradient, 1 / from.length);
}

/** Moves the output vector of one word, and what the words that foretell it are to be moved by. */
function learnOne(
  { size, output, gradient, hidden }: Net,
  word: number,
  { rate, there }: { readonly rate: number; readonly there: 0 | 1 },
): void {
  const vector = output.subarray(word * size, (word + 1) * size);
  let product = 0;
  for (let k = 0; k < size; k++) product += (hidden[k] ?? 0) * (vector[k] ?? 0);
  const step = rate * (there - 1 / (1 + Math.exp(-product)));
  addTo(gradient, vector, step);
  addTo(vector, hidden, step);
}

/** a += factor · b, over the shorter of the two. */
function addTo(a: Float64Array, b: Float64Array, factor: number): void {
  const length = Math.min(a.length, b.length);
  for (let k = 0; k < length; k++) a[k] = (a[k] ?? 0) + factor * (b[k] ?? 0);
}

function neighbours(sentence: Int32Array, i: number, reach: number): number[] {
  const around: number[] = [];
  for (let j = Math.max(0, i - reach); j <= Math.min(sentence.length - 1, i + reach); j++)
    if (j !== i) around.push(sentence[j] ?? 0);
  return around;
}

function negativeDraws(
  sentences: readonly Sentence[],
  words: number,
  chance: { next(): number },
): () => number {
  const counts = new Float64Array(words);
  for (const { words: sentence, rows } of sentences)
    for (const word of sentence) counts[word] = (counts[word] ?? 0) + rows;
  const until = new Float64Array(words);
  let sum = 0;
  for (let word = 0; word < words; word++) {
    sum += (counts[word] ?? 0) ** 0.75;
    until[word] = sum;
  }
  return () => {
    const at = chance.next() * sum;
    let [low, high] = [0, words - 1];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((until[middle] ?? 0) <= at) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}
