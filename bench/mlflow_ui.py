"""Makes a SQLite store of MLflow with runs, as its client writes them: one run by the client, the others as rows like its own."""
import json
import sqlite3
import sys
import uuid

import mlflow

path, = sys.argv[1:]
given = json.load(sys.stdin)
mlflow.set_tracking_uri(f"sqlite:///{path}")
experiment = mlflow.create_experiment("Image classifier")
with mlflow.start_run(experiment_id=experiment) as run:
    mlflow.log_params(given[0]["params"])
    mlflow.log_metrics(given[0]["metrics"])
first = run.info.run_id

base = sqlite3.connect(path)
base.row_factory = sqlite3.Row
[pattern] = base.execute("select * from runs where run_uuid = ?", [first]).fetchall()
tags = base.execute("select * from tags where run_uuid = ?", [first]).fetchall()


def insert(table, rows):
    if not rows:
        return
    names = list(rows[0])
    marks = ", ".join("?" for _ in names)
    base.executemany(
        f"insert into {table} ({', '.join(names)}) values ({marks})",
        [list(row.values()) for row in rows],
    )


runs, params, metrics, all_tags = [], [], [], []
for one in given[1:]:
    id = uuid.uuid4().hex
    start = pattern["start_time"] + len(runs)
    runs.append(
        {**dict(pattern), "run_uuid": id, "name": one["name"], "start_time": start, "end_time": start + 9}
    )
    params += [{"key": key, "value": str(value), "run_uuid": id} for key, value in one["params"].items()]
    metrics += [
        {"key": key, "value": value, "timestamp": start, "run_uuid": id, "step": 0, "is_nan": 0}
        for key, value in one["metrics"].items()
    ]
    all_tags += [
        {**dict(tag), "run_uuid": id, **({"value": one["name"]} if tag["key"] == "mlflow.runName" else {})}
        for tag in tags
    ]
insert("runs", runs)
insert("params", params)
insert("metrics", metrics)
insert("latest_metrics", metrics)
insert("tags", all_tags)
base.commit()
print(experiment)
