/** @file Byte pairs beside Hugging Face's `tokenizers`: the same vocabulary from the same texts, and the same numbers for any text. */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { bytePairTokeniser } from "../../src/nn/language/index.ts";
import { openPeer } from "./peer.ts";
import { pythonWith } from "./python.ts";

const script = `
from tokenizers import Tokenizer, models, pre_tokenizers, decoders, trainers
def ids(texts, vocabulary, asked):
  t = Tokenizer(models.BPE())
  t.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
  t.decoder = decoders.ByteLevel()
  trainer = trainers.BpeTrainer(vocab_size=vocabulary, min_frequency=2, show_progress=False,
    special_tokens=["<pad>", "<unk>", "<end>"], initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
  t.train_from_iterator(texts, trainer)
  return [t.get_vocab_size(), [t.encode(one).ids for one in asked]]
`;

const folder = new URL("../../docs/guide/", import.meta.url);
const guide = readdirSync(folder)
  .filter((name) => name.endsWith(".md"))
  .map((name) => readFileSync(new URL(name, folder), "utf8"));
const odd = [
  "",
  " ",
  "  two\n\n\tspaces  ",
  "naïve 漢字 🙂 état 3.14 don't DON'T",
  "a".repeat(50),
  "\uFEFF\0 ٣ x²",
];

describe("byte pairs beside Hugging Face's tokenizers", async () => {
  const peer = openPeer(pythonWith("tokenizers"), script);

  test.each([300, 1000, 4000])("give the same numbers: a vocabulary of %d", async (vocabulary) => {
    const ours = bytePairTokeniser({ vocabulary }).fit(guide);
    const asked = [...guide.slice(0, 6), ...odd];
    const [size, theirs] = (await peer.ask("ids", { texts: guide, vocabulary, asked })) as [
      number,
      number[][],
    ];
    expect(ours.vocabulary).toBe(size);
    expect(asked.map((one) => Array.from(ours.encode(one)))).toEqual(theirs);
  });

  test("ends", async () => {
    await peer[Symbol.asyncDispose]();
  });
});
