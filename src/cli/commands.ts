/** @file All commands, by group, in the order of the flow. */

import { annotate } from "./annotate.ts";
import { attach } from "./attach.ts";
import { automl } from "./automl.ts";
import { changes } from "./changes.ts";
import { check } from "./check.ts";
import { checkpoint } from "./checkpoint.ts";
import { cluster } from "./cluster.ts";
import type { CommandGroup } from "./command.ts";
import { create } from "./create.ts";
import { demo } from "./demo.ts";
import { describe } from "./describe.ts";
import { docs } from "./docs.ts";
import { drift } from "./drift.ts";
import { drop } from "./drop.ts";
import { executable } from "./execute.ts";
import { explain } from "./explain.ts";
import { exportTable } from "./export.ts";
import { featureTables } from "./features.ts";
import { forecast } from "./forecast.ts";
import { grant } from "./grant.ts";
import { grants } from "./grants.ts";
import { history } from "./history.ts";
import { ingestFiles } from "./ingest.ts";
import { leaks } from "./leaks.ts";
import { lineage } from "./lineage.ts";
import { model } from "./model.ts";
import { optimize } from "./optimize.ts";
import { profile } from "./profile.ts";
import { restore } from "./restore.ts";
import { revoke } from "./revoke.ts";
import { serve } from "./serve.ts";
import { models, runs, tables } from "./show.ts";
import { sql } from "./sql.ts";
import { studies } from "./studies.ts";
import { vacuum } from "./vacuum.ts";
import { volumes } from "./volumes.ts";

/** What `millrace --help` lists. */
export const commandGroups: readonly CommandGroup[] = [
  { title: "All of it at once", rooms: [], commands: [executable(demo)] },
  {
    title: "Tables",
    rooms: ["table"],
    commands: [
      executable(ingestFiles),
      executable(tables),
      executable(describe),
      executable(history),
      executable(changes),
      executable(sql),
      executable(lineage),
      executable(exportTable),
      executable(restore),
      executable(optimize),
      executable(vacuum),
    ],
  },
  {
    title: "Catalog",
    rooms: ["table"],
    commands: [
      executable(volumes),
      executable(create),
      executable(annotate),
      executable(grants),
      executable(grant),
      executable(revoke),
      executable(drop),
    ],
  },
  {
    title: "Validation",
    rooms: ["check"],
    commands: [
      executable(profile),
      executable(check),
      executable(checkpoint),
      executable(attach),
      executable(docs),
    ],
  },
  {
    title: "Features",
    rooms: ["feature"],
    commands: [executable(featureTables), executable(leaks)],
  },
  {
    title: "Learning",
    rooms: ["cluster", "forecast", "tune"],
    commands: [executable(cluster), executable(forecast), executable(automl), executable(studies)],
  },
  {
    title: "Models",
    rooms: ["run", "registry"],
    commands: [executable(runs), executable(models), executable(model), executable(explain)],
  },
  {
    title: "Operation",
    rooms: ["serve", "monitor"],
    commands: [executable(serve), executable(drift)],
  },
];
