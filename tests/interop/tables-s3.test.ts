import { versitygw } from "./object-storages.ts";
import { runTableSuites } from "./table-suites.ts";

runTableSuites(versitygw);
