import { afterEach, describe, expect, test, vi } from "vitest";
import { azureBytes, bytesAt, s3Bytes } from "../index.ts";
import { loadPackage } from "./optional-package.ts";

const keys = { accessKeyId: "someone", secretAccessKey: "very-secret" };
const variables = [
  ...["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION"],
  ...["AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"],
  ...["AZURE_STORAGE_CONNECTION_STRING", "AZURE_STORAGE_ACCOUNT", "AZURE_STORAGE_KEY"],
  "AZURE_STORAGE_SAS_TOKEN",
];

/** The environment with these storage variables and no others. */
function environment(values: Readonly<Record<string, string>> = {}): void {
  for (const name of variables) vi.stubEnv(name, values[name]);
}
afterEach(() => vi.unstubAllEnvs());

describe("s3Bytes", () => {
  test("an address is the bucket, the prefix and the key", () => {
    environment({ AWS_ACCESS_KEY_ID: "a", AWS_SECRET_ACCESS_KEY: "b" });
    expect(s3Bytes({ bucket: "data", prefix: "lake/1" }).locate("t/a")).toBe(
      "s3://data/lake/1/t/a",
    );
  });

  test("credentials that are nowhere are missing", () => {
    environment();
    const missing = { code: "store/missing-credentials", kind: "caller" };
    expect(() => s3Bytes({ bucket: "data" })).toThrow(expect.objectContaining(missing));
    const half = { accessKeyId: "a", secretAccessKey: "" };
    expect(() => s3Bytes({ bucket: "data", credentials: half })).toThrow(
      expect.objectContaining(missing),
    );
  });

  test.each([
    [{ bucket: "" }, "store/out-of-range-place"],
    [{ bucket: "a/b" }, "store/out-of-range-place"],
    [{ bucket: "data", endpoint: "ftp://host" }, "store/out-of-range-place"],
    [{ bucket: "data", endpoint: "https://me:very-secret@host" }, "store/out-of-range-place"],
    [{ bucket: "data", endpoint: "nonsense" }, "store/out-of-range-place"],
    [{ bucket: "data", prefix: "/lake" }, "store/out-of-range-key"],
    [{ bucket: "data", tries: 0 }, "option/out-of-range"],
    [{ bucket: "data", timeoutMs: 0 }, "option/out-of-range"],
    [{ bucket: "data", backoffMs: -1 }, "option/out-of-range"],
    [{ bucket: "data", partSizeBytes: 1 }, "option/out-of-range"],
    [{ bucket: "data", cacheSizeBytes: -1 }, "option/out-of-range"],
    [{ bucket: "data", buckets: 1 }, "option/unknown-name"],
  ])("refuses %j", (options, code) => {
    environment();
    const make = () => s3Bytes({ credentials: keys, ...options });
    expect(make).toThrow(expect.objectContaining({ code, kind: "caller" }));
    expect(make).not.toThrow("very-secret");
  });
});

describe("azureBytes", () => {
  const container = "lake";

  test("an account is named by options, by a connection string or by the environment", () => {
    const url = "https://someone.blob.core.windows.net/lake/a";
    const connectionString = "DefaultEndpointsProtocol=https;AccountName=someone;AccountKey=eA==";
    environment();
    expect(azureBytes({ container, account: "someone", accountKey: "eA==" }).locate("a")).toBe(url);
    expect(azureBytes({ container, account: "someone", sasToken: "?sv=1" }).locate("a")).toBe(url);
    const tokens = { getToken: async () => null };
    expect(azureBytes({ container, account: "someone", tokens }).locate("a")).toBe(url);
    expect(azureBytes({ container, connectionString }).locate("a")).toBe(url);
    const own = "BlobEndpoint=http://127.0.0.1:1/dev/;SharedAccessSignature=sv=1&sig=x%3D";
    expect(azureBytes({ container, connectionString: own }).locate("a")).toBe(
      "http://127.0.0.1:1/dev/lake/a",
    );
    environment({ AZURE_STORAGE_CONNECTION_STRING: connectionString });
    expect(azureBytes({ container }).locate("a")).toBe(url);
    environment({ AZURE_STORAGE_ACCOUNT: "someone", AZURE_STORAGE_KEY: "eA==" });
    expect(azureBytes({ container }).locate("a")).toBe(url);
    environment({ AZURE_STORAGE_ACCOUNT: "someone", AZURE_STORAGE_SAS_TOKEN: "sv=1" });
    expect(azureBytes({ container }).locate("a")).toBe(url);
  });

  test.each([
    [{ container }, "store/missing-credentials"],
    [{ container, account: "someone" }, "store/missing-credentials"],
    [{ container, connectionString: "AccountKey=very-secret" }, "store/out-of-range-place"],
    [{ container, connectionString: "AccountName=someone" }, "store/missing-credentials"],
    [{ container: "Lake" }, "store/out-of-range-place"],
    [{ container: "a--b" }, "store/out-of-range-place"],
    [{ container, account: "a", sasToken: "s", endpoint: "x" }, "store/out-of-range-place"],
    [{ container, bucket: "x" }, "option/unknown-name"],
  ])("refuses %j", (options, code) => {
    environment();
    const make = () => azureBytes(options);
    expect(make).toThrow(expect.objectContaining({ code, kind: "caller" }));
    expect(make).not.toThrow("very-secret");
  });
});

describe("bytesAt", () => {
  test("the scheme of an address says which store it is", () => {
    environment({ AWS_ACCESS_KEY_ID: "a", AWS_SECRET_ACCESS_KEY: "b" });
    expect(bytesAt("s3://data").locate("a")).toBe("s3://data/a");
    expect(bytesAt("s3a://data/lake/").locate("a")).toBe("s3://data/lake/a");
    const azure = { account: "someone", accountKey: "eA==" };
    expect(bytesAt("az://lake/x", { azure }).locate("a")).toBe(
      "https://someone.blob.core.windows.net/lake/x/a",
    );
    const address = "abfss://lake@someone.dfs.core.windows.net/x/y";
    expect(bytesAt(address, { azure: { accountKey: "eA==" } }).locate("a")).toBe(
      "https://someone.blob.core.windows.net/lake/x/y/a",
    );
    for (const folder of ["/data/lake", "C:\\data"])
      expect(() => bytesAt(folder).locate("a")).not.toThrow();
  });

  test.each(["gs://bucket/lake", "abfss://lake/x", "http://host/lake"])("refuses %j", (place) => {
    const refused = { code: "store/out-of-range-place", kind: "caller" };
    expect(() => bytesAt(place)).toThrow(expect.objectContaining(refused));
  });
});

describe("loadPackage", () => {
  test("a package that is not installed is asked for with the command that installs it", async () => {
    const name = "millrace-has-no-such-package";
    await expect(loadPackage({ name, feature: "S3" }, () => import(name))).rejects.toMatchObject({
      code: "store/missing-package",
      kind: "environment",
      message: `S3 needs the package "${name}", which is not installed. Run: npm install ${name}`,
    });
  });
});
