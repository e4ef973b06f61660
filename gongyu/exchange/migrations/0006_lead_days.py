"""A resource's notice moves from its entry to the resource: placing an order reads it."""

from django.db import migrations, models
from django.db.models import OuterRef, Q, Subquery


def take_over(apps, schema_editor):
    Resource = apps.get_model("exchange", "Resource")
    entries = apps.get_model("exchange", "ResourceEntry").objects.filter(resource=OuterRef("pk"))
    Resource.objects.filter(entry__isnull=False).update(
        lead_days=Subquery(entries.values("lead_days")[:1])
    )


def give_back(apps, schema_editor):
    Entry = apps.get_model("exchange", "ResourceEntry")
    resources = apps.get_model("exchange", "Resource").objects.filter(pk=OuterRef("resource"))
    Entry.objects.update(lead_days=Subquery(resources.values("lead_days")[:1]))


class Migration(migrations.Migration):
    dependencies = [("exchange", "0005_problems")]

    operations = [
        migrations.AddField(
            model_name="resource",
            name="lead_days",
            field=models.PositiveSmallIntegerField(default=3, verbose_name="提前几天约"),
        ),
        migrations.RunPython(take_over, give_back),
        migrations.RemoveConstraint(model_name="resourceentry", name="entry_lead_within_a_term"),
        migrations.RemoveField(model_name="resourceentry", name="lead_days"),
        migrations.AddConstraint(
            model_name="resource",
            constraint=models.CheckConstraint(
                condition=Q(("lead_days__lte", 90)), name="resource_lead_within_a_term"
            ),
        ),
    ]
