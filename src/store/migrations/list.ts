/** @file The one ordered list of migrations. Add to its end; never change what is in it. */
import type { SchemaModule } from "../adapter/sqlite.ts";
import { type LoggedModelTables, loggedModels } from "./logged-models.ts";
import { type ModelProtocolTables, modelProtocol } from "./model-protocol.ts";
import { type PipelineTables, pipelines } from "./pipeline.ts";
import { type ProtocolTables, protocol } from "./protocol.ts";
import { type RegistryTables, registry } from "./registry.ts";
import { type StudyTables, studies } from "./studies.ts";
import { type TestLogTables, testLog } from "./test-log.ts";
import { type TrackingTables, tracking } from "./tracking.ts";

/** All tables, by name. A noun adds its tables to this type and its migration to the list. */
export interface RecordTables
  extends TrackingTables,
    RegistryTables,
    PipelineTables,
    TestLogTables,
    StudyTables,
    ProtocolTables,
    ModelProtocolTables,
    LoggedModelTables {}

/** Changes the tables from one format to the next. */
export type Migration = (schema: SchemaModule) => Promise<void>;

/** The format number of a record file is how many of these it has had. */
export const migrations: readonly Migration[] = [
  tracking,
  registry,
  pipelines,
  testLog,
  studies,
  protocol,
  modelProtocol,
  loggedModels,
];
