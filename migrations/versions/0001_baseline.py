"""baseline

Revision: 0001
Follows: nothing
Made: before the first release
"""

import sqlalchemy as sa
from alembic import op

import database

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "candidates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("name_key", sa.String(length=160), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("phone_digits", sa.String(length=40), nullable=False),
        sa.Column("timezone", database.ZoneName(length=64), nullable=True),
        sa.Column("links", sa.JSON(), nullable=False),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("created_at", database.UTCDateTime(), nullable=False),
        sa.Column("erased_at", database.UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidates")),
        sa.UniqueConstraint("email", name=op.f("uq_candidates_email")),
    )
    with op.batch_alter_table("candidates", schema=None) as batch_op:
        batch_op.create_index(
            "ix_candidates_name_key_id_email_phone_digits",
            ["name_key", "id", "email", "phone_digits"],
            unique=False,
            sqlite_where=sa.text("erased_at IS NULL"),
            postgresql_where=sa.text("erased_at IS NULL"),
        )

    op.create_table(
        "heartbeats",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("beat_at", database.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_heartbeats")),
    )
    op.create_table(
        "servers",
        sa.Column("sign", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("started_at", database.UTCDateTime(), nullable=False),
        sa.Column("seen_at", database.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("sign", name=op.f("pk_servers")),
    )
    op.create_table(
        "organizations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("timezone", database.ZoneName(length=64), nullable=False),
        sa.Column("installation_id", sa.String(length=64), nullable=False),
        sa.Column("stays_paused_as", sa.String(length=64), nullable=True),
        sa.Column("first_weekday", sa.Integer(), nullable=False),
        sa.Column("restored_as", sa.String(length=32), nullable=True),
        sa.Column("restored_from", database.UTCDateTime(), nullable=True),
        sa.Column("held_back_since", database.UTCDateTime(), nullable=True),
        sa.Column("resumed_at", database.UTCDateTime(), nullable=True),
        sa.Column("dropped_at", database.UTCDateTime(), nullable=True),
        sa.Column("connecting_is_open", sa.Boolean(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("two_step_required_since", database.UTCDateTime(), nullable=True),
        sa.Column("retention_days", sa.Integer(), nullable=True),
        sa.Column("log_days", sa.Integer(), nullable=True),
        sa.Column("mail_copy_days", sa.Integer(), nullable=True),
        sa.Column("invitation_intro", sa.String(length=1000), nullable=False),
        sa.Column("invitation_closing", sa.String(length=1000), nullable=False),
        sa.Column("created_at", database.UTCDateTime(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_organizations_only_one")),
        sa.CheckConstraint("retention_days BETWEEN 1 AND 3650", name=op.f("ck_organizations_retention_days")),
        sa.CheckConstraint("log_days BETWEEN 30 AND 3650", name=op.f("ck_organizations_log_days")),
        sa.CheckConstraint(
            "mail_copy_days BETWEEN 30 AND 3650", name=op.f("ck_organizations_mail_copy_days")
        ),
        sa.CheckConstraint("first_weekday BETWEEN 0 AND 6", name=op.f("ck_organizations_first_weekday")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organizations")),
    )
    op.create_table(
        "refusing_providers",
        sa.Column("provider", sa.String(length=16), nullable=False),
        sa.Column("since", database.UTCDateTime(), nullable=False),
        sa.Column("because", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("provider", name=op.f("pk_refusing_providers")),
    )
    op.create_table(
        "tasks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column(
            "lane",
            sa.Enum(
                "provider",
                "mail",
                "calendar",
                "upkeep",
                name="lane",
                native_enum=False,
                length=32,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("dedupe_key", sa.String(length=120), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "ready",
                "running",
                "done",
                "dead",
                name="state",
                native_enum=False,
                length=32,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("run_at", database.UTCDateTime(), nullable=False),
        sa.Column("starts", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("lease", sa.String(length=32), nullable=True),
        sa.Column("leased_until", database.UTCDateTime(), nullable=True),
        sa.Column("last_error", sa.String(length=500), nullable=True),
        sa.Column("created_at", database.UTCDateTime(), nullable=False),
        sa.Column("finished_at", database.UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
    )
    with op.batch_alter_table("tasks", schema=None) as batch_op:
        batch_op.create_index("ix_tasks_state_lane_run_at", ["state", "lane", "run_at"], unique=False)
        batch_op.create_index(
            "uq_tasks_ready_dedupe_key",
            ["dedupe_key"],
            unique=True,
            sqlite_where=sa.text("state = 'ready'"),
            postgresql_where=sa.text("state = 'ready'"),
        )
        batch_op.create_index(
            "uq_tasks_running_subject",
            ["subject", "lane"],
            unique=True,
            sqlite_where=sa.text("state = 'running'"),
            postgresql_where=sa.text("state = 'running'"),
        )

    op.create_table(
        "throttles",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_failure_at", database.UTCDateTime(), nullable=False),
        sa.Column("blocked_until", database.UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_throttles")),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("password_hash", sa.String(length=255), nullable=True),
        sa.Column(
            "role",
            sa.Enum(
                "owner",
                "admin",
                "recruiter",
                "hiring_manager",
                "interviewer",
                "observer",
                name="role",
                native_enum=False,
                length=32,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("timezone", database.ZoneName(length=64), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("two_step_since", database.UTCDateTime(), nullable=True),
        sa.Column("has_shortcuts", sa.Boolean(), nullable=False),
        sa.Column("sends_from_own_mailbox", sa.Boolean(), nullable=False),
        sa.Column("availability", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("created_at", database.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email", name=op.f("uq_users_email")),
    )
    op.create_table(
        "webhook_events",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("received_at", database.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_webhook_events")),
    )
    with op.batch_alter_table("webhook_events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_webhook_events_received_at"), ["received_at"], unique=False)

    op.create_table(
        "audit_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", database.UTCDateTime(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name=op.f("fk_audit_entries_actor_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
    )
    with op.batch_alter_table("audit_entries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_entries_actor_id"), ["actor_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_entries_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_entries_event"), ["event"], unique=False)

    op.create_table(
        "api_keys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("beginning", sa.String(length=12), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("created_at", database.UTCDateTime(), nullable=False),
        sa.Column("last_used_at", database.UTCDateTime(), nullable=True),
        sa.Column("revoked_at", database.UTCDateTime(), nullable=True),
        sa.Column("counted_since", database.UTCDateTime(), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["made_by_id"], ["users.id"], name=op.f("fk_api_keys_made_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_api_keys_key_hash")),
    )
    op.create_table(
        "outgoing_webhooks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("sealed_secret", sa.String(length=500), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("created_at", database.UTCDateTime(), nullable=False),
        sa.Column("looked_until", database.UTCDateTime(), nullable=False),
        sa.Column("failing_since", database.UTCDateTime(), nullable=True),
        sa.Column("turned_off_because", sa.String(length=300), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_outgoing_webhooks_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outgoing_webhooks")),
    )
    op.create_table(
        "linked_identities",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("issuer", sa.String(length=255), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("linked_at", database.UTCDateTime(), nullable=False),
        sa.Column("last_used_at", database.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_linked_identities_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_linked_identities")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_linked_identities_issuer_subject")),
        sa.UniqueConstraint("user_id", "issuer", name=op.f("uq_linked_identities_user_id_issuer")),
    )
    op.create_table(
        "connections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("app", sa.String(length=32), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "connected",
                "reconnect_needed",
                "ended",
                name="state",
                native_enum=False,
                length=32,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("account_id", sa.String(length=128), nullable=False),
        sa.Column("is_exclusive", sa.Boolean(), nullable=False),
        sa.Column("account_email", sa.String(length=254), nullable=False),
        sa.Column("account_name", sa.String(length=160), nullable=False),
        sa.Column("plan", sa.String(length=32), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("api_url", sa.String(length=255), nullable=True),
        sa.Column("ciphertext", sa.Text(), nullable=False),
        sa.Column("token_version", sa.Integer(), nullable=False),
        sa.Column("expires_at", database.UTCDateTime(), nullable=False),
        sa.Column("renew_at", database.UTCDateTime(), nullable=False),
        sa.Column("refresh_claim", sa.String(length=32), nullable=True),
        sa.Column("refresh_claimed_until", database.UTCDateTime(), nullable=True),
        sa.Column("refresh_after", database.UTCDateTime(), nullable=True),
        sa.Column("refresh_failures", sa.Integer(), nullable=False),
        sa.Column("refresh_may_be_lost", sa.Boolean(), nullable=False),
        sa.Column("problem", sa.String(length=500), nullable=True),
        sa.Column("problem_since", database.UTCDateTime(), nullable=True),
        sa.Column("trouble", sa.String(length=500), nullable=True),
        sa.Column("trouble_since", database.UTCDateTime(), nullable=True),
        sa.Column("credentials_refused", sa.Boolean(), nullable=False),
        sa.Column("refused_because", sa.String(length=40), nullable=False),
        sa.Column("checked_at", database.UTCDateTime(), nullable=True),
        sa.Column("connected_at", database.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_connections_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_connections")),
        sa.UniqueConstraint("user_id", "app", name=op.f("uq_connections_user_id_app")),
    )
    with op.batch_alter_table("connections", schema=None) as batch_op:
        batch_op.create_index(
            "uq_connections_living_account",
            ["app", "account_id"],
            unique=True,
            sqlite_where=sa.text("state = 'connected' AND is_exclusive"),
            postgresql_where=sa.text("state = 'connected' AND is_exclusive"),
        )

    op.create_table(
        "calendar_feeds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", database.UTCDateTime(), nullable=False),
        sa.Column("link_nonce", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_calendar_feeds_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feeds")),
        sa.UniqueConstraint("user_id", name=op.f("uq_calendar_feeds_user_id")),
    )
    op.create_table(
        "invitations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("invited_by_id", sa.Integer(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("created_at", database.UTCDateTime(), nullable=False),
        sa.Column("expires_at", database.UTCDateTime(), nullable=False),
        sa.Column("accepted_at", database.UTCDateTime(), nullable=True),
        sa.Column("withdrawn_at", database.UTCDateTime(), nullable=True),
        sa.Column("link_nonce", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["invited_by_id"], ["users.id"], name=op.f("fk_invitations_invited_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_invitations_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("user_id", name=op.f("uq_invitations_user_id")),
    )
    op.create_table(
        "jobs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("title_key", sa.String(length=160), nullable=False),
        sa.Column("department", sa.String(length=120), nullable=False),
        sa.Column("department_key", sa.String(length=160), nullable=False),
        sa.Column("location", sa.String(length=120), nullable=False),
        sa.Column("location_key", sa.String(length=160), nullable=False),
        sa.Column("hiring_manager_id", sa.Integer(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("created_at", database.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["hiring_manager_id"], ["users.id"], name=op.f("fk_jobs_hiring_manager_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
    )
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_jobs_hiring_manager_id"), ["hiring_manager_id"], unique=False)
        batch_op.create_index("ix_jobs_is_open_title_key_id", ["is_open", "title_key", "id"], unique=False)
        batch_op.create_index("ix_jobs_title_key_id", ["title_key", "id"], unique=False)

    op.create_table(
        "password_resets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", database.UTCDateTime(), nullable=False),
        sa.Column("expires_at", database.UTCDateTime(), nullable=False),
        sa.Column("used_at", database.UTCDateTime(), nullable=True),
        sa.Column("link_nonce", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_password_resets_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_password_resets")),
    )
    with op.batch_alter_table("password_resets", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_password_resets_user_id"), ["user_id"], unique=False)

    op.create_table(
        "recovery_codes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", database.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_recovery_codes_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_recovery_codes_code_hash")),
    )
    with op.batch_alter_table("recovery_codes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recovery_codes_user_id"), ["user_id"], unique=False)

    op.create_table(
        "two_step_secrets",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("ciphertext", sa.String(length=500), nullable=False),
        sa.Column("last_period", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_two_step_secrets_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_two_step_secrets")),
    )
    op.create_table(
        "user_sessions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", database.UTCDateTime(), nullable=False),
        sa.Column("last_seen_at", database.UTCDateTime(), nullable=False),
        sa.Column("ended_at", database.UTCDateTime(), nullable=True),
        sa.Column("user_agent", sa.String(length=200), nullable=False),
        sa.Column("connect_notice", sa.String(length=500), nullable=True),
        sa.Column("connect_notice_at", database.UTCDateTime(), nullable=True),
        sa.Column("connect_notice_warns", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_user_sessions_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_sessions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_user_sessions_token_hash")),
    )
    with op.batch_alter_table("user_sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_user_sessions_user_id"), ["user_id"], unique=False)

    op.create_table(
        "applications",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("candidate_id", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=False),
        sa.Column(
            "stage",
            sa.Enum(
                "new",
                "screening",
                "interview",
                "offer",
                "hired",
                "rejected",
                name="stage",
                native_enum=False,
                length=32,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("created_at", database.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["candidate_id"],
            ["candidates.id"],
            name=op.f("fk_applications_candidate_id_candidates"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_applications_job_id_jobs")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_applications")),
        sa.UniqueConstraint("candidate_id", "job_id", name=op.f("uq_applications_candidate_id_job_id")),
    )
    with op.batch_alter_table("applications", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_applications_job_id"), ["job_id"], unique=False)

    op.create_table(
        "candidate_imports",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("reading", sa.String(length=20), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.Column("created_at", database.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name=op.f("fk_candidate_imports_job_id_jobs"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["users.id"], name=op.f("fk_candidate_imports_owner_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidate_imports")),
    )
    with op.batch_alter_table("candidate_imports", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_candidate_imports_owner_id"), ["owner_id"], unique=False)

    op.create_table(
        "interview_templates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("duration_minutes", sa.Integer(), nullable=False),
        sa.Column(
            "interview_type",
            sa.Enum(
                "video",
                "phone",
                "in_person",
                name="interview_type",
                native_enum=False,
                length=32,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column(
            "meeting_software",
            sa.Enum(
                "zoom",
                "google_meet",
                "teams",
                "other",
                name="meetingsoftware",
                native_enum=False,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("link_label", sa.String(length=60), nullable=False),
        sa.Column(
            "phone_caller",
            sa.Enum(
                "team", "candidate", name="phone_caller", native_enum=False, length=32, create_constraint=True
            ),
            nullable=True,
        ),
        sa.Column("number_to_call", sa.String(length=40), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("directions", sa.String(length=1000), nullable=False),
        sa.Column("agenda", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column(
            "interviewers",
            sa.Enum(
                "job_team",
                "some_of_team",
                "chosen",
                name="interviewers",
                native_enum=False,
                length=32,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("team_count", sa.Integer(), nullable=True),
        sa.Column("created_at", database.UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "(interview_type = 'phone') = (phone_caller IS NOT NULL)",
            name=op.f("ck_interview_templates_caller"),
        ),
        sa.CheckConstraint(
            "(interview_type = 'video') = (meeting_software IS NOT NULL)",
            name=op.f("ck_interview_templates_software"),
        ),
        sa.CheckConstraint(
            "(interviewers = 'some_of_team') = (team_count IS NOT NULL)",
            name=op.f("ck_interview_templates_team_count_is_given"),
        ),
        sa.CheckConstraint(
            "duration_minutes BETWEEN 5 AND 1440", name=op.f("ck_interview_templates_duration")
        ),
        sa.CheckConstraint("team_count BETWEEN 1 AND 20", name=op.f("ck_interview_templates_team_count")),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name=op.f("fk_interview_templates_job_id_jobs"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interview_templates")),
    )
    with op.batch_alter_table("interview_templates", schema=None) as batch_op:
        batch_op.create_index("ix_interview_templates_job_id_position", ["job_id", "position"], unique=False)

    op.create_table(
        "job_members",
        sa.Column("job_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name=op.f("fk_job_members_job_id_jobs"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_job_members_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("job_id", "user_id", name=op.f("pk_job_members")),
    )
    with op.batch_alter_table("job_members", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_job_members_user_id"), ["user_id"], unique=False)

    op.create_table(
        "oauth_attempts",
        sa.Column("state_hash", sa.String(length=64), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("app", sa.String(length=32), nullable=False),
        sa.Column("verifier_ciphertext", sa.Text(), nullable=False),
        sa.Column("created_at", database.UTCDateTime(), nullable=False),
        sa.Column("superseded_at", database.UTCDateTime(), nullable=True),
        sa.Column("spent_at", database.UTCDateTime(), nullable=True),
        sa.Column("result", sa.String(length=16), nullable=True),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["user_sessions.id"],
            name=op.f("fk_oauth_attempts_session_id_user_sessions"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_oauth_attempts_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("state_hash", name=op.f("pk_oauth_attempts")),
    )
    op.create_table(
        "admin_approvals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("app", sa.String(length=32), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "given",
                "declined",
                "over",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("directory", sa.String(length=64), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("since", database.UTCDateTime(), nullable=False),
        sa.Column("answered_at", database.UTCDateTime(), nullable=True),
        sa.Column("link_nonce", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_admin_approvals_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admin_approvals")),
        sa.UniqueConstraint("user_id", "app", name=op.f("uq_admin_approvals_user_id_app")),
    )
    op.create_table(
        "orphaned_meetings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("connection_id", sa.Integer(), nullable=False),
        sa.Column(
            "software",
            sa.Enum(
                "zoom",
                "google_meet",
                "teams",
                "other",
                name="meetingsoftware",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("provider_meeting_id", sa.String(length=64), nullable=False),
        sa.Column("entry_key", sa.String(length=64), nullable=False),
        sa.Column("topic", sa.String(length=200), nullable=False),
        sa.Column("starts_at", database.UTCDateTime(), nullable=False),
        sa.Column("found_at", database.UTCDateTime(), nullable=False),
        sa.Column("is_to_be_removed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"],
            ["connections.id"],
            name=op.f("fk_orphaned_meetings_connection_id_connections"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orphaned_meetings")),
        sa.UniqueConstraint(
            "software", "provider_meeting_id", name=op.f("uq_orphaned_meetings_software_provider_meeting_id")
        ),
    )
    with op.batch_alter_table("orphaned_meetings", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_orphaned_meetings_connection_id"), ["connection_id"], unique=False
        )

    op.create_table(
        "application_notes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", database.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_application_notes_application_id_applications"),
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["users.id"], name=op.f("fk_application_notes_author_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_notes")),
    )
    with op.batch_alter_table("application_notes", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_application_notes_application_id"), ["application_id"], unique=False
        )

    op.create_table(
        "interview_template_people",
        sa.Column("template_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["template_id"],
            ["interview_templates.id"],
            name=op.f("fk_interview_template_people_template_id_interview_templates"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_interview_template_people_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("template_id", "user_id", name=op.f("pk_interview_template_people")),
    )
    with op.batch_alter_table("interview_template_people", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_interview_template_people_user_id"), ["user_id"], unique=False)

    op.create_table(
        "interviews",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("scheduler_id", sa.Integer(), nullable=False),
        sa.Column("hiring_manager_id", sa.Integer(), nullable=False),
        sa.Column(
            "interview_type",
            sa.Enum(
                "video",
                "phone",
                "in_person",
                name="interview_type",
                native_enum=False,
                length=32,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column(
            "method",
            sa.Enum(
                "direct", "time_slots", name="method", native_enum=False, length=32, create_constraint=True
            ),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "requested",
                "accepted",
                "scheduled",
                "completed",
                "cancelled",
                "no_show",
                name="status",
                native_enum=False,
                length=32,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("agenda", sa.Text(), nullable=False),
        sa.Column("message_to_candidate", sa.Text(), nullable=False),
        sa.Column("internal_notes", sa.Text(), nullable=False),
        sa.Column("requested_passcode", sa.String(length=10), nullable=True),
        sa.Column("phone_number", sa.String(length=40), nullable=True),
        sa.Column(
            "phone_caller",
            sa.Enum(
                "team", "candidate", name="phone_caller", native_enum=False, length=32, create_constraint=True
            ),
            nullable=True,
        ),
        sa.Column("address", sa.String(length=300), nullable=True),
        sa.Column("directions", sa.String(length=1000), nullable=True),
        sa.Column("starts_at", database.UTCDateTime(), nullable=False),
        sa.Column("duration_minutes", sa.Integer(), nullable=False),
        sa.Column("ends_at", database.UTCDateTime(), nullable=False),
        sa.Column("wall_time", sa.String(length=16), nullable=False),
        sa.Column("timezone", database.ZoneName(length=64), nullable=False),
        sa.Column("reminder_minutes", sa.JSON(), nullable=False),
        sa.Column("no_reminder_for", sa.JSON(), nullable=False),
        sa.Column("day_check_for", database.UTCDateTime(), nullable=True),
        sa.Column("hour_check_for", database.UTCDateTime(), nullable=True),
        sa.Column("checked_problems", sa.String(length=60), nullable=True),
        sa.Column("ics_uid", sa.String(length=80), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("undo_until", database.UTCDateTime(), nullable=True),
        sa.Column("times_moved", sa.Integer(), nullable=False),
        sa.Column("concluded_at", database.UTCDateTime(), nullable=True),
        sa.Column("concluded_by_id", sa.Integer(), nullable=True),
        sa.Column(
            "absent",
            sa.Enum("candidate", "team", name="absent", native_enum=False, length=32, create_constraint=True),
            nullable=True,
        ),
        sa.Column("template_id", sa.Integer(), nullable=True),
        sa.Column("template_name", sa.String(length=80), nullable=False),
        sa.Column("link_generation", sa.Integer(), nullable=False),
        sa.Column("created_at", database.UTCDateTime(), nullable=False),
        sa.Column("changed_at", database.UTCDateTime(), nullable=False),
        sa.Column("told_at", database.UTCDateTime(), nullable=True),
        sa.Column("told_as", sa.String(length=64), nullable=True),
        sa.Column("link_nonce", sa.String(length=32), nullable=False),
        sa.CheckConstraint("duration_minutes BETWEEN 5 AND 1440", name=op.f("ck_interviews_duration")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_interviews_ends_after_start")),
        sa.CheckConstraint("revision >= 0", name=op.f("ck_interviews_revision")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("fk_interviews_application_id_applications")
        ),
        sa.ForeignKeyConstraint(
            ["concluded_by_id"], ["users.id"], name=op.f("fk_interviews_concluded_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["hiring_manager_id"], ["users.id"], name=op.f("fk_interviews_hiring_manager_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["scheduler_id"], ["users.id"], name=op.f("fk_interviews_scheduler_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["template_id"],
            ["interview_templates.id"],
            name=op.f("fk_interviews_template_id_interview_templates"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interviews")),
        sa.UniqueConstraint("ics_uid", name=op.f("uq_interviews_ics_uid")),
    )
    with op.batch_alter_table("interviews", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_interviews_application_id"), ["application_id"], unique=False)
        batch_op.create_index("ix_interviews_changed_at_id", ["changed_at", "id"], unique=False)
        batch_op.create_index(
            "ix_interviews_checked_problems_id",
            ["id"],
            unique=False,
            sqlite_where=sa.text("checked_problems IS NOT NULL"),
            postgresql_where=sa.text("checked_problems IS NOT NULL"),
        )
        batch_op.create_index(
            batch_op.f("ix_interviews_hiring_manager_id"), ["hiring_manager_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_interviews_scheduler_id"), ["scheduler_id"], unique=False)
        batch_op.create_index(
            "ix_interviews_status_starts_at_id", ["status", "starts_at", "id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_interviews_template_id"), ["template_id"], unique=False)

    op.create_table(
        "webhook_deliveries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("interview_id", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "delivered",
                "failed",
                "dropped",
                name="state",
                native_enum=False,
                length=32,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("code", sa.Integer(), nullable=True),
        sa.Column("words", sa.String(length=300), nullable=False),
        sa.Column("created_at", database.UTCDateTime(), nullable=False),
        sa.Column("last_tried_at", database.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["interview_id"],
            ["interviews.id"],
            name=op.f("fk_webhook_deliveries_interview_id_interviews"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_deliveries")),
        sa.UniqueConstraint("key", name=op.f("uq_webhook_deliveries_key")),
    )
    with op.batch_alter_table("webhook_deliveries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_webhook_deliveries_created_at"), ["created_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_webhook_deliveries_interview_id"), ["interview_id"], unique=False
        )

    op.create_table(
        "stage_moves",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("at", database.UTCDateTime(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column(
            "before",
            sa.Enum(
                "new",
                "screening",
                "interview",
                "offer",
                "hired",
                "rejected",
                name="before",
                native_enum=False,
                length=32,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column(
            "after",
            sa.Enum(
                "new",
                "screening",
                "interview",
                "offer",
                "hired",
                "rejected",
                name="after",
                native_enum=False,
                length=32,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("by_scheduling", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name=op.f("fk_stage_moves_actor_id_users")),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_stage_moves_application_id_applications"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage_moves")),
    )
    with op.batch_alter_table("stage_moves", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stage_moves_application_id"), ["application_id"], unique=False)

    op.create_table(
        "attendees",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("interview_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.ForeignKeyConstraint(
            ["interview_id"],
            ["interviews.id"],
            name=op.f("fk_attendees_interview_id_interviews"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_attendees_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendees")),
        sa.UniqueConstraint("interview_id", "email", name=op.f("uq_attendees_interview_id_email")),
    )
    with op.batch_alter_table("attendees", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attendees_user_id"), ["user_id"], unique=False)

    op.create_table(
        "calendar_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("interview_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("app", sa.String(length=32), nullable=False),
        sa.Column("connection_id", sa.Integer(), nullable=True),
        sa.Column("account_id", sa.String(length=128), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("is_wanted", sa.Boolean(), nullable=False),
        sa.Column("began_at", database.UTCDateTime(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "placed",
                "deleted",
                "removing",
                "removed",
                "left",
                name="state",
                native_enum=False,
                length=32,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("provider_entry_id", sa.String(length=255), nullable=True),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("shown", sa.JSON(), nullable=False),
        sa.Column("version", sa.String(length=255), nullable=True),
        sa.Column("web_url", sa.Text(), nullable=True),
        sa.Column("shown_at", database.UTCDateTime(), nullable=True),
        sa.Column("looked_at", database.UTCDateTime(), nullable=True),
        sa.Column("keeps_theirs", sa.Boolean(), nullable=False),
        sa.Column("is_by_email", sa.Boolean(), nullable=False),
        sa.Column(
            "failure",
            sa.Enum(
                "not_connected",
                "reconnect_needed",
                "scopes_missing",
                "rate_limited",
                "daily_limit",
                "not_allowed",
                "credentials",
                "not_set_up",
                "unreachable",
                "not_asked_yet",
                "refused",
                "not_ready",
                "gone",
                name="failurereason",
                native_enum=False,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("failure_words", sa.String(length=500), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("retry_at", database.UTCDateTime(), nullable=True),
        sa.Column("created_at", database.UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "state <> 'placed' OR provider_entry_id IS NOT NULL",
            name=op.f("ck_calendar_entries_placed_has_id"),
        ),
        sa.ForeignKeyConstraint(
            ["connection_id"],
            ["connections.id"],
            name=op.f("fk_calendar_entries_connection_id_connections"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["interview_id"],
            ["interviews.id"],
            name=op.f("fk_calendar_entries_interview_id_interviews"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_calendar_entries_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_entries")),
        sa.UniqueConstraint("key", name=op.f("uq_calendar_entries_key")),
    )
    with op.batch_alter_table("calendar_entries", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_calendar_entries_connection_id"), ["connection_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_calendar_entries_interview_id"), ["interview_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_calendar_entries_user_id"), ["user_id"], unique=False)
        batch_op.create_index(
            "uq_calendar_entries_wanted",
            ["interview_id", "user_id"],
            unique=True,
            sqlite_where=sa.text("is_wanted"),
            postgresql_where=sa.text("is_wanted"),
        )

    op.create_table(
        "synced_calendars",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("connection_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("app", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Text(), nullable=True),
        sa.Column("since", database.UTCDateTime(), nullable=True),
        sa.Column("until", database.UTCDateTime(), nullable=True),
        sa.Column("read_fully_at", database.UTCDateTime(), nullable=True),
        sa.Column("read_at", database.UTCDateTime(), nullable=True),
        sa.Column(
            "failure",
            sa.Enum(
                "not_connected",
                "reconnect_needed",
                "scopes_missing",
                "rate_limited",
                "daily_limit",
                "not_allowed",
                "credentials",
                "not_set_up",
                "unreachable",
                "not_asked_yet",
                "refused",
                "not_ready",
                "gone",
                name="failurereason",
                native_enum=False,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("failure_words", sa.String(length=500), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("retry_at", database.UTCDateTime(), nullable=True),
        sa.Column("left_out", sa.Integer(), nullable=False),
        sa.Column("asked_at", database.UTCDateTime(), nullable=True),
        sa.Column("edition", sa.String(length=16), nullable=False),
        sa.Column("created_at", database.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"],
            ["connections.id"],
            name=op.f("fk_synced_calendars_connection_id_connections"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_synced_calendars_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_synced_calendars")),
        sa.UniqueConstraint("connection_id", name=op.f("uq_synced_calendars_connection_id")),
    )
    with op.batch_alter_table("synced_calendars", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_synced_calendars_user_id"), ["user_id"], unique=False)

    op.create_table(
        "outside_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("calendar_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("provider_event_id", sa.String(length=1024), nullable=False),
        sa.Column("starts_at", database.UTCDateTime(), nullable=False),
        sa.Column("ends_at", database.UTCDateTime(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("is_busy", sa.Boolean(), nullable=False),
        sa.Column("title", sa.String(length=255), nullable=False),
        sa.CheckConstraint("ends_at >= starts_at", name=op.f("ck_outside_events_ends_after_start")),
        sa.CheckConstraint(
            "(first_day IS NULL) = (last_day IS NULL)", name=op.f("ck_outside_events_both_days")
        ),
        sa.ForeignKeyConstraint(
            ["calendar_id"],
            ["synced_calendars.id"],
            name=op.f("fk_outside_events_calendar_id_synced_calendars"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_outside_events_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outside_events")),
        sa.UniqueConstraint(
            "calendar_id",
            "provider_event_id",
            name=op.f("uq_outside_events_calendar_id_provider_event_id"),
        ),
    )
    with op.batch_alter_table("outside_events", schema=None) as batch_op:
        batch_op.create_index(
            "ix_outside_events_longer_than_a_day",
            ["user_id", "ends_at"],
            unique=False,
            sqlite_where=sa.text("julianday(ends_at) - julianday(starts_at) > 1"),
            postgresql_where=sa.text("ends_at - starts_at > interval '1 day'"),
        )
        batch_op.create_index("ix_outside_events_user_id_ends_at", ["user_id", "ends_at"], unique=False)

    op.create_table(
        "custom_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "blocked",
                "interview_day",
                name="kind",
                native_enum=False,
                length=32,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("starts_at", database.UTCDateTime(), nullable=False),
        sa.Column("ends_at", database.UTCDateTime(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("timezone", database.ZoneName(length=64), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.Column("form_id", sa.String(length=64), nullable=False),
        sa.Column("created_at", database.UTCDateTime(), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_custom_events_ends_after_start")),
        sa.CheckConstraint(
            "(first_day IS NULL) = (last_day IS NULL)", name=op.f("ck_custom_events_both_days")
        ),
        sa.CheckConstraint(
            "kind = 'interview_day' OR job_id IS NULL", name=op.f("ck_custom_events_job_of_interview_day")
        ),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name=op.f("fk_custom_events_job_id_jobs"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_custom_events_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custom_events")),
        sa.UniqueConstraint("form_id", name=op.f("uq_custom_events_form_id")),
    )
    with op.batch_alter_table("custom_events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_custom_events_job_id"), ["job_id"], unique=False)
        batch_op.create_index("ix_custom_events_user_id_ends_at", ["user_id", "ends_at"], unique=False)

    op.create_table(
        "candidate_answers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("interview_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "confirmed",
                "move",
                "none_fit",
                "cancelled",
                "late",
                "cannot_join",
                name="answerkind",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("at", database.UTCDateTime(), nullable=False),
        sa.Column("starts_at", database.UTCDateTime(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("minutes_late", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "taken",
                "moved",
                "declined",
                "withdrawn",
                name="state",
                native_enum=False,
                length=32,
                create_constraint=True,
            ),
            nullable=True,
        ),
        sa.Column("settled_at", database.UTCDateTime(), nullable=True),
        sa.Column("settled_by_id", sa.Integer(), nullable=True),
        sa.Column("settled_in", sa.Integer(), nullable=True),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.CheckConstraint("minutes_late BETWEEN 1 AND 240", name=op.f("ck_candidate_answers_minutes_late")),
        sa.ForeignKeyConstraint(
            ["interview_id"],
            ["interviews.id"],
            name=op.f("fk_candidate_answers_interview_id_interviews"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["settled_by_id"], ["users.id"], name=op.f("fk_candidate_answers_settled_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidate_answers")),
    )
    with op.batch_alter_table("candidate_answers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_candidate_answers_interview_id"), ["interview_id"], unique=False)
        batch_op.create_index(
            "uq_candidate_answers_open",
            ["interview_id"],
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )

    op.create_table(
        "drafts",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("candidate_id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=True),
        sa.Column(
            "subject",
            sa.Enum(
                "new_interview", "change", "acceptance", name="draftsubject", native_enum=False, length=32
            ),
            nullable=False,
        ),
        sa.Column("about_interview_id", sa.Integer(), nullable=True),
        sa.Column("about_plan", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("suggestions", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("repeats_id", sa.Integer(), nullable=True),
        sa.Column("template_id", sa.Integer(), nullable=True),
        sa.Column("from_template", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("typed", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", database.UTCDateTime(), nullable=False),
        sa.Column("updated_at", database.UTCDateTime(), nullable=False),
        sa.Column("used_at", database.UTCDateTime(), nullable=True),
        sa.Column("interview_id", sa.Integer(), nullable=True),
        sa.Column("set_aside_at", database.UTCDateTime(), nullable=True),
        sa.Column("replaces_id", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ["about_interview_id"],
            ["interviews.id"],
            name=op.f("fk_drafts_about_interview_id_interviews"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("fk_drafts_application_id_applications"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["candidate_id"],
            ["candidates.id"],
            name=op.f("fk_drafts_candidate_id_candidates"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["interview_id"],
            ["interviews.id"],
            name=op.f("fk_drafts_interview_id_interviews"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["users.id"], name=op.f("fk_drafts_owner_id_users"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["repeats_id"],
            ["interviews.id"],
            name=op.f("fk_drafts_repeats_id_interviews"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["drafts.id"], name=op.f("fk_drafts_replaces_id_drafts"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["template_id"],
            ["interview_templates.id"],
            name=op.f("fk_drafts_template_id_interview_templates"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
    )
    with op.batch_alter_table("drafts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_drafts_application_id"), ["application_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_drafts_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_drafts_template_id"), ["template_id"], unique=False)
        batch_op.create_index(
            "uq_drafts_open_application",
            ["owner_id", "application_id"],
            unique=True,
            sqlite_where=sa.text("subject = 'new_interview' AND used_at IS NULL AND set_aside_at IS NULL"),
            postgresql_where=sa.text(
                "subject = 'new_interview' AND used_at IS NULL AND set_aside_at IS NULL"
            ),
        )
        batch_op.create_index(
            "uq_drafts_open_change",
            ["owner_id", "about_interview_id"],
            unique=True,
            sqlite_where=sa.text("subject <> 'new_interview' AND used_at IS NULL"),
            postgresql_where=sa.text("subject <> 'new_interview' AND used_at IS NULL"),
        )

    op.create_table(
        "feedback",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("interview_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column(
            "verdict",
            sa.Enum(
                "hire",
                "no_hire",
                "maybe",
                name="verdict",
                native_enum=False,
                length=32,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("created_at", database.UTCDateTime(), nullable=False),
        sa.Column("updated_at", database.UTCDateTime(), nullable=False),
        sa.CheckConstraint("rating BETWEEN 1 AND 5", name=op.f("ck_feedback_rating")),
        sa.ForeignKeyConstraint(
            ["interview_id"],
            ["interviews.id"],
            name=op.f("fk_feedback_interview_id_interviews"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_feedback_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback")),
        sa.UniqueConstraint("interview_id", "user_id", name=op.f("uq_feedback_interview_id_user_id")),
    )
    with op.batch_alter_table("feedback", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_feedback_user_id"), ["user_id"], unique=False)

    op.create_table(
        "mails",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("about", sa.String(length=60), nullable=False),
        sa.Column("interview_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("occasion", sa.String(length=60), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "candidate",
                "hiring_manager",
                "attendee",
                "team",
                name="role",
                native_enum=False,
                length=32,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("join_reader", sa.String(length=40), nullable=True),
        sa.Column("message_id", sa.String(length=120), nullable=False),
        sa.Column("due_at", database.UTCDateTime(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "sent",
                "failed",
                "dropped",
                name="state",
                native_enum=False,
                length=32,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("sent_at", database.UTCDateTime(), nullable=True),
        sa.Column("words", sa.String(length=500), nullable=True),
        sa.Column("code", sa.Integer(), nullable=True),
        sa.Column(
            "trouble",
            sa.Enum(
                "ours",
                "mailbox",
                "address",
                name="trouble",
                native_enum=False,
                length=32,
                create_constraint=True,
            ),
            nullable=True,
        ),
        sa.Column("may_be_double", sa.Boolean(), nullable=False),
        sa.Column("leaves_files_out", sa.Boolean(), nullable=False),
        sa.Column("sent_with", sa.String(length=32), nullable=True),
        sa.Column("sent_from", sa.String(length=254), nullable=True),
        sa.Column("handing_over_since", database.UTCDateTime(), nullable=True),
        sa.Column("created_at", database.UTCDateTime(), nullable=False),
        sa.Column("sealed_copy", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["interview_id"],
            ["interviews.id"],
            name=op.f("fk_mails_interview_id_interviews"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_mails_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mails")),
        sa.UniqueConstraint(
            "about", "kind", "occasion", "address", name=op.f("uq_mails_about_kind_occasion_address")
        ),
        sa.UniqueConstraint("message_id", name=op.f("uq_mails_message_id")),
    )
    with op.batch_alter_table("mails", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mails_interview_id"), ["interview_id"], unique=False)
        batch_op.create_index("ix_mails_state_due_at", ["state", "due_at"], unique=False)
        batch_op.create_index("ix_mails_trouble", ["trouble", "address"], unique=False)

    op.create_table(
        "meetings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("interview_id", sa.Integer(), nullable=False),
        sa.Column(
            "software",
            sa.Enum(
                "zoom",
                "google_meet",
                "teams",
                "other",
                name="meetingsoftware",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("is_wanted", sa.Boolean(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "ready",
                "failed",
                "removed",
                name="state",
                native_enum=False,
                length=32,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("host_id", sa.Integer(), nullable=True),
        sa.Column("connection_id", sa.Integer(), nullable=True),
        sa.Column("account_id", sa.String(length=128), nullable=True),
        sa.Column("provider_meeting_id", sa.String(length=64), nullable=True),
        sa.Column("label", sa.String(length=60), nullable=True),
        sa.Column("join_url", sa.Text(), nullable=True),
        sa.Column("passcode", sa.String(length=64), nullable=True),
        sa.Column("shown_topic", sa.Text(), nullable=True),
        sa.Column("shown_agenda", sa.Text(), nullable=True),
        sa.Column("shown_starts_at", database.UTCDateTime(), nullable=True),
        sa.Column("shown_duration_minutes", sa.Integer(), nullable=True),
        sa.Column("shown_timezone", sa.String(length=64), nullable=True),
        sa.Column("shown_settings", sa.JSON(), nullable=False),
        sa.Column("made_settings", sa.JSON(), nullable=False),
        sa.Column("shown_at", database.UTCDateTime(), nullable=True),
        sa.Column("looked_at", database.UTCDateTime(), nullable=True),
        sa.Column("denied_at", database.UTCDateTime(), nullable=True),
        sa.Column("overrules_host", sa.Boolean(), nullable=False),
        sa.Column("passcode_was_refused", sa.Boolean(), nullable=False),
        sa.Column("grace_ends_at", database.UTCDateTime(), nullable=False),
        sa.Column("settled_at", database.UTCDateTime(), nullable=True),
        sa.Column(
            "failure",
            sa.Enum(
                "not_connected",
                "reconnect_needed",
                "scopes_missing",
                "rate_limited",
                "daily_limit",
                "not_allowed",
                "credentials",
                "not_set_up",
                "unreachable",
                "not_asked_yet",
                "refused",
                "not_ready",
                "gone",
                name="failurereason",
                native_enum=False,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("failure_words", sa.String(length=500), nullable=True),
        sa.Column("offered_by_id", sa.Integer(), nullable=True),
        sa.Column("arranged_by_id", sa.Integer(), nullable=True),
        sa.Column("walk", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state <> 'ready' OR join_url IS NOT NULL", name=op.f("ck_meetings_ready_has_link")
        ),
        sa.ForeignKeyConstraint(
            ["arranged_by_id"], ["users.id"], name=op.f("fk_meetings_arranged_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["connection_id"],
            ["connections.id"],
            name=op.f("fk_meetings_connection_id_connections"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(["host_id"], ["users.id"], name=op.f("fk_meetings_host_id_users")),
        sa.ForeignKeyConstraint(
            ["interview_id"],
            ["interviews.id"],
            name=op.f("fk_meetings_interview_id_interviews"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["offered_by_id"], ["users.id"], name=op.f("fk_meetings_offered_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meetings")),
        sa.UniqueConstraint(
            "software", "provider_meeting_id", name=op.f("uq_meetings_software_provider_meeting_id")
        ),
    )
    with op.batch_alter_table("meetings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meetings_connection_id"), ["connection_id"], unique=False)
        batch_op.create_index(
            "ix_meetings_failed_interview_id",
            ["interview_id"],
            unique=False,
            sqlite_where=sa.text("state = 'failed'"),
            postgresql_where=sa.text("state = 'failed'"),
        )
        batch_op.create_index(batch_op.f("ix_meetings_interview_id"), ["interview_id"], unique=False)
        batch_op.create_index(
            "ix_meetings_waiting_interview_id",
            ["interview_id"],
            unique=False,
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )
        batch_op.create_index(
            "uq_meetings_wanted_interview_id",
            ["interview_id"],
            unique=True,
            sqlite_where=sa.text("is_wanted"),
            postgresql_where=sa.text("is_wanted"),
        )

    op.create_table(
        "revisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("interview_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "reason",
            sa.Enum(
                "scheduled",
                "address_corrected",
                "link_came_late",
                "link_changed",
                "rescheduled",
                "changed",
                "cancelled",
                name="revisionreason",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("is_by_candidate", sa.Boolean(), nullable=False),
        sa.Column("at", database.UTCDateTime(), nullable=False),
        sa.Column("before", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("after", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("tells_candidate", sa.Boolean(), nullable=False),
        sa.Column("undo", sa.JSON(none_as_null=True), nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name=op.f("fk_revisions_actor_id_users")),
        sa.ForeignKeyConstraint(
            ["interview_id"],
            ["interviews.id"],
            name=op.f("fk_revisions_interview_id_interviews"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revisions")),
        sa.UniqueConstraint("interview_id", "number", name=op.f("uq_revisions_interview_id_number")),
    )
    op.create_table(
        "slots",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("interview_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("starts_at", database.UTCDateTime(), nullable=False),
        sa.Column("duration_minutes", sa.Integer(), nullable=False),
        sa.Column("wall_time", sa.String(length=16), nullable=False),
        sa.Column("timezone", database.ZoneName(length=64), nullable=False),
        sa.Column("accepted_clashes", sa.JSON(), nullable=False),
        sa.CheckConstraint("duration_minutes BETWEEN 5 AND 1440", name=op.f("ck_slots_duration")),
        sa.ForeignKeyConstraint(
            ["interview_id"],
            ["interviews.id"],
            name=op.f("fk_slots_interview_id_interviews"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slots")),
        sa.UniqueConstraint(
            "interview_id", "round", "starts_at", name=op.f("uq_slots_interview_id_round_starts_at")
        ),
    )
    op.create_table(
        "timeline_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("interview_id", sa.Integer(), nullable=False),
        sa.Column("at", database.UTCDateTime(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name=op.f("fk_timeline_entries_actor_id_users")),
        sa.ForeignKeyConstraint(
            ["interview_id"],
            ["interviews.id"],
            name=op.f("fk_timeline_entries_interview_id_interviews"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timeline_entries")),
    )
    with op.batch_alter_table("timeline_entries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_timeline_entries_interview_id"), ["interview_id"], unique=False)

    op.create_table(
        "attachments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("candidate_id", sa.Integer(), nullable=True),
        sa.Column("draft_id", sa.String(length=32), nullable=True),
        sa.Column("interview_id", sa.Integer(), nullable=True),
        sa.Column("template_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("content_type", sa.String(length=100), nullable=False),
        sa.Column("size_bytes", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("stored_as", sa.String(length=64), nullable=False),
        sa.Column("is_for_team_only", sa.Boolean(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("resume", "portfolio", "other", name="filekind", native_enum=False, length=32),
            nullable=True,
        ),
        sa.Column("removed_at", database.UTCDateTime(), nullable=True),
        sa.Column("uploaded_by_id", sa.Integer(), nullable=False),
        sa.Column("created_at", database.UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "candidate_id IS NULL OR (draft_id IS NULL AND interview_id IS NULL)",
            name=op.f("ck_attachments_one_place"),
        ),
        sa.CheckConstraint("size_bytes > 0", name=op.f("ck_attachments_size_bytes")),
        sa.CheckConstraint(
            "template_id IS NULL OR (candidate_id IS NULL AND draft_id IS NULL AND interview_id IS NULL)",
            name=op.f("ck_attachments_of_template"),
        ),
        sa.ForeignKeyConstraint(
            ["candidate_id"],
            ["candidates.id"],
            name=op.f("fk_attachments_candidate_id_candidates"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["drafts.id"], name=op.f("fk_attachments_draft_id_drafts"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["interview_id"],
            ["interviews.id"],
            name=op.f("fk_attachments_interview_id_interviews"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["template_id"],
            ["interview_templates.id"],
            name=op.f("fk_attachments_template_id_interview_templates"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["uploaded_by_id"], ["users.id"], name=op.f("fk_attachments_uploaded_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
    )
    with op.batch_alter_table("attachments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attachments_candidate_id"), ["candidate_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_attachments_draft_id"), ["draft_id"], unique=False)
        batch_op.create_index(
            "ix_attachments_given_up",
            ["id"],
            unique=False,
            sqlite_where=sa.text(
                "draft_id IS NULL AND interview_id IS NULL AND candidate_id IS NULL AND template_id IS NULL"
            ),
            postgresql_where=sa.text(
                "draft_id IS NULL AND interview_id IS NULL AND candidate_id IS NULL AND template_id IS NULL"
            ),
        )
        batch_op.create_index(batch_op.f("ix_attachments_interview_id"), ["interview_id"], unique=False)
        batch_op.create_index(
            "ix_attachments_removed_at",
            ["removed_at"],
            unique=False,
            sqlite_where=sa.text("removed_at IS NOT NULL"),
            postgresql_where=sa.text("removed_at IS NOT NULL"),
        )
        batch_op.create_index(batch_op.f("ix_attachments_stored_as"), ["stored_as"], unique=False)
        batch_op.create_index(batch_op.f("ix_attachments_template_id"), ["template_id"], unique=False)

    op.create_table(
        "meeting_calls",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "create",
                "update",
                "delete",
                name="kind",
                native_enum=False,
                length=32,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("connection_id", sa.Integer(), nullable=True),
        sa.Column("account_id", sa.String(length=128), nullable=True),
        sa.Column("host_id", sa.Integer(), nullable=False),
        sa.Column("walk", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "calling",
                "unknown",
                "done",
                "refused",
                "absent",
                "removed",
                name="state",
                native_enum=False,
                length=32,
                create_constraint=True,
            ),
            nullable=False,
        ),
        sa.Column("began_at", database.UTCDateTime(), nullable=False),
        sa.Column("topic", sa.String(length=200), nullable=True),
        sa.Column("agenda", sa.Text(), nullable=True),
        sa.Column("starts_at", database.UTCDateTime(), nullable=True),
        sa.Column("duration_minutes", sa.Integer(), nullable=True),
        sa.Column("timezone", database.ZoneName(length=64), nullable=True),
        sa.Column("entry_key", sa.String(length=64), nullable=False),
        sa.Column("creation", sa.String(length=64), nullable=False),
        sa.Column(
            "failure",
            sa.Enum(
                "not_connected",
                "reconnect_needed",
                "scopes_missing",
                "rate_limited",
                "daily_limit",
                "not_allowed",
                "credentials",
                "not_set_up",
                "unreachable",
                "not_asked_yet",
                "refused",
                "not_ready",
                "gone",
                name="failurereason",
                native_enum=False,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("failure_words", sa.String(length=500), nullable=True),
        sa.Column("checks", sa.Integer(), nullable=False),
        sa.Column("is_assumed", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "kind = 'delete' OR (starts_at IS NOT NULL AND duration_minutes IS NOT NULL)",
            name=op.f("ck_meeting_calls_time"),
        ),
        sa.CheckConstraint(
            "kind = 'delete' OR (topic || agenda || timezone) IS NOT NULL",
            name=op.f("ck_meeting_calls_words"),
        ),
        sa.ForeignKeyConstraint(
            ["connection_id"],
            ["connections.id"],
            name=op.f("fk_meeting_calls_connection_id_connections"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(["host_id"], ["users.id"], name=op.f("fk_meeting_calls_host_id_users")),
        sa.ForeignKeyConstraint(
            ["meeting_id"],
            ["meetings.id"],
            name=op.f("fk_meeting_calls_meeting_id_meetings"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_calls")),
    )
    with op.batch_alter_table("meeting_calls", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_meeting_calls_connection_id"), ["connection_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_meeting_calls_meeting_id"), ["meeting_id"], unique=False)

    op.create_table(
        "proposed_times",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("answer_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", database.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["answer_id"],
            ["candidate_answers.id"],
            name=op.f("fk_proposed_times_answer_id_candidate_answers"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposed_times")),
        sa.UniqueConstraint("answer_id", "starts_at", name=op.f("uq_proposed_times_answer_id_starts_at")),
    )
    op.create_table(
        "slot_requests",
        sa.Column("interview_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("asked_at", database.UTCDateTime(), nullable=False),
        sa.Column("expires_at", database.UTCDateTime(), nullable=False),
        sa.Column("schedules_at_once", sa.Boolean(), nullable=False),
        sa.Column("venue", sa.JSON(), nullable=False),
        sa.Column("picked_at", database.UTCDateTime(), nullable=True),
        sa.Column("picked_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["interview_id"],
            ["interviews.id"],
            name=op.f("fk_slot_requests_interview_id_interviews"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["picked_id"], ["slots.id"], name=op.f("fk_slot_requests_picked_id_slots")),
        sa.PrimaryKeyConstraint("interview_id", name=op.f("pk_slot_requests")),
    )


def downgrade() -> None:
    with op.batch_alter_table("custom_events", schema=None) as batch_op:
        batch_op.drop_index("ix_custom_events_user_id_ends_at")
        batch_op.drop_index(batch_op.f("ix_custom_events_job_id"))

    op.drop_table("custom_events")
    with op.batch_alter_table("outside_events", schema=None) as batch_op:
        batch_op.drop_index("ix_outside_events_user_id_ends_at")
        batch_op.drop_index("ix_outside_events_longer_than_a_day")

    op.drop_table("outside_events")
    with op.batch_alter_table("synced_calendars", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_synced_calendars_user_id"))

    op.drop_table("synced_calendars")
    op.drop_table("slot_requests")
    op.drop_table("proposed_times")
    with op.batch_alter_table("meeting_calls", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_meeting_calls_meeting_id"))
        batch_op.drop_index(batch_op.f("ix_meeting_calls_connection_id"))

    op.drop_table("meeting_calls")
    with op.batch_alter_table("attachments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attachments_template_id"))
        batch_op.drop_index(batch_op.f("ix_attachments_stored_as"))
        batch_op.drop_index(
            "ix_attachments_removed_at",
            sqlite_where=sa.text("removed_at IS NOT NULL"),
            postgresql_where=sa.text("removed_at IS NOT NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_attachments_interview_id"))
        batch_op.drop_index(
            "ix_attachments_given_up",
            sqlite_where=sa.text(
                "draft_id IS NULL AND interview_id IS NULL AND candidate_id IS NULL AND template_id IS NULL"
            ),
            postgresql_where=sa.text(
                "draft_id IS NULL AND interview_id IS NULL AND candidate_id IS NULL AND template_id IS NULL"
            ),
        )
        batch_op.drop_index(batch_op.f("ix_attachments_draft_id"))
        batch_op.drop_index(batch_op.f("ix_attachments_candidate_id"))

    op.drop_table("attachments")
    with op.batch_alter_table("timeline_entries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_timeline_entries_interview_id"))

    op.drop_table("timeline_entries")
    op.drop_table("slots")
    op.drop_table("revisions")
    with op.batch_alter_table("meetings", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_meetings_wanted_interview_id",
            sqlite_where=sa.text("is_wanted"),
            postgresql_where=sa.text("is_wanted"),
        )
        batch_op.drop_index(
            "ix_meetings_waiting_interview_id",
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )
        batch_op.drop_index(batch_op.f("ix_meetings_interview_id"))
        batch_op.drop_index(
            "ix_meetings_failed_interview_id",
            sqlite_where=sa.text("state = 'failed'"),
            postgresql_where=sa.text("state = 'failed'"),
        )
        batch_op.drop_index(batch_op.f("ix_meetings_connection_id"))

    op.drop_table("meetings")
    with op.batch_alter_table("mails", schema=None) as batch_op:
        batch_op.drop_index("ix_mails_trouble")
        batch_op.drop_index("ix_mails_state_due_at")
        batch_op.drop_index(batch_op.f("ix_mails_interview_id"))

    op.drop_table("mails")
    with op.batch_alter_table("feedback", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_feedback_user_id"))

    op.drop_table("feedback")
    with op.batch_alter_table("drafts", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_drafts_open_change",
            sqlite_where=sa.text("subject <> 'new_interview' AND used_at IS NULL"),
            postgresql_where=sa.text("subject <> 'new_interview' AND used_at IS NULL"),
        )
        batch_op.drop_index(
            "uq_drafts_open_application",
            sqlite_where=sa.text("subject = 'new_interview' AND used_at IS NULL AND set_aside_at IS NULL"),
            postgresql_where=sa.text(
                "subject = 'new_interview' AND used_at IS NULL AND set_aside_at IS NULL"
            ),
        )
        batch_op.drop_index(batch_op.f("ix_drafts_template_id"))
        batch_op.drop_index(batch_op.f("ix_drafts_owner_id"))
        batch_op.drop_index(batch_op.f("ix_drafts_application_id"))

    op.drop_table("drafts")
    with op.batch_alter_table("candidate_answers", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_candidate_answers_open",
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.drop_index(batch_op.f("ix_candidate_answers_interview_id"))

    op.drop_table("candidate_answers")
    with op.batch_alter_table("calendar_entries", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_calendar_entries_wanted",
            sqlite_where=sa.text("is_wanted"),
            postgresql_where=sa.text("is_wanted"),
        )
        batch_op.drop_index(batch_op.f("ix_calendar_entries_user_id"))
        batch_op.drop_index(batch_op.f("ix_calendar_entries_interview_id"))
        batch_op.drop_index(batch_op.f("ix_calendar_entries_connection_id"))

    op.drop_table("calendar_entries")
    with op.batch_alter_table("attendees", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attendees_user_id"))

    op.drop_table("attendees")
    with op.batch_alter_table("stage_moves", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stage_moves_application_id"))

    op.drop_table("stage_moves")
    with op.batch_alter_table("webhook_deliveries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_webhook_deliveries_interview_id"))
        batch_op.drop_index(batch_op.f("ix_webhook_deliveries_created_at"))

    op.drop_table("webhook_deliveries")
    with op.batch_alter_table("interviews", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_interviews_template_id"))
        batch_op.drop_index("ix_interviews_status_starts_at_id")
        batch_op.drop_index(batch_op.f("ix_interviews_scheduler_id"))
        batch_op.drop_index(batch_op.f("ix_interviews_hiring_manager_id"))
        batch_op.drop_index(
            "ix_interviews_checked_problems_id",
            sqlite_where=sa.text("checked_problems IS NOT NULL"),
            postgresql_where=sa.text("checked_problems IS NOT NULL"),
        )
        batch_op.drop_index("ix_interviews_changed_at_id")
        batch_op.drop_index(batch_op.f("ix_interviews_application_id"))

    op.drop_table("interviews")
    with op.batch_alter_table("interview_template_people", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_interview_template_people_user_id"))

    op.drop_table("interview_template_people")
    with op.batch_alter_table("application_notes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_application_notes_application_id"))

    op.drop_table("application_notes")
    with op.batch_alter_table("orphaned_meetings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_orphaned_meetings_connection_id"))

    op.drop_table("orphaned_meetings")
    op.drop_table("admin_approvals")
    op.drop_table("oauth_attempts")
    with op.batch_alter_table("job_members", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_job_members_user_id"))

    op.drop_table("job_members")
    with op.batch_alter_table("interview_templates", schema=None) as batch_op:
        batch_op.drop_index("ix_interview_templates_job_id_position")

    op.drop_table("interview_templates")
    with op.batch_alter_table("candidate_imports", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_candidate_imports_owner_id"))

    op.drop_table("candidate_imports")
    with op.batch_alter_table("applications", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_applications_job_id"))

    op.drop_table("applications")
    with op.batch_alter_table("user_sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_user_sessions_user_id"))

    op.drop_table("user_sessions")
    op.drop_table("two_step_secrets")
    with op.batch_alter_table("recovery_codes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recovery_codes_user_id"))

    op.drop_table("recovery_codes")
    with op.batch_alter_table("password_resets", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_password_resets_user_id"))

    op.drop_table("password_resets")
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.drop_index("ix_jobs_title_key_id")
        batch_op.drop_index("ix_jobs_is_open_title_key_id")
        batch_op.drop_index(batch_op.f("ix_jobs_hiring_manager_id"))

    op.drop_table("jobs")
    op.drop_table("invitations")
    op.drop_table("calendar_feeds")
    with op.batch_alter_table("connections", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_connections_living_account",
            sqlite_where=sa.text("state = 'connected' AND is_exclusive"),
            postgresql_where=sa.text("state = 'connected' AND is_exclusive"),
        )

    op.drop_table("connections")
    op.drop_table("linked_identities")
    op.drop_table("outgoing_webhooks")
    op.drop_table("api_keys")
    with op.batch_alter_table("audit_entries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_entries_event"))
        batch_op.drop_index(batch_op.f("ix_audit_entries_at"))
        batch_op.drop_index(batch_op.f("ix_audit_entries_actor_id"))

    op.drop_table("audit_entries")
    with op.batch_alter_table("webhook_events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_webhook_events_received_at"))

    op.drop_table("webhook_events")
    op.drop_table("users")
    op.drop_table("throttles")
    with op.batch_alter_table("tasks", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_tasks_running_subject",
            sqlite_where=sa.text("state = 'running'"),
            postgresql_where=sa.text("state = 'running'"),
        )
        batch_op.drop_index(
            "uq_tasks_ready_dedupe_key",
            sqlite_where=sa.text("state = 'ready'"),
            postgresql_where=sa.text("state = 'ready'"),
        )
        batch_op.drop_index("ix_tasks_state_lane_run_at")

    op.drop_table("tasks")
    op.drop_table("refusing_providers")
    op.drop_table("organizations")
    op.drop_table("servers")
    op.drop_table("heartbeats")
    with op.batch_alter_table("candidates", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_candidates_name_key_id_email_phone_digits",
            sqlite_where=sa.text("erased_at IS NULL"),
            postgresql_where=sa.text("erased_at IS NULL"),
        )

    op.drop_table("candidates")
