/** @file All commands, in the order of the flow. */
import type { AnyCommand } from "./command.ts";
import { demo } from "./demo.ts";
import { executable } from "./execute.ts";
import { serve } from "./serve.ts";
import { models, runs, tables } from "./show.ts";

/** What `millrace --help` lists. */
export const commands: readonly AnyCommand[] = [
  executable(demo),
  executable(tables),
  executable(runs),
  executable(models),
  executable(serve),
];
