"""The real rubicon-ml, doing what it is told on standard input: a line of JSON in, a line of JSON out."""

import json
import sys
import time
import uuid

from rubicon_ml import Rubicon


def children(experiment):
    for at in range(5):
        experiment.log_parameter(f"p{at}", at)
    for at in range(5):
        experiment.log_feature(f"f{at}")
    for at in range(10):
        experiment.log_metric(f"m{at}", at / 7)


def opened(configs):
    return Rubicon(composite_config=configs) if len(configs) > 1 else Rubicon(**configs[0])


def log(configs, experiments, name=None):
    """Seconds for so many experiments with 20 children each, in a new project."""
    project = opened(configs).create_project(name or f"p{uuid.uuid4().hex}")
    start = time.perf_counter()
    for _ in range(experiments):
        children(project.log_experiment())
    return time.perf_counter() - start


def metric(configs):
    """Seconds for one metric."""
    experiment = opened(configs).create_project(f"p{uuid.uuid4().hex}").log_experiment()
    experiment.log_metric("warm", 1)
    start = time.perf_counter()
    experiment.log_metric("m", 1)
    return time.perf_counter() - start


def table(configs, name):
    """Seconds for a project's table."""
    project = opened(configs).get_project(name)
    start = time.perf_counter()
    rows = project.to_df()
    assert len(rows) > 0
    return time.perf_counter() - start


def experiments(configs, name):
    """Seconds of CPU time for a list of a project's experiments."""
    project = opened(configs).get_project(name)
    start = time.process_time()
    found = project.experiments()
    assert len(found) > 0
    return time.process_time() - start


for line in sys.stdin:
    call = json.loads(line)
    print(json.dumps(globals()[call["run"]](*call["args"])), flush=True)
