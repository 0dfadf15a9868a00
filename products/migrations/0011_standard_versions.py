"""Standards drafted, reviewed and published here; what was published never changes."""

from __future__ import annotations

from typing import Any, Final

import django.db.models.deletion
from django.db import migrations, models

import products.defaults
from products.evidence_triggers import guard

_WORDS: Final = "a published version is never rewritten"
# PostgreSQL allows no query in a trigger's condition, so these ask inside. A version's columns are compared as a
# whole: what later migrations add to it is kept as well.
_FUNCTIONS: Final = (
    f"""CREATE FUNCTION products_keep_version() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM products_versionrecord WHERE version_id = OLD.id) THEN
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE'
       AND to_jsonb(NEW) - 'status' - 'effective_to' = to_jsonb(OLD) - 'status' - 'effective_to'
       AND (NEW.status = OLD.status OR NEW.status = 'repealed')
       AND (NEW.effective_to IS NOT DISTINCT FROM OLD.effective_to
            OR (NEW.effective_to IS NOT NULL AND NEW.effective_to <= COALESCE(OLD.effective_to, NEW.effective_to)))
    THEN RETURN NEW; END IF;
    RAISE EXCEPTION '{_WORDS}' USING ERRCODE = 'restrict_violation';
    END $$""",  # noqa: S608 - constants alone
    f"""CREATE FUNCTION products_keep_limit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF (TG_OP <> 'INSERT' AND EXISTS (SELECT 1 FROM products_versionrecord WHERE version_id = OLD.version_id))
       OR (TG_OP <> 'DELETE' AND EXISTS (SELECT 1 FROM products_versionrecord WHERE version_id = NEW.version_id))
    THEN RAISE EXCEPTION '{_WORDS}' USING ERRCODE = 'restrict_violation'; END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
    END $$""",  # noqa: S608 - constants alone
)
_RECORD: Final = (
    "BEFORE UPDATE OR DELETE ON products_versionrecord FOR EACH ROW WHEN (OLD.state IN ('published', 'withdrawn'))"
)
_POSTGRES: Final = {
    "standardversion_kept": "BEFORE UPDATE OR DELETE ON products_standardversion FOR EACH ROW EXECUTE FUNCTION products_keep_version()",
    "limit_kept": "BEFORE INSERT OR UPDATE OR DELETE ON products_limit FOR EACH ROW EXECUTE FUNCTION products_keep_limit()",
    "versionrecord_kept": f"{_RECORD} EXECUTE FUNCTION products_refuse('{_WORDS}')",
}


def _sqlite(apps: Any) -> dict[str, str]:
    def published(version: str) -> str:
        return f"EXISTS (SELECT 1 FROM products_versionrecord WHERE version_id = {version})"  # noqa: S608 - constants alone

    def trigger(table: str, change: str, when: str) -> str:
        return f"BEFORE {change} ON \"products_{table}\" FOR EACH ROW WHEN {when} BEGIN SELECT RAISE(ABORT, '{_WORDS}'); END"

    columns = [field.column for field in apps.get_model("products", "standardversion")._meta.concrete_fields]
    fixed = [name for name in columns if name not in {"id", "status", "effective_to"}]
    changed = [f"OLD.{name} IS NOT NEW.{name}" for name in fixed]
    changed += [
        "(OLD.status IS NOT NEW.status AND NEW.status <> 'repealed')",
        "(OLD.effective_to IS NOT NULL AND NEW.effective_to IS NULL)",
        "(OLD.effective_to IS NOT NULL AND NEW.effective_to > OLD.effective_to)",
    ]
    ended = "OLD.state IN ('published', 'withdrawn')"
    return {
        "standardversion_kept_update": trigger(
            "standardversion", "UPDATE", f"{published('OLD.id')} AND ({' OR '.join(changed)})"
        ),
        "standardversion_kept_delete": trigger("standardversion", "DELETE", published("OLD.id")),
        "limit_kept_insert": trigger("limit", "INSERT", published("NEW.version_id")),
        "limit_kept_update": trigger(
            "limit", "UPDATE", f"{published('OLD.version_id')} OR {published('NEW.version_id')}"
        ),
        "limit_kept_delete": trigger("limit", "DELETE", published("OLD.version_id")),
        "versionrecord_kept_update": trigger("versionrecord", "UPDATE", ended),
        "versionrecord_kept_delete": trigger("versionrecord", "DELETE", ended),
    }


def _add_triggers(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        for function in _FUNCTIONS:
            schema_editor.execute(function, params=None)
        for name, rule in _POSTGRES.items():
            schema_editor.execute(f"CREATE TRIGGER {name} {rule}", params=None)
        return
    for name, rule in _sqlite(apps).items():
        schema_editor.execute(f"CREATE TRIGGER {name} {rule}", params=None)


def _drop_triggers(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        for name, rule in _POSTGRES.items():
            table = rule.partition(" ON ")[2].partition(" ")[0]
            schema_editor.execute(f"DROP TRIGGER {name} ON {table}")
        for function in ("products_keep_version", "products_keep_limit"):
            schema_editor.execute(f"DROP FUNCTION {function}()")
        return
    for name in _sqlite(apps):
        schema_editor.execute(f"DROP TRIGGER {name}")


class Migration(migrations.Migration):
    dependencies = [
        ("products", "0010_own_events"),
    ]

    operations = [
        migrations.CreateModel(
            name="VersionRecord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.UUIDField(default=products.defaults.new_code, editable=False, unique=True)),
                ("standard_code", models.CharField(max_length=60)),
                ("title", models.CharField(max_length=120)),
                ("label", models.CharField(blank=True, max_length=60)),
                ("effective_from", models.DateField(blank=True, null=True)),
                ("effective_to", models.DateField(blank=True, null=True)),
                ("source", models.TextField(blank=True)),
                ("max_yield_kg_per_ha", models.PositiveIntegerField(blank=True, null=True)),
                ("limits", models.JSONField(default=products.defaults.empty_list)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "草稿"),
                            ("in_review", "审查中"),
                            ("published", "已发布"),
                            ("withdrawn", "已撤回"),
                        ],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("revision", models.PositiveIntegerField(default=1)),
                ("drafted_by", models.CharField(blank=True, max_length=40)),
                ("created_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
                (
                    "base",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="followers",
                        to="products.standardversion",
                    ),
                ),
                (
                    "indication",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="version_records",
                        to="products.indication",
                    ),
                ),
                (
                    "version",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="record",
                        to="products.standardversion",
                    ),
                ),
            ],
            options={
                "ordering": ["-changed_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="VersionStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("submit", "提交审查"),
                            ("take_back", "撤回修改"),
                            ("withdraw", "撤回并终止"),
                            ("send_back", "退回修改"),
                            ("publish", "审查通过并发布"),
                            ("adopt", "由内置资料转入"),
                            ("supersede", "被新版本代替"),
                            ("repeal", "废止"),
                        ],
                        max_length=10,
                    ),
                ),
                ("reason", models.TextField(blank=True)),
                ("document_no", models.CharField(blank=True, max_length=80)),
                ("content_sha256", models.CharField(max_length=64)),
                ("effective_to", models.DateField(blank=True, null=True)),
                ("by", models.CharField(max_length=40)),
                ("decided_by", models.CharField(max_length=150)),
                ("at", models.DateTimeField()),
                (
                    "record",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="products.versionrecord"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.AddConstraint(
            model_name="versionrecord",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["draft", "in_review", "published", "withdrawn"])),
                name="version_record_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="versionrecord",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "published"), _negated=True), ("version__isnull", False), _connector="OR"
                ),
                name="version_record_published",
            ),
        ),
        guard(
            fixed={
                "versionstep": (
                    "record_id",
                    "action",
                    "reason",
                    "document_no",
                    "content_sha256",
                    "effective_to",
                    "by",
                    "at",
                )
            },
            erasable={"versionstep": ("decided_by",)},
        ),
        migrations.RunPython(_add_triggers, _drop_triggers, elidable=False),
    ]
