/** @file Bytes in a container of Azure Blob storage. */
import { checkNames } from "../../core/index.ts";
import { type AzurePlace, type AzureTokens, azureClient } from "../adapter/azure.ts";
import type { Bytes } from "../bytes.ts";
import { fail } from "../errors.ts";
import { checkEndpoint, type Environment } from "./endpoint.ts";
import { type ObjectOptions, objectBytes } from "./object-bytes.ts";

/** Which container, where, and as whom: one of a connection string, a key, a SAS and tokens. */
export interface AzureOptions extends ObjectOptions {
  readonly container: string;
  /** What the portal calls so. Default: `AZURE_STORAGE_CONNECTION_STRING`, when no `account` is given. */
  readonly connectionString?: string;
  /** Default: `AZURE_STORAGE_ACCOUNT`. */
  readonly account?: string;
  /** Default: `AZURE_STORAGE_KEY`. */
  readonly accountKey?: string;
  /** Default: `AZURE_STORAGE_SAS_TOKEN`. */
  readonly sasToken?: string;
  /** Gives tokens of Microsoft Entra ID, such as `new DefaultAzureCredential()` of `@azure/identity`. */
  readonly tokens?: AzureTokens;
  /** The account's address. Default: `https://<account>.blob.core.windows.net`. */
  readonly endpoint?: string;
}

const names = [
  ...["container", "prefix", "connectionString", "account", "accountKey", "sasToken", "tokens"],
  ...["endpoint", "tries", "backoffMs", "timeoutMs", "clock", "ids", "partSizeBytes"],
  ...["cacheFolder", "cacheSizeBytes"],
];
const at = "azureBytes";

/**
 * Bytes in a container of Azure Blob storage, as block blobs. Needs the package
 * `@azure/storage-blob`, which is loaded with the first request.
 *
 * @throws `store/missing-credentials`, `store/out-of-range-place`, `option/out-of-range`,
 * `option/unknown-name`. Its methods: what {@link Bytes} names, `store/unknown-outcome`,
 * `store/missing-package`
 * @example
 * ```ts no-run
 * const bytes = azureBytes({ account: "companydata", container: "lake", sasToken: "sv=…" });
 * await bytes.putIfAbsent("hello.txt", new TextEncoder().encode("hello"));
 * ```
 * @see Azure Storage REST API, "Specifying conditional headers". Peer: Azurite 3.37.
 */
export function azureBytes(options: AzureOptions): Bytes {
  checkNames(at, options, names);
  const { container } = options;
  if (!/^(\$root|[a-z0-9](-?[a-z0-9]){2,62})$/.test(container))
    fail("store/out-of-range-place", {
      at,
      what: `the container ${JSON.stringify(container)}`,
      expected: "a container's name: 3 to 63 of a–z, 0–9 and single hyphens",
    });
  return objectBytes(azureClient(placeOf(options, process.env)), { ...options, at });
}

function placeOf(options: AzureOptions, env: Environment): AzurePlace {
  const account = options.account ?? undefined;
  const connection =
    options.connectionString ??
    (account === undefined ? env["AZURE_STORAGE_CONNECTION_STRING"] : undefined);
  const given = connection === undefined ? namedPlace(options, env) : connected(connection);
  const { accountKey, sasToken, tokens } = given;
  if (accountKey === undefined && sasToken === undefined && tokens === undefined)
    fail("store/missing-credentials", {
      at,
      expected:
        "one of connectionString, accountKey, sasToken and tokens, or AZURE_STORAGE_CONNECTION_STRING, AZURE_STORAGE_KEY or AZURE_STORAGE_SAS_TOKEN",
    });
  const accountUrl = checkEndpoint(at, options.endpoint ?? given.accountUrl);
  return { ...given, accountUrl, container: options.container };
}

type Account = Omit<AzurePlace, "container">;

function namedPlace(options: AzureOptions, env: Environment): Account {
  const { tokens } = options;
  const account = options.account ?? env["AZURE_STORAGE_ACCOUNT"] ?? "";
  if (account === "" && options.endpoint === undefined)
    fail("store/missing-credentials", {
      at,
      expected: "an account, a connectionString, or AZURE_STORAGE_ACCOUNT",
    });
  const own = options.accountKey ?? options.sasToken ?? tokens;
  const accountKey =
    options.accountKey ?? (own === undefined ? env["AZURE_STORAGE_KEY"] : undefined);
  const sasToken =
    options.sasToken ??
    (own === undefined && accountKey === undefined ? env["AZURE_STORAGE_SAS_TOKEN"] : undefined);
  return {
    account,
    accountUrl: `https://${account}.blob.core.windows.net`,
    ...(accountKey === undefined ? {} : { accountKey }),
    ...(sasToken === undefined ? {} : { sasToken }),
    ...(tokens === undefined ? {} : { tokens }),
  };
}

/** The account that a connection string names. Its text is never shown. */
function connected(text: string): Account {
  const fields = new Map(
    text
      .split(";")
      .filter((field) => field.includes("="))
      .map((field) => {
        const [name = ""] = field.split("=", 1);
        return [name.trim(), field.slice(name.length + 1).trim()];
      }),
  );
  const account = fields.get("AccountName") ?? "";
  const endpoint = fields.get("BlobEndpoint");
  if (account === "" && endpoint === undefined)
    fail("store/out-of-range-place", {
      at,
      what: "the connection string",
      expected: "AccountName=…;AccountKey=…, or BlobEndpoint=…;SharedAccessSignature=…",
    });
  const scheme = fields.get("DefaultEndpointsProtocol") ?? "https";
  const suffix = fields.get("EndpointSuffix") ?? "core.windows.net";
  const accountKey = fields.get("AccountKey");
  const sasToken = fields.get("SharedAccessSignature");
  return {
    account,
    accountUrl: endpoint ?? `${scheme}://${account}.blob.${suffix}`,
    ...(accountKey === undefined ? {} : { accountKey }),
    ...(sasToken === undefined ? {} : { sasToken }),
  };
}
