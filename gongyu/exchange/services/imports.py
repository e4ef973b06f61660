"""A census workbook: looked at, then taken over whole, and taken back where nobody minds."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from gongyu.accounts.models import User
from gongyu.core import timeline
from gongyu.core.calendar import now
from gongyu.core.errors import DomainError
from gongyu.exchange.census_file import check_upload, read_census
from gongyu.exchange.census_rows import Reading
from gongyu.exchange.errors import MoveNotAllowed, NotAllowed
from gongyu.exchange.models import CensusImport, Resource, ResourceEntry
from gongyu.exchange.policies import dispatches


def _commission_only(by: User) -> None:
    if not dispatches(by):
        raise NotAllowed(_("摸底表由区教委导入。"))


@transaction.atomic
def upload_census(raw: bytes, file_name: str, *, by: User) -> tuple[CensusImport, Reading]:
    """Keep the workbook and say what is in it; no resource is touched."""
    _commission_only(by)
    check_upload(raw)
    reading = read_census(raw)
    if reading.fatal:
        raise DomainError(reading.fatal[0])
    # A person looks at one workbook at a time; files that were given up are not kept.
    CensusImport.objects.filter(by=by, state=CensusImport.State.PREVIEW).delete()
    upload = CensusImport.objects.create(
        by=by,
        at=now(),
        file_name=file_name[-120:],
        file=raw,
        rows=len(reading.rows),
        faults=len(reading.faults),
        unchanged=reading.unchanged,
    )
    timeline.record(upload, "census.upload", _("上传摸底表"), by=by)
    return upload, reading


@transaction.atomic
def apply_import(upload: CensusImport, *, by: User) -> int:
    """Take over the new rows, all or none; what is there already stays as its unit has it."""
    _commission_only(by)
    upload = CensusImport.objects.select_for_update().get(pk=upload.pk)
    if upload.state != CensusImport.State.PREVIEW:
        raise MoveNotAllowed(_("这份表已经导入过了。"))
    reading = read_census(bytes(upload.file))
    if not reading.is_clean:
        raise DomainError(_("表里还有要改的地方，改好重新上传，现在什么也没有导入。"))
    resources = Resource.objects.bulk_create(
        Resource(unit=row.unit, **row.about) for row in reading.rows
    )
    ResourceEntry.objects.bulk_create(
        ResourceEntry(resource=resource, **row.entry)
        for resource, row in zip(resources, reading.rows, strict=True)
    )
    link = Resource.topics.through
    link.objects.bulk_create(
        link(resource_id=resource.pk, topic_id=topic.pk)
        for resource, row in zip(resources, reading.rows, strict=True)
        for topic in row.topics
    )
    upload.created.set(resources)
    upload.state, upload.file = CensusImport.State.APPLIED, b""
    upload.rows, upload.unchanged = len(resources), reading.unchanged
    upload.save()
    timeline.record(upload, "census.import", _("导入 %(n)d 项资源") % {"n": len(resources)}, by=by)
    return len(resources)


@transaction.atomic
def undo_import(upload: CensusImport, *, by: User) -> tuple[int, int]:
    """Take back what the last import created and nobody has used; returns (gone, kept)."""
    _commission_only(by)
    upload = CensusImport.objects.select_for_update().get(pk=upload.pk)
    if upload.state != CensusImport.State.APPLIED:
        raise MoveNotAllowed(_("这份表没有导入，或者已经撤销了。"))
    later = CensusImport.objects.filter(state=CensusImport.State.APPLIED, pk__gt=upload.pk)
    if later.exists():
        raise MoveNotAllowed(_("后来又导入过别的表，只能从最近的一份撤起。"))
    created = Resource.objects.select_for_update().filter(pk__in=upload.created.values("pk"))
    used = Q(sessions__isnull=False) | Q(opening_rules__isnull=False)
    used |= Q(opening_exceptions__isnull=False) | Q(entry__confirmed_on__isnull=False)
    used |= Q(photos__isnull=False) | Q(merges__isnull=False) | Q(merged_away__isnull=False)
    kept = set(
        Resource.objects.filter(pk__in=upload.created.values("pk"))
        .filter(used)
        .values_list("pk", flat=True)
    )
    going = [resource.pk for resource in created if resource.pk not in kept]
    upload.created.clear()
    Resource.objects.filter(pk__in=going).delete()
    upload.state = CensusImport.State.UNDONE
    upload.save(update_fields=["state"])
    words = _("撤销导入：去掉 %(gone)d 项，%(kept)d 项有人用了，留着") % {
        "gone": len(going),
        "kept": len(kept),
    }
    timeline.record(upload, "census.undo", words, by=by)
    return len(going), len(kept)
