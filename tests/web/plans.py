"""Interview plans for tests of the pages that show and use them."""

from extensions import db
from hiring.copied_plans import copy_to, templates_of
from hiring.first_plan import add_first_plan
from models import Job
from tests.pages.page import Page
from tests.pages.tree import Element
from tests.pages.visitor import Visitor, path_of


def plan_for(job_id: int) -> dict[str, int]:
    """Give a job the plan that organizations begin with, and return its templates' ids by name."""
    if not templates_of(None):
        add_first_plan()
    copy_to(db.session.get_one(Job, job_id))
    db.session.commit()
    return {template.name: template.id for template in templates_of(job_id)}


def start(visitor: Visitor, candidate_id: int, template_id: int) -> str:
    """Choose a template in the menu on the candidate's page, and return the address of the draft's first open
    step."""
    page = visitor.get(f"/candidates/{candidate_id}")
    assert str(template_id) in [button.get("value") for button in menu_buttons(page)]
    begun = visitor.post(f"/candidates/{candidate_id}/schedule", {"template": template_id}, status=303)
    resumed = visitor.get(path_of(begun.headers["Location"]), status=303)
    return path_of(resumed.headers["Location"])


def menu_buttons(page: Page) -> list[Element]:
    """The templates that the page offers to start from, as buttons; the one that is shown separately, as the
    next in the plan, is in the menu, too."""
    return page.tree.all("button", lambda e: e.get("name") == "template" and not e.words.startswith("Next: "))
