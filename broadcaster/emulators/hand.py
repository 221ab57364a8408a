"""How does a hand do at a far end what people do there? POST /control/hand names a verb, and what it is done to."""

from collections.abc import Callable, Mapping

from aiohttp import web

from broadcaster.emulators.control import json_response, read_json


async def do_by_hand(request: web.Request, what: str, verbs: Mapping[str, Callable[[str], object]]) -> web.Response:
    """Do {"do": VERB, `what`: ...}; 400 for anything else."""
    try:
        document = await read_json(request)
        if not isinstance(document, dict) or set(document) != {"do", what} or str(document["do"]) not in verbs:
            raise ValueError(f'say {{"do": one of {", ".join(verbs)}, "{what}": ...}}')
    except ValueError as error:
        return json_response({"error": str(error)}, status=400)
    verbs[str(document["do"])](str(document[what]))
    return json_response({"done": document})
