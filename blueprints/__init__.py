"""The parts of the user interface, one package each."""

from __future__ import annotations

from flask import Flask

from blueprints.api.routes import api
from blueprints.calendar_page.routes import calendar_page
from blueprints.connected_apps.routes import connected_apps
from blueprints.dashboard.routes import dashboard
from blueprints.first_run.routes import first_run
from blueprints.help.routes import help_pages
from blueprints.hiring.routes import hiring
from blueprints.interview_plans.routes import interview_plans
from blueprints.interviews.routes import interviews
from blueprints.join.routes import join
from blueprints.mailed_links.routes import mailed_links
from blueprints.own_page.routes import own_page
from blueprints.repair.routes import repair
from blueprints.schedule_interview.routes import schedule_interview
from blueprints.search.routes import search
from blueprints.settings.routes import settings
from blueprints.sign_in.routes import sign_in
from blueprints.status.routes import status
from blueprints.styleguide.routes import styleguide
from blueprints.team.routes import team
from blueprints.two_step.routes import two_step
from blueprints.webhooks.routes import webhooks

ALL = (
    api,
    calendar_page,
    own_page,
    connected_apps,
    dashboard,
    help_pages,
    hiring,
    interview_plans,
    interviews,
    join,
    mailed_links,
    first_run,
    sign_in,
    repair,
    schedule_interview,
    search,
    settings,
    status,
    styleguide,
    team,
    two_step,
    webhooks,
)


def register_blueprints(app: Flask) -> None:
    for blueprint in ALL:
        app.register_blueprint(blueprint)
