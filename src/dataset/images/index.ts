/** @file Images: drawn by chance, read from files, taken apart. */
export { type DigitsOptions, digits } from "./digits.ts";
export {
  classNumber,
  type Images,
  imageBytes,
  imagesDataset,
  imagesOfClasses,
  takeImages,
} from "./images.ts";
export { type MnistOptions, mnist } from "./mnist.ts";
export { type CifarOptions, readCifar } from "./read-cifar.ts";
export { type IdxFiles, readIdx } from "./read-idx.ts";
export { readPngFolder } from "./read-png-folder.ts";
export { patterns, type ScenesOptions, scenes } from "./scenes.ts";
