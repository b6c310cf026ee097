/** @file What kind of file a name says that it is. */
import { extname } from "node:path";

const types: Readonly<Record<string, string>> = {
  ".csv": "text/csv",
  ".gif": "image/gif",
  ".html": "text/html",
  ".jpg": "image/jpeg",
  ".jpeg": "image/jpeg",
  ".json": "application/json",
  ".md": "text/markdown",
  ".pdf": "application/pdf",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain",
  ".yaml": "application/yaml",
  ".yml": "application/yaml",
};

/** The media type of a file; that of plain texts where the name is one that MLflow writes, and of bytes where nothing is known. */
export const mediaType = (name: string): string =>
  name === "MLmodel"
    ? "text/plain"
    : (types[extname(name).toLowerCase()] ?? "application/octet-stream");
