export { serverErrors } from "./errors.ts";
export type { ArtifactPlace } from "./mlflow/artifact-store.ts";
export type { ProtocolStores } from "./mlflow/route.ts";
export {
  type PageChart,
  type PageData,
  type PageDrift,
  type PageEndpoint,
  type PageModel,
  type PageRetrain,
  type PageRun,
  pageHtml,
} from "./page/index.ts";
export { type HttpServer, type ServeHttpOptions, serveHttp } from "./serve-http.ts";
