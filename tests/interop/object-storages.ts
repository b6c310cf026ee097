/** @file The object stores that the interop tests run on: how to start each and how to open it. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { ContainerClient, StorageSharedKeyCredential } from "@azure/storage-blob";
import { azureBytes, type Bytes, type ObjectOptions, s3Bytes } from "../../src/store/index.ts";
import {
  azuriteProgram,
  type Program,
  type RunningServer,
  startServer,
  versitygwProgram,
} from "./object-servers.ts";

/** A server, and how to open stores in it. */
export interface Storage {
  readonly name: string;
  readonly program: Program;
  start(folder: string): Promise<RunningServer>;
  /** Makes the bucket. */
  prepare(server: RunningServer, folder: string): Promise<void>;
  open(
    url: string,
    options: ObjectOptions & { readonly bucket?: string; readonly wrongKey?: boolean },
  ): Bytes;
  /** The address of a store, the variables that another process opens it by, and what delta-rs takes for them. */
  address(url: string, prefix: string): Address;
}

/** Where a store is. */
export interface Address {
  readonly place: string;
  readonly env: Readonly<Record<string, string>>;
  readonly peer: {
    readonly place: string;
    readonly storageOptions: Readonly<Record<string, string>>;
  };
}

const bucket = "bucket";
const noCommand: readonly string[] = [];

/** The account and the key that every Azurite has. */
const account = "devstoreaccount1";
const accountKey =
  "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

const azuriteFound = azuriteProgram();
/** Azure Blob by Azurite. */
export const azurite: Storage = {
  name: "Azurite",
  program: azuriteFound,
  start: (folder) =>
    startServer(azuriteFound.command ?? noCommand, {
      argumentsFor: (port) => [
        ...["--blobHost", "127.0.0.1", "--blobPort", String(port), "--location", folder],
        ...["--silent", "--skipApiVersionCheck", "--disableTelemetry"],
      ],
    }),
  prepare: async (server) => {
    const credential = new StorageSharedKeyCredential(account, accountKey);
    await new ContainerClient(`${server.url}/${account}/${bucket}`, credential).create();
    await server.kill("SIGTERM"); // Azurite writes what it knows to the disk every 5 s, and at its end
    await server.start();
  },
  open: (url, { bucket: container = bucket, wrongKey = false, ...options }) =>
    azureBytes({
      ...options,
      endpoint: `${url}/${account}`,
      account,
      accountKey: wrongKey ? Buffer.from("wrong").toString("base64") : accountKey,
      container,
    }),
  address: (url, prefix) => ({
    place: `az://${bucket}/${prefix}`,
    env: {
      AZURE_STORAGE_CONNECTION_STRING: `AccountName=${account};AccountKey=${accountKey};BlobEndpoint=${url}/${account}`,
    },
    peer: {
      // delta-rs 1.2 drops the first folder of an az: address
      place: `abfss://${bucket}@${account}.dfs.core.windows.net/${prefix}`,
      storageOptions: {
        azure_storage_account_name: account,
        azure_storage_account_key: accountKey,
        azure_storage_endpoint: `${url}/${account}`,
        allow_http: "true",
      },
    },
  }),
};

const keys = { accessKeyId: "someone", secretAccessKey: "something" };

const versitygwFound = versitygwProgram();
/** S3 by versitygw. */
export const versitygw: Storage = {
  name: "versitygw",
  program: versitygwFound,
  start: (folder) =>
    startServer(versitygwFound.command ?? noCommand, {
      argumentsFor: (port) => ["--port", `127.0.0.1:${port}`, "--quiet", "posix", folder],
      env: { ROOT_ACCESS_KEY: keys.accessKeyId, ROOT_SECRET_KEY: keys.secretAccessKey },
    }),
  prepare: async (_, folder) => void mkdirSync(join(folder, bucket)),
  open: (url, { bucket: name = bucket, wrongKey = false, ...options }) =>
    s3Bytes({
      ...options,
      endpoint: url,
      bucket: name,
      credentials: wrongKey ? { ...keys, secretAccessKey: "wrong" } : keys,
    }),
  address: (url, prefix) => ({
    place: `s3://${bucket}/${prefix}`,
    env: {
      AWS_ENDPOINT_URL_S3: url,
      AWS_ACCESS_KEY_ID: keys.accessKeyId,
      AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
    },
    peer: {
      place: `s3://${bucket}/${prefix}`,
      storageOptions: {
        aws_endpoint: url,
        aws_region: "us-east-1",
        aws_access_key_id: keys.accessKeyId,
        aws_secret_access_key: keys.secretAccessKey,
        allow_http: "true",
        aws_conditional_put: "etag",
      },
    },
  }),
};
