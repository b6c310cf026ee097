export type { LoggedModels, NewLoggedModel } from "./logged-models.ts";
export type * from "./records.ts";
export type { LoggedModelOrder, LoggedModelSearch, MeasuredOn } from "./search.ts";
