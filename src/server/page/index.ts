export { pageHtml } from "./page.ts";
export type {
  PageChart,
  PageData,
  PageDrift,
  PageEndpoint,
  PageModel,
  PageRetrain,
  PageRun,
} from "./page-data.ts";
export { stylesheet } from "./stylesheet.ts";
