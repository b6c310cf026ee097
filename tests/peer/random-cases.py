"""Judges tables and expectations, given as JSON in a file, by Great Expectations on pandas, and prints the results.

Needs great_expectations==1.24.1. The cases are made by tests/peer/random-cases.ts.
"""
import datetime, json, logging, math, os, sys, warnings

warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)
os.environ["GX_ANALYTICS_ENABLED"] = "false"
import great_expectations as gx
import pandas as pd
from great_expectations.expectations.registry import get_expectation_impl


def frame(columns, rows):
    data = pd.DataFrame(rows, columns=list(columns))
    for column, kind in columns.items():
        if kind == "timestamp":
            data[column] = pd.to_datetime(data[column], utc=True)
        if kind == "float":
            data[column] = data[column].astype("float64")
        if kind == "int":
            data[column] = data[column].astype("float64" if data[column].isnull().any() else "int64")
        if kind == "text":
            data[column] = data[column].astype("object")
            data[column] = data[column].where(data[column].notnull(), None)
    return data


def clean(value):
    if isinstance(value, pd.DataFrame):
        return [clean(row) for row in value.to_dict("records")]
    if hasattr(value, "tolist"):
        value = value.tolist()
    if hasattr(value, "item"):
        value = value.item()
    if value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, (pd.Timestamp, datetime.datetime)):
        return value.isoformat()
    if isinstance(value, dict):
        # the one list that is made from a set, whose order is chance
        found = {str(k): clean(v) for k, v in value.items()}
        if "partial_missing_list" in found:
            found["partial_missing_list"].sort(key=str)
        return found
    if isinstance(value, (list, tuple, set)):
        return [clean(v) for v in value]
    if isinstance(value, float) and (math.isnan(value) or math.isinf(value)):
        return None
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


context = gx.get_context(mode="ephemeral")
context.variables.progress_bars = {"globally": False}
source = context.data_sources.add_pandas("pandas")
results = []
for i, case in enumerate(json.load(open(sys.argv[1]))):
    definition = source.add_dataframe_asset(f"table{i}").add_batch_definition_whole_dataframe("all")
    batch = definition.get_batch(batch_parameters={"dataframe": frame(case["columns"], case["rows"])})
    judged = []
    for one in case["expectations"]:
        expectation = get_expectation_impl(one["type"])(**one["kwargs"])
        found = batch.validate(expectation, result_format=case["resultFormat"])
        info = found.exception_info or {}
        raised = bool(info.get("raised_exception", len(info) > 0))
        judged.append(None if raised else {"success": bool(found.success), "result": clean(found.result or {})})
    results.append(judged)
print(json.dumps(results, ensure_ascii=False, default=str))
