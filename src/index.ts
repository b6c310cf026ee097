/** @file The front door: everything Millrace has, in the order of the flow. */
// biome-ignore-all assist/source/organizeImports: the order is the flow's
export * from "./core/index.ts";
export type * from "./flow.ts";
export * from "./tensor/index.ts";
export * from "./store/index.ts";
export * from "./table/index.ts";
export * from "./check/index.ts";
export * from "./feature/index.ts";
export * from "./dataset/index.ts";
export * from "./metric/index.ts";
export * from "./model/index.ts";
export * from "./nn/index.ts";
export * from "./cluster/index.ts";
export * from "./forecast/index.ts";
export * from "./tune/index.ts";
export * from "./run/index.ts";
export * from "./registry/index.ts";
export * from "./pipeline/index.ts";
export * from "./serve/index.ts";
export * from "./monitor/index.ts";
export * from "./plot/index.ts";
export * from "./workspace/index.ts";
export * from "./server/index.ts";
