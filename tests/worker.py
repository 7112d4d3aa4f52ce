"""A worker within the test's own process."""

from django_tasks_db.models import DBTaskResult


def work() -> None:
    """What a worker does with its queue; `db_worker` itself would close the test's connection."""
    for waiting in DBTaskResult.objects.ready():
        waiting.task.call(*waiting.args_kwargs["args"])
