import { describe, expect, test } from "vitest";
import { settingsText } from "./settings-text.ts";

describe("settingsText", () => {
  test("tells what was set and taken off, as JSON of ours or of another program", () => {
    const expectations = JSON.stringify({ rules: [{}, {}], quarantine: "shop.rejects" });
    const properties = {
      "delta.enableChangeDataFeed": "false",
      "delta.constraints.few": "n < 9",
      "millrace.expectations": expectations,
      "delta.appendOnly": "true",
    };
    const unset = ["millrace.expectations", "delta.constraints.few", "delta.appendOnly"];
    const told = { properties: JSON.stringify(properties), unset: JSON.stringify(unset) };
    expect(settingsText(told)).toEqual([
      "change feed off",
      "check few: n < 9",
      "2 expectations attached, dropped rows into shop.rejects",
      "delta.appendOnly = true",
      "expectations taken off",
      "check few taken off",
      "delta.appendOnly taken off",
    ]);
    expect(settingsText({ properties: "[torn" })).toEqual([]);
    expect(settingsText({})).toEqual([]);
  });
});
