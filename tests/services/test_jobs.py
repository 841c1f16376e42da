import threading

import pytest

from insights_ext.context import Context
from insights_ext.errors import BadCell, JobNotFound
from insights_ext.services.jobs import Jobs


@pytest.fixture
def jobs():
    jobs = Jobs()
    yield jobs
    jobs.close()


def test_a_job_tells_how_far_it_is_and_what_it_made(jobs):
    go = threading.Event()
    half = threading.Event()

    def work(context):
        context.step("convert", "Reading sales", 0.5)
        half.set()
        go.wait(10)
        return "sales"

    job = jobs.start("upload", Context(), work)
    assert half.wait(10)
    running = jobs.job("local", job.id)
    assert (running.state, running.progress, running.message) == ("processing", 0.5, "Reading sales")
    go.set()
    done = jobs.wait("local", job.id, 10)
    assert (done.state, done.progress, done.dataset) == ("completed", 1.0, "sales")


def test_a_failure_keeps_its_reason(jobs):
    def work(context):
        raise BadCell("Row 3, column x.")

    done = jobs.wait("local", jobs.start("upload", Context(request_id="r1"), work).id, 10)
    assert done.state == "failed"
    assert (done.error["code"], done.error["request_id"]) == ("bad_cell", "r1")


def test_an_unknown_failure_tells_nothing_of_the_inside(jobs):
    def work(context):
        raise RuntimeError("/secret/path")

    done = jobs.wait("local", jobs.start("upload", Context(), work).id, 10)
    assert done.error["code"] == "internal_error"
    assert "/secret" not in done.model_dump_json()


def test_a_cancelled_job_stops(jobs):
    def work(context):
        assert context.cancelled.wait(10)
        context.check()

    job = jobs.start("upload", Context(), work)
    jobs.cancel("local", job.id)
    assert jobs.wait("local", job.id, 10).state == "cancelled"


def test_a_job_outlives_the_switch_of_its_request(jobs):
    context = Context()
    context.cancelled.set()
    job = jobs.start("upload", context, lambda own: "sales" if not own.cancelled.is_set() else None)
    assert jobs.wait("local", job.id, 10).dataset == "sales"


def test_others_do_not_see_the_job(jobs):
    job = jobs.start("upload", Context(owner="ann"), lambda context: None)
    with pytest.raises(JobNotFound):
        jobs.job("bob", job.id)
    with pytest.raises(JobNotFound):
        jobs.cancel("bob", job.id)


def test_closing_lets_waiting_jobs_give_back_what_they_hold():
    jobs, began, given_back = Jobs(threads=1), threading.Event(), threading.Event()

    def first(context):
        began.set()
        assert context.cancelled.wait(10)
        context.check()

    def second(context):
        if context.cancelled.is_set():
            given_back.set()
        context.check()

    jobs.start("upload", Context(), first)
    waiting = jobs.start("upload", Context(), second)
    assert began.wait(10)
    jobs.close()
    assert given_back.is_set()
    assert jobs.job("local", waiting.id).state == "cancelled"
