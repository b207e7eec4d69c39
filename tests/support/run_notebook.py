"""Runs cells in the Deno kernel by Jupyter's own client. Cells in, their outputs out, both as JSON.

Input: {"kernels": folder with the kernelspec, "cwd": folder to run in, "sources": [...], "timeout": seconds}.
Output: one list of outputs for each source, in the shape that a notebook keeps.
"""
import json
import queue
import subprocess
import sys
import tempfile
import time

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager

# The Deno kernel still sends some output after it said that it is idle: within a tenth of a second.
GRACE = 0.2


def as_output(kind, content):
    if kind == "stream":
        return {"output_type": kind, "name": content["name"], "text": content["text"]}
    if kind in ("execute_result", "display_data", "update_display_data"):
        return {"output_type": kind, "data": content["data"]}
    if kind == "error":
        return {"output_type": kind, "ename": content["ename"], "evalue": content["evalue"]}
    return None


def run(client, source, timeout):
    asked = client.execute(source)
    outputs = []
    end = time.monotonic() + timeout
    idle = False
    while True:
        try:
            message = client.get_iopub_msg(timeout=GRACE if idle else max(0.01, end - time.monotonic()))
        except queue.Empty:
            if idle:
                break
            raise TimeoutError(f"not done after {timeout} s: {source}") from None
        if message["parent_header"].get("msg_id") != asked:
            continue
        kind, content = message["msg_type"], message["content"]
        idle = idle or (kind == "status" and content["execution_state"] == "idle")
        output = as_output(kind, content)
        if output:
            outputs.append(output)
    reply = client.get_shell_msg(timeout=timeout)
    while reply["parent_header"].get("msg_id") != asked:
        reply = client.get_shell_msg(timeout=timeout)
    if reply["content"]["status"] != "ok" and not any(o["output_type"] == "error" for o in outputs):
        content = reply["content"]
        outputs.append(as_output("error", {"ename": content.get("ename"), "evalue": content.get("evalue")}))
    return outputs


def run_all(given, connection, said):
    specs = KernelSpecManager(kernel_dirs=[given["kernels"]], ensure_native_kernel=False)
    manager = KernelManager(kernel_name="deno", kernel_spec_manager=specs, connection_file=connection)
    manager.start_kernel(cwd=given["cwd"], stdin=subprocess.DEVNULL, stdout=said, stderr=said)
    client = manager.blocking_client()
    try:
        client.start_channels()
        client.wait_for_ready(timeout=given["timeout"])
        return [run(client, source, given["timeout"]) for source in given["sources"]]
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def main():
    given = json.load(sys.stdin)
    with tempfile.TemporaryDirectory() as folder, open(f"{folder}/said", "w+") as said:
        try:
            json.dump(run_all(given, f"{folder}/connection.json", said), sys.stdout)
        except Exception:
            said.seek(0)
            sys.stderr.write(f"the kernel said: {said.read()}\n")
            raise


main()
