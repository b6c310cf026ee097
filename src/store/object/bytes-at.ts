/** @file Bytes by an address: a folder, `s3://…`, `az://…` or `abfss://…`. */
import type { Bytes } from "../bytes.ts";
import { fail } from "../errors.ts";
import { folderBytes } from "../folder-bytes.ts";
import { type AzureOptions, azureBytes } from "./azure-bytes.ts";
import { type S3Options, s3Bytes } from "./s3-bytes.ts";

/** What an address does not say; the rest comes from the environment. */
export interface BytesAtOptions {
  readonly s3?: Omit<S3Options, "bucket" | "prefix">;
  readonly azure?: Omit<AzureOptions, "container" | "prefix">;
}

/**
 * Bytes at an address.
 *
 * @param place - `s3://bucket/prefix` (or `s3a:`); `az://container/prefix` (or `azure:`), whose
 * account comes from the options or the environment;
 * `abfss://container@account.dfs.core.windows.net/prefix`, as Spark writes it; else a folder's path.
 * @throws `store/out-of-range-place`, and what {@link s3Bytes} and {@link azureBytes} throw
 * @example
 * ```ts
 * bytesAt("/data/lake").locate("a/b") // => "/data/lake/a/b"
 * ```
 */
export function bytesAt(place: string, options: BytesAtOptions = {}): Bytes {
  const [, scheme = "", rest = ""] = /^([a-z][a-z0-9]+):\/\/(.*)$/s.exec(place) ?? [];
  if (scheme === "") return folderBytes(place);
  const [root = "", ...path] = rest.replace(/\/+$/, "").split("/");
  const prefix = path.length === 0 ? {} : { prefix: path.join("/") };
  if (scheme === "s3" || scheme === "s3a")
    return s3Bytes({ ...options.s3, bucket: root, ...prefix });
  if (scheme === "az" || scheme === "azure")
    return azureBytes({ ...options.azure, container: root, ...prefix });
  const [container = "", host = ""] = root.split("@");
  if (/^abfss?$/.test(scheme) && /^[a-z0-9]+\.dfs\./.test(host)) {
    const account = host.slice(0, host.indexOf("."));
    const endpoint = `https://${host.replace(".dfs.", ".blob.")}`;
    return azureBytes({ endpoint, account, ...options.azure, container, ...prefix });
  }
  return fail("store/out-of-range-place", {
    at: "bytesAt",
    what: `the address that begins with "${scheme}://"`,
    expected:
      "a folder, s3://bucket/prefix, az://container/prefix or abfss://container@account.dfs.core.windows.net/prefix",
  });
}
