"""Curves by MLflow (SQLite) and by TensorBoard's writer: one command a line on standard input, seconds on standard output."""
import json
import os
import sys
import tempfile
import time
import warnings

warnings.simplefilter("ignore")
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
import logging

logging.disable(logging.CRITICAL)
from mlflow.entities import Metric
from mlflow.tracking import MlflowClient
from tensorboardX import SummaryWriter


def client(folder):
    made = MlflowClient(tracking_uri=f"sqlite:///{folder}/mlflow.db")
    experiment = made.create_experiment(f"e{time.time_ns()}", artifact_location=folder)
    return made, made.create_run(experiment).info.run_id


def mlflow_one_by_one(points):
    with tempfile.TemporaryDirectory() as folder:
        made, run = client(folder)
        start = time.perf_counter()
        for step in range(points):
            made.log_metric(run, "loss", step / 7, step=step)
        return time.perf_counter() - start


def mlflow_batches(points):
    with tempfile.TemporaryDirectory() as folder:
        made, run = client(folder)
        start = time.perf_counter()
        for at in range(0, points, 1000):
            made.log_batch(run, [Metric("loss", step / 7, 0, step) for step in range(at, at + 1000)])
        return time.perf_counter() - start


def mlflow_read(points):
    with tempfile.TemporaryDirectory() as folder:
        made, run = client(folder)
        for at in range(0, points, 1000):
            made.log_batch(run, [Metric("loss", step / 7, 0, step) for step in range(at, at + 1000)])
        start = time.perf_counter()
        history = made.get_metric_history(run, "loss")
        assert len(history) == points
        return time.perf_counter() - start


def tensorboard(points):
    with tempfile.TemporaryDirectory() as folder:
        writer = SummaryWriter(folder)
        start = time.perf_counter()
        for step in range(points):
            writer.add_scalar("loss", step / 7, step)
        writer.flush()
        took = time.perf_counter() - start
        writer.close()
        return took


for line in sys.stdin:
    command = json.loads(line)
    print(globals()[command["run"]](*command["args"]), flush=True)
