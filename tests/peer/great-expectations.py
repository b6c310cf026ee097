"""Results of Great Expectations on small tables: `python great-expectations.py > great-expectations.json`.

Needs great_expectations==1.24.1, pandas and sqlalchemy<2.1. The types that pandas refuses run on SQLite.
"""
import json, math, os, sqlite3, sys, tempfile, warnings

warnings.filterwarnings("ignore")
os.environ["GX_ANALYTICS_ENABLED"] = "false"
import great_expectations as gx
import pandas as pd
import sqlalchemy
from great_expectations.core import ExpectationSuite
from great_expectations.expectations.registry import get_expectation_impl

COLUMNS = {
    "id": "text", "n": "int", "x": "float", "word": "text", "plan": "text", "at": "timestamp",
    "a": "int", "b": "int", "c": "int", "yes": "bool", "day": "text",
}
D = "2024-01-0%dT12:00:00+00:00"
ROWS = [
    ["k1", 1, 0.5, "apple", "free", D % 1, 1, 2, 3, True, "2024-02-29"],
    ["k2", 2, 1.5, "Äpfel", "paid", D % 2, 2, 2, 2, False, "2023-02-29"],
    ["k2", 2, 2.5, "a.b", "free", D % 3, 3, 1, 2, True, "2024-1-5"],
    ["k4", None, None, None, None, None, None, None, None, True, None],
    ["k5", 5, -3.25, "banana", "gold", D % 5, 4, None, 2, False, "05/01/2024"],
    ["k6", 7, 100.0, "50%", "free", D % 6, 5, 5, 5, True, "2024-12-31"],
    [None, 8, 4.5, "a_c", "paid", D % 7, 2, 3, 1, False, "2024-13-01"],
    ["k8", 2, 5.5, "abc", "free", D % 8, None, 3, 3, True, "x"],
]
TABLES = {
    "main": (COLUMNS, ROWS),
    "empty": ({"x": "float", "t": "text"}, []),
    "nulls": ({"x": "float", "t": "text"}, [[None, None], [None, None]]),
    "one": ({"x": "float", "t": "text"}, [[3.0, "a"]]),
    "same": ({"x": "float", "t": "text"}, [[2.0, "a"], [2.0, "a"], [2.0, "b"]]),
}
OTHER = 3
CASES = []


def case(type_, kwargs, table="main", engine="pandas", fmt="COMPLETE"):
    CASES.append(dict(type=type_, kwargs=kwargs, table=table, engine=engine, format=fmt))


def cases():
    c = case
    # values
    for table in ("main", "empty", "nulls"):
        c("expect_column_values_to_be_between", dict(column="x", min_value=0, max_value=5), table)
        c("expect_column_values_to_not_be_null", dict(column="x"), table)
        c("expect_column_values_to_be_null", dict(column="x"), table)
        c("expect_column_values_to_be_unique", dict(column="x"), table)
        c("expect_column_max_to_be_between", dict(column="x", max_value=50), table)
        c("expect_column_min_to_be_between", dict(column="x", min_value=-10), table)
        c("expect_column_mean_to_be_between", dict(column="x", min_value=0, max_value=20), table)
        c("expect_column_median_to_be_between", dict(column="x", min_value=0, max_value=3), table)
        c("expect_column_stdev_to_be_between", dict(column="x", max_value=30), table)
        c("expect_column_sum_to_be_between", dict(column="x", min_value=0, max_value=200), table)
        c("expect_column_unique_value_count_to_be_between", dict(column="x", min_value=1), table)
        c("expect_column_proportion_of_unique_values_to_be_between", dict(column="x", min_value=0.5), table)
        c("expect_column_proportion_of_non_null_values_to_be_between", dict(column="x", min_value=0.5), table)
        c("expect_column_value_z_scores_to_be_less_than", dict(column="x", threshold=2, double_sided=True), table)
        c("expect_column_values_to_not_be_outliers", dict(column="x"), table)
        c("expect_table_row_count_to_be_between", dict(min_value=1, max_value=8), table)
    for fmt in ("BOOLEAN_ONLY", "BASIC", "SUMMARY", "COMPLETE"):
        c("expect_column_values_to_be_in_set", dict(column="plan", value_set=["free"], mostly=0.5), fmt=fmt)
        c("expect_column_pair_values_a_to_be_greater_than_b", dict(column_A="a", column_B="b"), fmt=fmt)
        c("expect_compound_columns_to_be_unique", dict(column_list=["id", "n"]), fmt=fmt)
        c("expect_column_max_to_be_between", dict(column="n", max_value=5), fmt=fmt)
    c("expect_column_values_to_be_between", dict(column="n", min_value=2, strict_min=True, mostly=0.4))
    c("expect_column_values_to_be_between", dict(column="n", max_value=7, strict_max=True))
    c("expect_column_values_to_be_between", dict(column="at", min_value="2024-01-02T12:00:00+00:00", max_value="2024-01-06T00:00:00+00:00"))
    c("expect_column_values_to_be_in_set", dict(column="n", value_set=[1, 2, 5]))
    c("expect_column_values_to_be_in_set", dict(column="plan", value_set=["free", "paid", "gold"]))
    c("expect_column_values_to_not_be_in_set", dict(column="plan", value_set=["gold"]))
    c("expect_column_values_to_not_be_in_set", dict(column="n", value_set=[2]))
    c("expect_column_values_to_be_unique", dict(column="id"))
    c("expect_column_values_to_be_unique", dict(column="id", mostly=0.7))
    c("expect_column_values_to_be_unique", dict(column="id", mostly=0.8))
    c("expect_column_values_to_be_of_type", dict(column="x", type_="float64"))
    c("expect_column_values_to_be_of_type", dict(column="x", type_="int64"))
    c("expect_column_values_to_be_in_type_list", dict(column="x", type_list=["int64", "float64"]))
    c("expect_column_values_to_be_in_type_list", dict(column="yes", type_list=["int64", "float64"]))
    c("expect_column_type_to_be", dict(column="yes", type_="bool"))
    c("expect_column_type_to_be", dict(column="yes", type_="int64"))
    # texts
    c("expect_column_value_lengths_to_be_between", dict(column="word", min_value=3, max_value=5))
    c("expect_column_value_lengths_to_be_between", dict(column="word", min_value=3, max_value=5, strict_min=True, strict_max=True))
    c("expect_column_value_lengths_to_equal", dict(column="word", value=5))
    c("expect_column_values_to_match_regex", dict(column="word", regex="^a"))
    c("expect_column_values_to_match_regex", dict(column="word", regex="(?i)^A[.P]|50%", mostly=0.4))
    c("expect_column_values_to_match_regex", dict(column="id", regex=r"^k\d$"))
    c("expect_column_values_to_not_match_regex", dict(column="word", regex=r"\W"))
    c("expect_column_values_to_match_regex_list", dict(column="word", regex_list=["^a", "e"], match_on="any"))
    c("expect_column_values_to_match_regex_list", dict(column="word", regex_list=["^a", "e"], match_on="all"))
    c("expect_column_values_to_not_match_regex_list", dict(column="word", regex_list=["^b", "%"]))
    c("expect_column_values_to_match_strftime_format", dict(column="day", strftime_format="%Y-%m-%d"))
    c("expect_column_values_to_match_strftime_format", dict(column="day", strftime_format="%d/%m/%Y", mostly=0.1))
    sql = dict(engine="sqlite")
    c("expect_column_values_to_match_like_pattern", dict(column="word", like_pattern="a%"), **sql)
    c("expect_column_values_to_not_match_like_pattern", dict(column="word", like_pattern="%a_c%"), **sql)
    c("expect_column_values_to_match_like_pattern_list", dict(column="word", like_pattern_list=["a%", "b%"], match_on="any"), **sql)
    c("expect_column_values_to_match_like_pattern_list", dict(column="word", like_pattern_list=["a%", "%e"], match_on="all"), **sql)
    c("expect_column_values_to_not_match_like_pattern_list", dict(column="word", like_pattern_list=["b%", "%c"]), **sql)
    c("expect_column_values_to_match_like_pattern", dict(column="word", like_pattern="50!%", escape="!"), **sql)
    # spread
    c("expect_column_value_z_scores_to_be_less_than", dict(column="x", threshold=0.3, double_sided=False))
    c("expect_column_value_z_scores_to_be_less_than", dict(column="x", threshold=-0.3, double_sided=False))
    c("expect_column_value_z_scores_to_be_less_than", dict(column="x", threshold=1, double_sided=True), "same")
    c("expect_column_values_to_not_be_outliers", dict(column="x", multiplier=0.5))
    c("expect_column_values_to_not_be_outliers", dict(column="x", method="std", multiplier=2))
    c("expect_column_values_to_not_be_outliers", dict(column="x", method="std"), "one")
    c("expect_column_values_to_not_be_outliers", dict(column="x", method="std", multiplier=0))
    c("expect_column_values_to_not_be_outliers", dict(column="x"), "same")
    c("expect_column_stdev_to_be_between", dict(column="x", max_value=30), "one")
    # pairs and lists
    for ignore in ("both_values_are_missing", "either_value_is_missing", "neither"):
        c("expect_column_pair_values_a_to_be_greater_than_b", dict(column_A="a", column_B="b", or_equal=True, ignore_row_if=ignore))
        c("expect_column_pair_values_to_be_equal", dict(column_A="a", column_B="c", ignore_row_if=ignore))
    c("expect_column_pair_values_to_be_in_set", dict(column_A="plan", column_B="n", value_pairs_set=[["free", 1], ["paid", 2], [None, None]]))
    for ignore in ("all_values_are_missing", "any_value_is_missing", "never"):
        c("expect_multicolumn_sum_to_equal", dict(column_list=["a", "b", "c"], sum_total=6, ignore_row_if=ignore))
        c("expect_select_column_values_to_be_unique_within_record", dict(column_list=["a", "b", "c"], ignore_row_if=ignore))
        c("expect_multicolumn_values_to_be_equal", dict(column_list=["a", "b", "c"], ignore_row_if=ignore))
        c("expect_compound_columns_to_be_unique", dict(column_list=["a", "b"], ignore_row_if=ignore))
    # aggregates
    c("expect_column_max_to_be_between", dict(column="x", max_value=100, strict_max=True))
    c("expect_column_max_to_be_between", dict(column="at", max_value="2024-01-09T00:00:00+00:00"))
    c("expect_column_sum_to_be_between", dict(column="n", min_value=27, max_value=27))
    c("expect_column_quantile_values_to_be_between", dict(column="x", quantile_ranges=dict(quantiles=[0.1, 0.5, 0.9], value_ranges=[[-4, 0], [1, 3], [None, 6]])), **sql)
    c("expect_column_quantile_values_to_be_between", dict(column="x", quantile_ranges=dict(quantiles=[0, 1], value_ranges=[[-3.25, None], [99.995, 101]])), **sql)
    c("expect_column_quantile_values_to_be_between", dict(column="x", quantile_ranges=dict(quantiles=[0.25, 0.75], value_ranges=[[0, 2], [5, 6]]), allow_relative_error="linear"))
    c("expect_column_most_common_value_to_be_in_set", dict(column="plan", value_set=["free", "paid"]))
    c("expect_column_most_common_value_to_be_in_set", dict(column="id", value_set=["k1"]))
    c("expect_column_most_common_value_to_be_in_set", dict(column="a", value_set=[2, 9]))
    c("expect_column_most_common_value_to_be_in_set", dict(column="c", value_set=[2, 3], ties_okay=True))
    c("expect_column_most_common_value_to_be_in_set", dict(column="b", value_set=[2, 3], ties_okay=True))
    c("expect_column_most_common_value_to_be_in_set", dict(column="b", value_set=[2, 3]))
    for values in (["free", "paid", "gold"], ["free", "paid"], ["free", "paid", "gold", "none"]):
        c("expect_column_distinct_values_to_be_in_set", dict(column="plan", value_set=values))
        c("expect_column_distinct_values_to_contain_set", dict(column="plan", value_set=values))
        c("expect_column_distinct_values_to_equal_set", dict(column="plan", value_set=values))
    kl = "expect_column_kl_divergence_to_be_less_than"
    c(kl, dict(column="plan", partition_object=dict(values=["free", "paid", "gold"], weights=[0.5, 0.3, 0.2]), threshold=0.1))
    c(kl, dict(column="plan", partition_object=dict(values=["free", "paid"], weights=[0.6, 0.4]), threshold=0.5, tail_weight_holdout=0.1))
    c(kl, dict(column="plan", partition_object=dict(values=["free", "paid"], weights=[0.6, 0.4]), threshold=0.5))
    c(kl, dict(column="n", partition_object=dict(bins=[0, 3, 6, 9], weights=[0.5, 0.2, 0.3]), threshold=0.1))
    c(kl, dict(column="n", partition_object=dict(bins=[2, 3, 7], weights=[0.5, 0.5]), threshold=0.6, tail_weight_holdout=0.2))
    c(kl, dict(column="n", partition_object=dict(bins=[2, 3, 7], weights=[0.4, 0.4], tail_weights=[0.1, 0.1]), threshold=0.6))
    c(kl, dict(column="n", partition_object=dict(bins=[0, 3, 4, 9], weights=[0.6, 0, 0.4]), threshold=0.6, internal_weight_holdout=0.1))
    # table
    names = list(COLUMNS)
    c("expect_table_column_count_to_be_between", dict(min_value=3, max_value=11))
    c("expect_table_column_count_to_equal", dict(value=10))
    c("expect_table_columns_to_match_ordered_list", dict(column_list=names))
    c("expect_table_columns_to_match_ordered_list", dict(column_list=["n", "id"] + names[2:-1]))
    c("expect_table_columns_to_match_set", dict(column_set=names))
    c("expect_table_columns_to_match_set", dict(column_set=["id", "zz"]))
    c("expect_table_columns_to_match_set", dict(column_set=["id", "n"], exact_match=False))
    c("expect_column_to_exist", dict(column="n"))
    c("expect_column_to_exist", dict(column="nope"))
    c("expect_column_to_exist", dict(column="n", column_index=2))
    c("expect_table_row_count_to_equal", dict(value=8))
    c("expect_table_row_count_to_be_between", dict(min_value=8, strict_min=True))
    c("expect_table_row_count_to_equal_other_table", dict(other_table_name="other"), **sql)
    c("unexpected_rows_expectation", dict(unexpected_rows_query="SELECT id, n FROM {batch} WHERE n > 5"), **sql)
    c("unexpected_rows_expectation", dict(unexpected_rows_query="SELECT * FROM {batch} WHERE n > 50"), **sql)
    for query in ("SELECT n FROM other", "SELECT n FROM other WHERE n < 3"):
        c("expect_query_results_to_match_comparison", dict(base_query="SELECT n FROM {batch} WHERE n <= 2", comparison_data_source_name="second", comparison_query=query, mostly=0.5), **sql)
    # row conditions
    between = "expect_column_values_to_be_between"
    column = lambda name: dict(name=name)
    comparison = lambda name, op, value: dict(type="comparison", column=column(name), operator=op, parameter=value)
    for condition in (
        comparison("n", ">", 1), comparison("plan", "==", "free"), comparison("plan", "IN", ["free", "gold"]),
        dict(type="nullity", column=column("id"), is_null=False),
        dict(type="and", conditions=[comparison("n", ">=", 2), comparison("yes", "==", True)]),
        dict(type="or", conditions=[comparison("n", "<", 2), comparison("n", ">", 6)]),
    ):
        c(between, dict(column="x", min_value=1, row_condition=condition))
    either = dict(type="or", conditions=[comparison("n", "<", 2), comparison("n", ">", 6)])
    c("expect_column_pair_values_to_be_equal", dict(column_A="a", column_B="b", ignore_row_if="either_value_is_missing", row_condition=either))
    c(between, dict(column="x", min_value=1, row_condition='col("n") > 1', condition_parser="great_expectations"))
    c(between, dict(column="x", min_value=1, row_condition='col("plan").notnull()', condition_parser="great_expectations"))
    for text in ("n > 1 and plan == 'free'", "not (n > 2)", "plan != 'free'", "plan in ['free', 'gold'] or n == 8", "plan not in ['free']", "1 < n <= 5", "(n == 2) & ~(plan == 'free')", "`n` == 2"):
        c(between, dict(column="x", min_value=1, row_condition=text, condition_parser="pandas"))
    c("expect_column_mean_to_be_between", dict(column="x", min_value=1, row_condition="n < 6", condition_parser="pandas"))
    c("expect_column_values_to_be_unique", dict(column="id", row_condition="n == 2", condition_parser="pandas"))
    c("expect_table_row_count_to_equal", dict(value=3, row_condition="n == 2", condition_parser="pandas"))
    c("expect_column_values_to_be_between", dict(column="nope", min_value=1))
    c("expect_column_mean_to_be_between", dict(column="nope", min_value=1))


def frame(name):
    columns, rows = TABLES[name]
    data = pd.DataFrame(rows, columns=list(columns))
    for column, kind in columns.items():
        if kind == "timestamp":
            data[column] = pd.to_datetime(data[column], utc=True)
        if kind == "float":
            data[column] = data[column].astype("float64")
        if kind == "text":
            data[column] = data[column].astype("object")
            data[column] = data[column].where(data[column].notnull(), None)
    return data


def clean(value):
    if hasattr(value, "tolist"):
        value = value.tolist()
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, pd.Timestamp):
        return value.isoformat()
    if value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, dict):
        return {str(k): clean(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [clean(v) for v in value]
    if isinstance(value, float) and (math.isnan(value) or math.isinf(value)):
        return None
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def main():
    cases()
    folder = tempfile.mkdtemp()
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    pandas_source = context.data_sources.add_pandas("pandas")
    batches = {}
    for name in TABLES:
        asset = pandas_source.add_dataframe_asset(name)
        batches["pandas", name] = (asset.add_batch_definition_whole_dataframe("all"), frame(name))
    for source in ("sqlite", "second"):
        path = os.path.join(folder, source + ".db")
        with sqlite3.connect(path) as connection:
            for name in TABLES:
                frame(name).to_sql(name, connection, index=False)
            frame("main").head(OTHER).to_sql("other", connection, index=False)
        made = context.data_sources.add_sqlite(source, connection_string=f"sqlite:///{path}")
        if source == "sqlite":
            for name in TABLES:
                asset = made.add_table_asset(name, table_name=name)
                batches["sqlite", name] = (asset.add_batch_definition_whole_table("all"), None)
    done = []
    for i, one in enumerate(CASES):
        definition, data = batches[one["engine"], one["table"]]
        suite = context.suites.add(ExpectationSuite(name=f"suite{i}", expectations=[
            get_expectation_impl(one["type"])(**one["kwargs"])
        ]))
        parameters = None if data is None else {"dataframe": data}
        batch = definition.get_batch(batch_parameters=parameters)
        judged = batch.validate(suite.expectations[0], result_format=one["format"])
        info = judged.exception_info or {}
        raised = info.get("raised_exception", len(info) > 0)  # by metric, when a metric failed
        written = clean(suite.to_json_dict()["expectations"][0])
        written.pop("id", None)  # another one each time
        done.append({**one, "success": bool(judged.success), "raised": bool(raised), "result": clean(judged.result or {}), "written": written})
    print(json.dumps({
        "made_by": "tests/peer/great-expectations.py", "great_expectations": gx.__version__, "pandas": pd.__version__,
        "sqlalchemy": sqlalchemy.__version__, "python": sys.version.split()[0], "other": OTHER,
        "tables": {name: {"columns": columns, "rows": rows} for name, (columns, rows) in TABLES.items()},
        "cases": done,
    }, ensure_ascii=False, indent=1, default=lambda one: one.item()))


main()
