"""The steps of an install, driven by pyinfra: one operation a step."""

import json
import os
import subprocess

from pyinfra import host
from pyinfra.operations import files, python, server

with open(os.environ["OBFLOW_BENCH_STEPS"], encoding="utf-8") as file:
    work = json.load(file)


def on_control(path):
    subprocess.run(["bash", path], check=True, capture_output=True)


for step in work["steps"]:
    name = step["name"]
    if step["on"] == "copy":
        files.put(name=name, src=step["from"], dest=step["to"], mode="644")
    elif step["on"] == "control":
        python.call(
            name=name,
            function=on_control,
            path=f"{work['dir']}/{name}.control",
            _run_once=True,
        )
    else:
        with open(f"{work['dir']}/{name}.{host.name}", encoding="utf-8") as file:
            script = file.read()
        admin = {"_sudo": True, "_sudo_user": "admin"} if step["as"] == "admin" else {}
        server.shell(name=name, commands=[script], _shell_executable="bash", **admin)
