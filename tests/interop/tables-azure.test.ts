import { azurite } from "./object-storages.ts";
import { runTableSuites } from "./table-suites.ts";

runTableSuites(azurite);
