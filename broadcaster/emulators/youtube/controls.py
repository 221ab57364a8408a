"""How does a hand reach into the emulated YouTube, and where does its owner sign in?

The paths beside the API: /control/... of its own, the token endpoint, and the pages of the sign-in.
"""

import html
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from aiohttp import BasicAuth, web

from broadcaster.emulators.control import json_response, read_json
from broadcaster.emulators.youtube.signin import SignInError
from broadcaster.emulators.youtube.state import State
from broadcaster.emulators.youtube.tokens import denied
from broadcaster.emulators.youtube.usecases import UnknownKey, UseCases

DEVICE_PAGE = "/device"
DEVICE_FORM = """<!doctype html><title>Emulated Google sign-in</title>
<h1>Connect a device (emulated)</h1><p>{message}</p>
<form method="post"><input name="user_code" value="{user_code}" placeholder="Code on the device">
<button name="verdict" value="yes">Allow</button> <button name="verdict" value="no">Deny</button></form>
"""


class Controls:
    """Handlers of what is not the API."""

    def __init__(self, state: Callable[[], State], use: UseCases, url: Callable[[], str]) -> None:
        self._state = state
        self._use = use
        self._url = url

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """Every path beside the API and the control room."""
        return [
            web.post("/token", self._post_token),
            web.post("/device/code", self._post_device_code),
            web.get(DEVICE_PAGE, self._get_device),
            web.post(DEVICE_PAGE, self._post_device),
            web.get("/o/oauth2/auth", self._get_auth),
            web.get("/o/oauth2/v2/auth", self._get_auth),
            web.post("/revoke", self._post_revoke),
            web.get("/tokeninfo", self._get_token_info),
            web.post("/control/ingest", self._post_ingest),
            web.post("/control/publish", self._post_publish),
            web.post("/control/publish_done", self._post_publish_done),
            web.post("/control/tokens", self._post_tokens),
            web.get("/control/settings", self._get_settings),
            web.post("/control/settings", self._post_settings),
            web.post("/control/hand", self._post_hand),
        ]

    # Signing in.

    async def _post_token(self, request: web.Request) -> web.Response:
        state, form = self._state(), dict(await request.post())
        if request.headers.get("Authorization", "").startswith("Basic "):  # a client may name itself there too
            try:
                client = BasicAuth.decode(request.headers["Authorization"])
            except ValueError as error:
                status, body = denied("invalid_client", str(error), status=401)
                return json_response(body, status=status)
            form = {"client_id": client.login, "client_secret": client.password} | form
        status, body = state.sign_in.answer(form, state.clock.now(), state.settings)
        return json_response(body, status=status)

    async def _post_device_code(self, request: web.Request) -> web.Response:
        state, page = self._state(), self._url() + DEVICE_PAGE
        form = await request.post()
        status, body = state.sign_in.ask_for_device(form, state.clock.now(), state.settings, page=page)
        return json_response(body, status=status)

    async def _get_device(self, request: web.Request) -> web.Response:
        return _device_page("Type the code that the device shows.", request.query.get("user_code", ""))

    async def _post_device(self, request: web.Request) -> web.Response:
        form = await request.post()
        user_code = str(form.get("user_code", ""))
        try:
            self._use.answer_device(user_code, yes=form.get("verdict") == "yes")
        except ValueError as error:
            return _device_page(str(error), user_code, status=400)
        return _device_page("Done. You may close this window.")

    async def _get_auth(self, request: web.Request) -> web.Response:
        state = self._state()
        try:
            target = state.sign_in.ask_in_browser(request.query, state.clock.now(), state.settings)
        except SignInError as error:
            return web.Response(text=f"Error 400: {error}", status=400)
        return web.Response(status=302, headers={"Location": target})

    async def _post_revoke(self, request: web.Request) -> web.Response:
        form = await request.post()
        status, body = self._state().tokens.revoke(str(form.get("token") or request.query.get("token", "")))
        return json_response(body, status=status)

    async def _get_token_info(self, request: web.Request) -> web.Response:
        state = self._state()
        status, body = state.tokens.info(request.query.get("access_token", ""), state.clock.now())
        return json_response(body, status=status)

    # Video.

    async def _post_ingest(self, request: web.Request) -> web.Response:
        try:
            document = await read_json(request)
        except ValueError as error:
            return _mistake(error)
        if (
            not isinstance(document, dict)
            or not isinstance(document.get("streamName"), str)
            or not isinstance(document.get("active"), bool)
        ):
            return _mistake('wanted is {"streamName": KEY, "active": true or false}, and what the video carries')
        key, active = document.pop("streamName"), document.pop("active")
        return self._video(key, arrives=active, carries=document)

    async def _post_publish(self, request: web.Request) -> web.Response:
        return self._video(str((await request.post()).get("name", "")), arrives=True)

    async def _post_publish_done(self, request: web.Request) -> web.Response:
        return self._video(str((await request.post()).get("name", "")), arrives=False)

    def _video(self, key: str, *, arrives: bool, carries: Mapping[str, Any] | None = None) -> web.Response:
        try:
            if not arrives:
                self._use.video_stops(key)
            elif carries is not None and self._use.is_receiving(key):  # told of what comes, not of a new connection
                self._use.video_changes(key, **carries)
            else:
                self._use.video_arrives(key, **carries or {})
        except ValueError as error:
            return _mistake(error)
        except UnknownKey:  # the answer reaches the RTMP server, which then turns the encoder away
            return json_response({"error": "no stream has this key"}, status=404)
        return json_response({"active": arrives})

    # Hands and settings.

    async def _post_tokens(self, request: web.Request) -> web.Response:
        try:
            document = await read_json(request)
        except ValueError as error:
            return _mistake(error)
        known = {"valid", "grant"}
        if (
            not isinstance(document, dict)
            or not set(document) <= known
            or not all(isinstance(value, bool) for value in document.values())
        ):
            return _mistake('wanted is {"valid": true or false, "grant": true or false}, or one of them')
        self._use.set_tokens(**document)
        return json_response(document)

    async def _get_settings(self, request: web.Request) -> web.Response:
        return json_response(self._state().settings.document())

    async def _post_settings(self, request: web.Request) -> web.Response:
        state = self._state()
        try:
            state.settings = state.settings.changed(await read_json(request))
        except ValueError as error:
            return _mistake(error)
        return json_response(state.settings.document())

    async def _post_hand(self, request: web.Request) -> web.Response:
        try:
            return json_response(self._use.by_name(await read_json(request)))
        except UnknownKey:
            return json_response({"error": "no stream has this key"}, status=404)
        except ValueError as error:
            return _mistake(error)


def _device_page(message: str, user_code: str = "", *, status: int = 200) -> web.Response:
    text = DEVICE_FORM.format(message=html.escape(message), user_code=html.escape(user_code))
    return web.Response(text=text, content_type="text/html", status=status)


def _mistake(error: object) -> web.Response:
    return json_response({"error": str(error)}, status=400)
