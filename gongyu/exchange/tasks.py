"""Background entry points of the exchange."""

import logging

from django.utils.translation import gettext as _
from django_tasks import task

from gongyu.core import jobs
from gongyu.core.access import task_access

from .models import MatchingRun
from .policies import can_run_matching

logger = logging.getLogger(__name__)


@task()
@task_access(can_run_matching)
def solve_run(run_id: int) -> None:
    """Solve a run that the commission or a town's office started (``can_run_matching``)."""
    from .services import runs  # services enqueue this task

    run = MatchingRun.objects.get(pk=run_id)
    try:
        runs.solve(run_id)
    except Exception:  # whatever it was, the run's page must say so; the worker logs it
        jobs.fail(run.job_id, _("计算时出了错，已经记下来。需求都还在池里，可以再运行一次。"))
        logger.exception("matching run %s failed", run_id)
        raise
