export { type BytePairTokeniserOptions, bytePairTokeniser } from "./byte-pair-tokeniser.ts";
export { specials, type Tokeniser, type TokeniserRule } from "./tokeniser.ts";
export { tokeniserOf } from "./tokeniser-of.ts";
export { type WordTokeniserOptions, wordTokeniser } from "./word-tokeniser.ts";
