"""The walls around a worker: what it sees of the host, what it may touch, and that it dies with its host."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

import insights_ext
from insights_ext.context import Context
from insights_ext.services.worker import Workers, landlock, probe, sandbox
from insights_ext.services.worker.processes import FORK_SERVER
from insights_ext.work import Job, Limits

TARGETS_FILE = Path(__file__).with_name("worker_targets.py")
ROOT = Path(__file__).resolve().parents[2]
LIMITS = Limits(timeout_s=30, memory_bytes=2 << 30, cpu_s=20, file_bytes=64 << 20)

needs_landlock = pytest.mark.skipif(landlock.abi() == 0, reason="this kernel has no Landlock")
needs_landlock_net = pytest.mark.skipif(landlock.abi() < 4, reason="this kernel's Landlock knows no network")


@pytest.fixture(scope="module")
def workers():
    FORK_SERVER.stop()  # started by another test, it would have that test's environment
    os.environ["FAKE_API_KEY"] = "canary-4711"
    pool = Workers(
        max_workers=2,
        idle_s=60,
        max_jobs=50,
        threads=2,
        extra_modules={"worker_targets": TARGETS_FILE},
    )
    yield pool
    pool.close()
    del os.environ["FAKE_API_KEY"]


@pytest.fixture
def places(tmp_path):
    """A dataset the worker may read, a secret beside it, and a private directory."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "sales.parquet").write_bytes(b"dataset")
    (tmp_path / "data" / "secret").write_bytes(b"secret")
    (tmp_path / "data" / "link").symlink_to("/etc/hostname")
    (tmp_path / "scratch").mkdir()
    return tmp_path


def run(workers, name, args=None, *, limits=LIMITS, **more):
    return workers.run(Job("test", f"worker_targets:{name}", args or {}, limits, **more), Context()).value


def attempt(workers, places, what, **args):
    return run(
        workers,
        "attempt",
        {"what": what, **{name: str(v) if isinstance(v, Path) else v for name, v in args.items()}},
        reads=(places / "data" / "sales.parquet",),
        writes=places / "scratch",
    )


def test_a_worker_sees_no_secret_and_nothing_of_the_terminal(workers):
    seen = run(workers, "describe")
    assert "FAKE_API_KEY" not in seen["environment"]
    assert "canary-4711" not in str(seen["environment"]) + seen["process_environment"]
    assert seen["session"] != os.getsid(0)
    assert seen["parent"] == FORK_SERVER.server_pid()
    assert seen["cwd"] == os.path.abspath(os.sep)


def test_a_worker_starts_with_one_thread_and_no_descriptor_but_its_own(workers):
    seen = run(workers, "describe")
    assert seen["threads"] == 1
    # Standard streams, the conversation, and Python's own /dev/null.
    assert seen["descriptors"] == [0, 1, 2, 3, 4]


def test_the_limits_are_set_and_memory_never_below_one_gibibyte(workers):
    seen = run(workers, "describe")
    assert seen["limits"]["RLIMIT_AS"] == [2 << 30, 2 << 30]
    assert seen["limits"]["RLIMIT_CPU"][0] == 20
    assert seen["limits"]["RLIMIT_FSIZE"] == [64 << 20, 64 << 20]
    assert seen["limits"]["RLIMIT_CORE"] == [0, 0]
    assert seen["memory_bytes"] < 2 << 30
    small = run(workers, "describe", limits=Limits(timeout_s=30, memory_bytes=1 << 20))
    assert small["limits"]["RLIMIT_AS"] == [1 << 30, 1 << 30]


def test_an_engine_works_within_the_walls(workers):
    assert run(workers, "select_one") == 1
    assert run(workers, "select_one", limits=Limits(timeout_s=30, memory_bytes=1 << 30)) == 1


def test_libraries_load_behind_the_walls(workers, tmp_path):
    assert run(workers, "load_lazily", writes=tmp_path) == {"rows": [[1.0, 2.0]], "zone": "Europe/Berlin"}


def test_a_picture_is_drawn_behind_the_walls(workers):
    assert run(workers, "draw", limits=Limits(timeout_s=60, rss_bytes=4 << 30)) > 1000


def test_the_private_directory_takes_files_only_its_owner_may_read(workers, tmp_path):
    seen = run(workers, "work_in_scratch", writes=tmp_path)
    assert seen == {"mode": "0o100600", "cwd": str(tmp_path)}
    assert (tmp_path / "inner" / "b").read_text() == "kept"


@needs_landlock
def test_the_dataset_may_be_read_and_not_written(workers, places):
    dataset = places / "data" / "sales.parquet"
    assert attempt(workers, places, "read", path=dataset) == "done"
    for what in ("write", "append", "truncate", "remove"):
        assert attempt(workers, places, what, path=dataset) == "EACCES", what
    assert dataset.read_bytes() == b"dataset"


@needs_landlock
def test_everything_else_may_not_be_read(workers, places):
    data = places / "data"
    home = Path.home()
    for path in (
        Path("/etc/hostname"),
        Path("/etc/passwd"),
        data / "secret",
        data / "link",
        ROOT / "pyproject.toml",
    ):
        assert attempt(workers, places, "read", path=path) == "EACCES", path
    for path in (data, home, Path("/"), Path("/tmp"), ROOT, Path("/proc")):
        assert attempt(workers, places, "list", path=path) == "EACCES", path
    assert attempt(workers, places, "read", path=Path(f"/proc/{os.getpid()}/environ")) in {"EACCES", "EPERM"}
    assert attempt(workers, places, "read", path=Path("/proc/self/root/etc/hostname")) == "EACCES"
    assert attempt(workers, places, "read", path=Path("/proc/self/cwd/../data/secret")) == "EACCES"


@needs_landlock
def test_nothing_may_be_written_outside_the_private_directory(workers, places):
    for path in (
        places / "new",
        places / "data" / "new",
        Path("/tmp/insights-new"),
        Path("/dev/shm/insights"),
    ):
        assert attempt(workers, places, "write", path=path) == "EACCES", path
        assert not path.exists()
    without = Job(
        "test", "worker_targets:attempt", {"what": "write", "path": str(places / "scratch" / "x")}, LIMITS
    )
    assert workers.run(without, Context()).value == "EACCES"


@needs_landlock
def test_no_link_leads_out_of_the_private_directory(workers, places):
    assert attempt(workers, places, "symlink") == "EACCES"
    assert attempt(workers, places, "hard link", path=places / "data" / "secret") in {
        "EACCES",
        "EXDEV",
        "EPERM",
    }
    assert list((places / "scratch").iterdir()) == []


@needs_landlock_net
def test_no_connection_to_a_listener_on_this_machine(workers, places):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        assert attempt(workers, places, "connect", port=port) in {"EACCES", "EPERM"}


needs_filter = pytest.mark.skipif(
    sys.platform != "linux" or os.uname().machine not in {"x86_64", "aarch64"},
    reason="no system-call filter for this platform",
)


@needs_filter
@pytest.mark.parametrize("what", ["udp", "unix socket", "fork", "run"])
def test_no_socket_no_child_no_program(workers, places, what):
    assert attempt(workers, places, what, port=9) in {"EACCES", "EPERM"}


@needs_filter
def test_threads_still_start(workers, places):
    assert attempt(workers, places, "thread") == "done"


@pytest.mark.skipif(landlock.abi() < 6, reason="this kernel's Landlock does not confine signals")
def test_no_signal_reaches_another_process(workers, places):
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as bystander:
        assert attempt(workers, places, "kill", pid=bystander.pid) == "EPERM"
        assert bystander.poll() is None
        bystander.communicate(b"\n")


@needs_landlock
def test_the_walls_left_standing_are_reported():
    seen = sandbox()
    assert seen.level == "full"
    assert seen.missing == []
    assert sandbox() is seen


def test_missing_walls_lower_the_level():
    stood = {"limits": True, "files": False, "network": False, "processes": False, "landlock": 0}
    assert probe.describe(stood).level == "limits"
    assert len(probe.describe(stood).missing) == 3
    assert probe.describe(stood | {"limits": False}).level == "process"


HOST = f"""
import sys, threading, time
from pathlib import Path
sys.path.insert(0, {str(ROOT)!r})
from insights_ext.context import Context
from insights_ext.services.worker import Workers
from insights_ext.work import Job, Limits
pool = Workers(
    max_workers=3, idle_s=60, max_jobs=9, threads=1,
    extra_modules={{"worker_targets": Path({str(TARGETS_FILE)!r})}},
)
def run(name, args=None, key=None, context=None):
    job = Job("test", "worker_targets:" + name, args or {{}}, Limits(60), key=key)
    return pool.run(job, context or Context()).value
"""


def host(tmp_path, body, **more):
    script = tmp_path / "script.py"
    script.write_text(HOST + body)
    return subprocess.Popen(
        [sys.executable, "-W", "error", str(script)],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **more,
    )


def finish(process):
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert "Warning" not in err
    return out.split()


def alive(pids):
    return [pid for pid in pids if psutil.pid_exists(pid) and psutil.Process(pid).status() != "zombie"]


def wait_gone(pids, seconds=5):
    until = time.monotonic() + seconds
    while time.monotonic() < until and alive(pids):
        time.sleep(0.05)
    return not alive(pids)


def test_a_script_without_a_main_guard_works_and_leaves_nothing(tmp_path):
    out = finish(
        host(tmp_path, "seen = run('count', key='k')\nprint(seen['pid'], run('describe')['parent'])")
    )
    assert len(out) == 2
    assert wait_gone([int(pid) for pid in out])


def test_modules_beside_the_notebook_are_not_imported(tmp_path):
    for name in ("duckdb", "pyarrow", "openpyxl"):
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'trapped')!r}, 'w').close()")
    # The script lies beside the traps: they come first on the host's own search path.
    body = """
assert sys.path[1] == str(Path.cwd())
for name in ("duckdb", "pyarrow", "openpyxl"):
    print(run("module_file", {"module": name}))
"""
    found = finish(host(tmp_path, body))
    assert len(found) == 3
    assert not any(path.startswith(str(tmp_path)) for path in found)
    assert not (tmp_path / "trapped").exists()


def test_when_the_host_is_killed_everything_of_its_ends(tmp_path):
    body = """
busy = threading.Thread(target=lambda: run("spin_in_native_code"))
busy.start()
idle = run("count", key="k")
print(idle["pid"], run("describe")["parent"], flush=True)
time.sleep(60)
"""
    process = host(tmp_path, body)
    pids = [int(pid) for pid in process.stdout.readline().split()]
    pids += [child.pid for child in psutil.Process(pids[1]).children(recursive=True)]
    assert len(alive(pids)) >= 3
    process.kill()
    process.communicate()
    assert wait_gone(pids)


def test_when_the_fork_server_is_killed_its_workers_die_and_the_next_job_gets_a_new_one(workers):
    first = run(workers, "count", key="orphan")
    server = FORK_SERVER.server_pid()
    os.kill(server, signal.SIGKILL)
    assert wait_gone([first["pid"]])
    assert run(workers, "count", key="orphan")["jobs"] == 1
    assert FORK_SERVER.server_pid() != server


def test_ctrl_c_ends_the_job_and_reaches_the_script_alone(tmp_path):
    body = """
context = Context(emit=lambda event: print("running", flush=True))
try:
    run("sleep", {"seconds": 30}, context=context)
except KeyboardInterrupt:
    print("interrupted", run("echo", {"a": 1})["a"], pool.status()["killed"])
"""
    process = host(tmp_path, body, start_new_session=True)
    assert process.stdout.readline().strip() == "running"
    start = time.monotonic()
    os.killpg(process.pid, signal.SIGINT)
    assert finish(process) == ["interrupted", "1", "1"]
    assert time.monotonic() - start < 5


def test_a_forked_copy_of_the_host_has_workers_of_its_own(tmp_path):
    body = """
import os
parent = run("count", key="k")
server = run("describe")["parent"]
pid = os.fork()
if not pid:
    child = run("count", key="k")
    ok = child["jobs"] == 1 and run("describe")["parent"] != server
    pool.close()
    os._exit(0 if ok else 1)
print(os.waitpid(pid, 0)[1], run("count", key="k")["jobs"], run("describe")["parent"] == server)
"""
    assert finish(host(tmp_path, body)) == ["0", "2", "True"]


def test_many_threads_may_start_the_first_worker_at_once(tmp_path):
    body = """
threads = [threading.Thread(target=run, args=("echo",)) for _ in range(6)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print(pool.status()["started"])
"""
    assert finish(host(tmp_path, body)) == ["6"]


def test_no_project_and_no_home_is_among_the_library_directories():
    directories = landlock.library_directories()
    for private in (Path.home(), ROOT, Path.cwd(), Path("/tmp"), Path("/usr"), Path("/etc"), Path("/")):
        assert not any(private.resolve().is_relative_to(directory) for directory in directories), private
    package = Path(insights_ext.__file__).parent
    assert any(package.is_relative_to(directory) for directory in directories)
