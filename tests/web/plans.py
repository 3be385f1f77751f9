"""Interview plans for tests of the pages that show and use them."""

from extensions import db
from hiring.copied_plans import copy_to, templates_of
from hiring.first_plan import add_first_plan
from models import Job


def plan_for(job_id: int) -> dict[str, int]:
    """Give a job the plan that organizations begin with; its templates' ids by name."""
    if not templates_of(None):
        add_first_plan()
    copy_to(db.session.get_one(Job, job_id))
    db.session.commit()
    return {template.name: template.id for template in templates_of(job_id)}
