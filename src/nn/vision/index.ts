/** @file Networks that see: presets, and images as rows. */
export { networkRows } from "./network-rows.ts";
export { type ImageNetworkName, type ImageNetworkOptions, imageNetwork, imageNetworkNames } from "./presets.ts"; // biome-ignore format: a list
