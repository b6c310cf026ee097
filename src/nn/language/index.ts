export { type BytePairTokeniserOptions, bytePairTokeniser } from "./byte-pair-tokeniser.ts";
export {
  type Corpus,
  type CorpusOptions,
  type CorpusSource,
  plainText,
  readCorpus,
} from "./corpus.ts";
export { type DecoderOptions, decoder, decoderParameters } from "./decoder.ts";
export type {
  GeneratedPiece,
  GeneratedText,
  GenerateOptions,
} from "./generate.ts";
export {
  type AttentionView,
  type AttentionViewOptions,
  type LanguageModel,
  type LanguageReport,
  loadLanguageModel,
} from "./language-model.ts";
export type { SamplingOptions } from "./sample.ts";
export {
  type TextWindows,
  type TextWindowsOptions,
  type TokenRange,
  textWindows,
} from "./text-windows.ts";
export { specials, type Tokeniser, type TokeniserRule } from "./tokeniser.ts";
export { tokeniserOf } from "./tokeniser-of.ts";
export { type TrainDecoderOptions, trainDecoder } from "./train-decoder.ts";
export { type WordTokeniserOptions, wordTokeniser } from "./word-tokeniser.ts";
