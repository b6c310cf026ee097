"""What Python's own client does with a tracking server, step by step; prints how many steps held."""
import json, math, os, sys, tempfile
import mlflow
from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag, ViewType
from mlflow.exceptions import MlflowException

url = sys.argv[1]
sys.stdout = sys.stderr  # the client prints links there
mlflow.set_tracking_uri(url)
client = MlflowClient(url)
held = 0


def check(what, holds):
    global held
    if not holds:
        raise AssertionError(what)
    held += 1


def refused(what, work, *words):
    try:
        work()
    except MlflowException as error:
        check(f"{what}: {error}", all(word in str(error) for word in words))
    else:
        raise AssertionError(f"{what}: nothing was refused")


# the fluent interface
mlflow.set_experiment("fluent")
with mlflow.start_run(run_name="first") as run:
    mlflow.log_params({"depth": 4, "kind": "boost"})
    for step in range(5):
        mlflow.log_metric("loss", 1 / (step + 1), step=step)
    mlflow.log_metrics({"auc": 0.9, "nan": float("nan"), "inf": float("inf")})
    mlflow.set_tags({"team": "blue", "note": "a\nb"})
    with open(os.path.join(tempfile.mkdtemp(), "note.txt"), "w") as file:
        file.write("hello")
    mlflow.log_artifact(file.name, "notes")
    mlflow.log_dict({"a": 1}, "facts.json")
    with mlflow.start_run(run_name="child", nested=True):
        mlflow.log_metric("auc", 0.5)
run_id = run.info.run_id
read = client.get_run(run_id)
check("status", read.info.status == "FINISHED")
check("params", read.data.params == {"depth": "4", "kind": "boost"})
check("metrics", read.data.metrics["auc"] == 0.9 and math.isnan(read.data.metrics["nan"]))
check("infinity", read.data.metrics["inf"] == float("inf"))
check("tags", read.data.tags["note"] == "a\nb" and read.data.tags["mlflow.runName"] == "first")
check("history", [m.step for m in client.get_metric_history(run_id, "loss")] == list(range(5)))
check("artifacts", [a.path for a in client.list_artifacts(run_id, "notes")] == ["notes/note.txt"])
with open(client.download_artifacts(run_id, "notes/note.txt", tempfile.mkdtemp())) as file:
    check("downloaded", file.read() == "hello")
found = mlflow.search_runs(
    filter_string="metrics.auc > 0.8 and params.kind = 'boost'",
    experiment_names=["fluent"],
    output_format="list",
)
check("search", [one.info.run_id for one in found] == [run_id])
children = client.search_runs(
    [read.info.experiment_id], f"tags.mlflow.parentRunId = '{run_id}'"
)
check("nested", [one.info.run_name for one in children] == ["child"])
refused("a changed param", lambda: client.log_param(run_id, "depth", 5), "Changing param values is not allowed")
refused("a wrong filter", lambda: client.search_runs(["0"], "colour = 'x'"), "Invalid attribute key")
refused("a missing run", lambda: client.get_run("none"), "RESOURCE_DOES_NOT_EXIST", "Run with id=none not found")

# batches, pages and views
experiment = client.create_experiment("batches", tags={"k": "v"})
batch = client.create_run(experiment, start_time=1)
client.log_batch(
    batch.info.run_id,
    metrics=[Metric(f"m{i}", i, 5, 0) for i in range(900)],
    params=[Param(f"p{i}", str(i)) for i in range(50)],
    tags=[RunTag("t", "")],
)
read = client.get_run(batch.info.run_id)
check("batch", len(read.data.metrics) == 900 and len(read.data.params) == 50 and read.data.tags["t"] == "")
more = sorted(client.create_run(experiment, start_time=1).info.run_id for _ in range(5))
ids = sorted([batch.info.run_id, *more])
page = client.search_runs([experiment], max_results=4)
rest = client.search_runs([experiment], max_results=4, page_token=page.token)
check("pages", [r.info.run_id for r in [*page, *rest]] == ids and rest.token is None)
client.delete_run(more[0])
check("views", len(client.search_runs([experiment], run_view_type=ViewType.DELETED_ONLY)) == 1)
client.restore_run(more[0])
client.delete_experiment(experiment)
check("deleted", client.get_experiment(experiment).lifecycle_stage == "deleted")
client.restore_experiment(experiment)
refused("a name that is taken", lambda: client.create_experiment("batches"), "RESOURCE_ALREADY_EXISTS")

# data sets
import pandas as pd

data = mlflow.data.from_pandas(pd.DataFrame({"a": [1.0, 2.0]}), name="numbers")
with mlflow.start_run() as run:
    mlflow.log_input(data, context="training")
(input_,) = client.get_run(run.info.run_id).inputs.dataset_inputs
check("data set", input_.dataset.name == "numbers" and input_.tags[0].value == "training")

# the registry
client.create_registered_model("churn", tags={"a": "b"}, description="who leaves")
for _ in range(2):
    made = client.create_model_version("churn", f"{run.info.artifact_uri}/model", run.info.run_id)
check("version", str(made.version) == "2" and made.status == "READY")
client.set_registered_model_alias("churn", "champion", 1)
check("alias", str(client.get_model_version_by_alias("churn", "champion").version) == "1")
client.set_registered_model_alias("churn", "champion", 2)
check("moved", str(client.get_model_version_by_alias("churn", "champion").version) == "2")
client.set_model_version_tag("churn", "2", "k", "v")
check("tagged", [str(v.version) for v in client.search_model_versions("name = 'churn' and tags.k = 'v'")] == ["2"])
client.rename_registered_model("churn", "leavers")
check("renamed", client.get_registered_model("leavers").description == "who leaves")
refused("a missing model", lambda: client.get_registered_model("churn"), "Registered Model with name=churn not found")
refused("a source elsewhere", lambda: client.create_model_version("leavers", "/etc", run.info.run_id), "To use a local path as a model version")
client.delete_model_version("leavers", "1")
refused("a deleted version", lambda: client.get_model_version("leavers", "1"), "Model Version (name=leavers, version=1) not found")
client.delete_registered_model("leavers")
check("gone", client.search_registered_models("name = 'leavers'") == [])
print(json.dumps({"held": held}), file=sys.__stdout__)
