"""Zoom's REST API on the wire: one method per call, JSON objects out, our errors for everything else."""

from datetime import timedelta
from typing import Any

import requests

from providers.answers import http_date
from providers.base import Grant
from providers.client import ApiClient, Content
from providers.clock import Clock
from providers.errors import ProviderError
from providers.http import Bounds, Operation, Peer
from providers.troubles import Meaning
from providers.zoom.errors import api_error, nonsense
from providers.zoom.settings import ZoomSettings, regional_api_url

GET_USER = Operation("get_user")
CREATE_MEETING = Operation("create_meeting", changes_once=True)
READ_MEETING = Operation("read_meeting")
UPDATE_MEETING = Operation("update_meeting", changes_once=True)
LIST_MEETINGS = Operation("list_meetings")
DELETE_MEETING = Operation("delete_meeting")

# Zoom's largest page. The bound on pages stops a list that never ends; no one has 30 000 meetings ahead.
PAGE_SIZE = 300
MAX_PAGES = 100


class ZoomClient(ApiClient):
    """Calls the API by paths, one method per call."""

    def __init__(self, settings: ZoomSettings, peer: Peer, bounds: Bounds, clock: Clock) -> None:
        super().__init__(peer, bounds, clock)
        self._settings = settings

    def user(self, grant: Grant) -> dict[str, Any]:
        """GET /users/me. "me" is the only user that a user-level token may name."""
        return self.object(grant, GET_USER, "GET", "/users/me")

    def create_meeting(self, grant: Grant, body: dict[str, Any]) -> dict[str, Any]:
        """POST /users/me/meetings. There is no idempotency key, so a lost answer has to be looked up."""
        return self.object(grant, CREATE_MEETING, "POST", "/users/me/meetings", json=body, expected=201)

    def meeting(self, grant: Grant, meeting_id: str) -> dict[str, Any]:
        """GET /meetings/{id}."""
        return self.object(grant, READ_MEETING, "GET", f"/meetings/{meeting_id}")

    def update_meeting(self, grant: Grant, meeting_id: str, body: dict[str, Any]) -> None:
        """PATCH /meetings/{id}. Zoom changes what the body names and answers with nothing to read."""
        self.nothing(grant, UPDATE_MEETING, "PATCH", f"/meetings/{meeting_id}", json=body)

    def delete_meeting(self, grant: Grant, meeting_id: str) -> None:
        """DELETE /meetings/{id}. Zoom notifies no one: the product sends its own mail."""
        params = {"schedule_for_reminder": "false", "cancel_meeting_reminder": "false"}
        self.nothing(grant, DELETE_MEETING, "DELETE", f"/meetings/{meeting_id}", params=params)

    def meetings(self, grant: Grant) -> tuple[list[dict[str, Any]], timedelta]:
        """GET /users/me/meetings, all pages: live, upcoming and unexpired meetings, without passcodes; and
        how far Zoom's clock is behind ours, going by the date of its answer: zero if it is not."""
        entries: list[dict[str, Any]] = []
        behind = timedelta()
        params = {"type": "scheduled", "page_size": str(PAGE_SIZE)}
        for _page in range(MAX_PAGES):
            answer = self._call(
                grant, LIST_MEETINGS, "GET", "/users/me/meetings", expected=200, params=params
            )
            page = self._read(LIST_MEETINGS, answer)
            now = self._clock()
            behind = max(behind, now - (http_date(answer.headers.get("Date")) or now))
            listed = page.get("meetings")
            if not isinstance(listed, list):
                raise nonsense(LIST_MEETINGS)
            entries += [entry for entry in listed if isinstance(entry, dict)]
            token = page.get("next_page_token")
            if not isinstance(token, str) or not token:
                return entries, behind
            if token == params.get("next_page_token"):
                # A page that leads to itself; asking a hundred times would tell nothing more.
                break
            params = {**params, "next_page_token": token}
        raise nonsense(LIST_MEETINGS)

    def _error(
        self,
        grant: Grant,
        operation: Operation,
        response: requests.Response,
        meaning: Meaning,
        content: Content,
    ) -> ProviderError:
        return api_error(
            self._peer,
            operation,
            response,
            now=self._clock(),
            passcode=(content.get("json") or {}).get("password"),
            secrets=(grant.access_token,),
        )

    def _url(self, grant: Grant, address: str) -> str:
        return self._base_url(grant) + address

    def _base_url(self, grant: Grant) -> str:
        """Return where this grant's calls go: the configured address, else the account's region, else the
        default.
        """
        if not self._settings.api_url_is_configured and grant.api_url:
            # Checked again although `exchange_code` did, because grants come from a database in between.
            regional = regional_api_url(grant.api_url)
            if regional:
                return regional
        return self._settings.api_url.rstrip("/")
