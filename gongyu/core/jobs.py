"""Long work with a face: started by a person, done by the worker, watched on a page."""

from datetime import timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from gongyu.core.calendar import now

from .models import Job


def open_job(title: str, *, by: object) -> Job:
    """Make the record of a piece of work that is about to be enqueued."""
    return Job.objects.create(title=title, started_by=by)  # type: ignore[misc]  # core knows no user


def report(job_id: int, *, phase: str, done: int, total: int) -> bool:
    """Say how far the work is; returns False when it should stop because someone cancelled it."""
    _running(job_id).update(
        state=Job.State.RUNNING,
        phase=phase[:120],
        done=min(done, total),
        total=total,
        beat_at=now(),
    )
    return not Job.objects.filter(pk=job_id, cancel_requested=True).exists()


def finish(job_id: int) -> None:
    """Mark the work as done."""
    _running(job_id).update(
        state=Job.State.DONE, phase=_("完成"), done=100, total=100, finished_at=now()
    )


def fail(job_id: int, sentence: str) -> None:
    """Mark the work as failed, with the sentence that its owner reads."""
    _running(job_id).update(state=Job.State.FAILED, failure=sentence[:300], finished_at=now())


def cancelled(job_id: int) -> None:
    """Mark the work as stopped on request."""
    _running(job_id).update(state=Job.State.CANCELLED, phase=_("已取消"), finished_at=now())


def interrupted(job_id: int, sentence: str, *, silent: timedelta) -> bool:
    """Mark work as failed that is under way and has not been heard of for ``silent``."""
    gone = _running(job_id).filter(beat_at__lt=now() - silent)
    return bool(gone.update(state=Job.State.FAILED, failure=sentence[:300], finished_at=now()))


def is_taken(task_id: str) -> bool:
    """Whether a worker has taken the task out of the queue."""
    if not task_id:
        return False
    return DBTaskResult.objects.filter(pk=task_id).exclude(status=TaskResultStatus.READY).exists()


def request_cancel(job: Job) -> None:
    """Ask the worker to stop at its next report."""
    _running(job.pk).update(cancel_requested=True)


def _running(job_id: int) -> QuerySet[Job]:
    return Job.objects.filter(pk=job_id, state__in=[Job.State.QUEUED, Job.State.RUNNING])
