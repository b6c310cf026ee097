/** @file Spaces, samplers, pruners, studies. */
export { tuneErrors } from "./errors.ts";
