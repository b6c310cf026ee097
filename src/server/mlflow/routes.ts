/** @file All places of MLflow's protocol that this server has. */
import { artifactRoutes } from "./artifacts.ts";
import { experimentRoutes } from "./experiments.ts";
import { inputRoutes } from "./inputs.ts";
import { loggedModelRoutes } from "./logged-models.ts";
import { metricRoutes } from "./metrics.ts";
import { modelRoutes } from "./models.ts";
import type { ProtocolRoute } from "./route.ts";
import { runRoutes } from "./runs.ts";

/** The places of the protocol. */
export const protocolRoutes: readonly ProtocolRoute[] = [
  ...experimentRoutes,
  ...artifactRoutes,
  ...runRoutes,
  ...inputRoutes,
  ...metricRoutes,
  ...loggedModelRoutes,
  ...modelRoutes,
];

/** The prefixes under which each place is: that of clients, and that of pages. */
export const prefixes = ["/api", "/ajax-api"] as const;
