"""Routes of jobs, and how a request that started one answers."""

from __future__ import annotations

from jupyter_server.utils import url_escape, url_path_join
from tornado import web

from .. import handlers
from ..errors import Busy, Cancelled, from_body
from ..schemas import Job
from .base import InsightsHandler
from .parameters import parameters
from .permission import authorized


class JobHandler(InsightsHandler):
    """``jobs/{id}``."""

    @web.authenticated
    @authorized(action="read", resource="insights:jobs")
    async def get(self, job_id: str) -> None:
        """How the job stands."""
        parameters(self.request)
        await self.reply(handlers.job, self.workspace, job_id, self.context)

    @web.authenticated
    @authorized(action="write", resource="insights:jobs")
    async def delete(self, job_id: str) -> None:
        """Cancel the job."""
        parameters(self.request)
        await self.reply(handlers.cancel_job, self.workspace, job_id, self.context)


class OutcomeHandler(InsightsHandler):
    """Waits for the job it started, but not for ever."""

    async def outcome(self, job: Job, done: int) -> None:
        """Answer with the dataset and `done`, raise what went wrong, or 202 with the job's address.

        With ``Prefer: respond-async`` (RFC 7240) nothing is waited for.
        """
        preferred = self.request.headers.get("Prefer", "").lower()
        wait_s = 0.0 if "respond-async" in preferred else self.workspace.upload_wait_s
        try:
            job = await self.door.waits.run(handlers.wait, self.workspace, job.id, self.context, wait_s)
        except Busy:
            # Too many wait already; the job runs all the same, and its address is as good an answer.
            self.log.debug("request %s does not wait for its job", self.request_id)
        if job.state == "failed":
            raise from_body(job.error or {})
        if job.state == "cancelled":
            raise Cancelled("The work was cancelled.")
        if job.state == "completed" and job.dataset is not None:
            self.set_header("Location", self._address("datasets", job.dataset))
            await self.reply(handlers.dataset, self.workspace, job.dataset, self.context, status=done)
            return
        self.set_header("Location", self._address("jobs", job.id))
        self.send(job.model_dump_json().encode(), 202)

    def _address(self, *parts: str) -> str:
        return str(url_path_join(self.base_url, "insights/v1", *map(url_escape, parts)))
