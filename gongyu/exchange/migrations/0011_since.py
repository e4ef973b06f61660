"""The present step of an order began when it was answered, or else placed."""

from django.db import migrations
from django.db.models.functions import Coalesce


def fill_since(apps, schema_editor):
    apps.get_model("exchange", "Order").objects.update(since=Coalesce("answered_at", "placed_at"))


class Migration(migrations.Migration):

    dependencies = [("exchange", "0010_order_loop")]

    operations = [migrations.RunPython(fill_since, migrations.RunPython.noop, elidable=True)]
