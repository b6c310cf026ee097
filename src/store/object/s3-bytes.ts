/** @file Bytes in a bucket of S3, or of a server that speaks its protocol. */
import { checkNames } from "../../core/index.ts";
import { type S3Credentials, s3Client } from "../adapter/s3.ts";
import type { Bytes } from "../bytes.ts";
import { fail } from "../errors.ts";
import { checkEndpoint, type Environment } from "./endpoint.ts";
import { type ObjectOptions, objectBytes } from "./object-bytes.ts";
import { patienceOf } from "./retry.ts";

/** Which bucket, where, and as whom. */
export interface S3Options extends ObjectOptions {
  readonly bucket: string;
  /** Default: `AWS_REGION`, else `AWS_DEFAULT_REGION`, else "us-east-1". */
  readonly region?: string;
  /** A server other than Amazon's, such as `http://localhost:9000`. Default: `AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL`. */
  readonly endpoint?: string;
  /**
   * The keys, or a function that gives keys that are still good; the providers of
   * `@aws-sdk/credential-providers` are such functions. Default: `AWS_ACCESS_KEY_ID`,
   * `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`.
   */
  readonly credentials?: S3Credentials | (() => Promise<S3Credentials>);
  /** Whether the bucket stands in the path rather than in the host. Default: true with an `endpoint`. */
  readonly pathStyle?: boolean;
}

const names = [
  ...["bucket", "prefix", "region", "endpoint", "credentials", "pathStyle"],
  ...["tries", "backoffMs", "timeoutMs", "clock", "ids", "partSizeBytes"],
  ...["cacheFolder", "cacheSizeBytes"],
];

/**
 * Bytes in a bucket of S3 or of a server that speaks its protocol (MinIO, versitygw, R2, Ceph). The
 * server must honour `If-None-Match: *`; one that does not is refused at the first `putIfAbsent`.
 * Needs the package `aws4fetch`, which is loaded with the first request.
 *
 * @throws `store/missing-credentials`, `store/out-of-range-place`, `option/out-of-range`,
 * `option/unknown-name`. Its methods: what {@link Bytes} names, `store/unknown-outcome`,
 * `store/unsupported-condition`, `store/missing-package`
 * @example
 * ```ts no-run
 * const bytes = s3Bytes({ bucket: "company-data", prefix: "lake", region: "eu-central-1" });
 * await bytes.putIfAbsent("hello.txt", new TextEncoder().encode("hello"));
 * ```
 * @see Amazon S3 API reference, "Conditional writes" (2024). Peer: versitygw 1.x.
 */
export function s3Bytes(options: S3Options): Bytes {
  const at = "s3Bytes";
  checkNames(at, options, names);
  const { bucket } = options;
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]$/.test(bucket))
    fail("store/out-of-range-place", {
      at,
      what: `the bucket ${JSON.stringify(bucket)}`,
      expected: "a bucket's name, such as company-data",
    });
  const env: Environment = process.env;
  const region = options.region ?? env["AWS_REGION"] ?? env["AWS_DEFAULT_REGION"] ?? "us-east-1";
  const endpoint = options.endpoint ?? env["AWS_ENDPOINT_URL_S3"] ?? env["AWS_ENDPOINT_URL"];
  const bucketUrl = bucketUrlOf(options, { region, endpoint });
  const credentials = credentialsOf(options.credentials, env);
  const { clock } = patienceOf(at, options);
  const client = s3Client({ bucketUrl, bucket, region, credentials, clock });
  return objectBytes(client, { ...options, at });
}

function bucketUrlOf(
  { bucket, pathStyle }: S3Options,
  { region, endpoint }: { region: string; endpoint: string | undefined },
): string {
  const base = checkEndpoint("s3Bytes", endpoint ?? `https://s3.${region}.amazonaws.com`);
  // a bucket with dots in its name has no certificate of its own
  const inPath = pathStyle ?? (endpoint !== undefined || bucket.includes("."));
  return inPath ? `${base}/${bucket}` : base.replace("://", `://${bucket}.`);
}

function credentialsOf(
  given: S3Options["credentials"],
  env: Environment,
): () => Promise<S3Credentials> {
  if (typeof given === "function") return given;
  const fromEnvironment = {
    accessKeyId: env["AWS_ACCESS_KEY_ID"] ?? "",
    secretAccessKey: env["AWS_SECRET_ACCESS_KEY"] ?? "",
    ...(env["AWS_SESSION_TOKEN"] ? { sessionToken: env["AWS_SESSION_TOKEN"] } : {}),
  };
  const keys = given ?? fromEnvironment;
  if (keys.accessKeyId === "" || keys.secretAccessKey === "")
    fail("store/missing-credentials", {
      at: "s3Bytes",
      expected: "options.credentials, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    });
  return async () => keys;
}
