"""In which order does a batch run, and when does it stop?"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from broadcaster.emulators.obs.codes import CloseCode, CloseSocket, RequestRefused, Status
from broadcaster.emulators.obs.fields import Fields

REALTIME, FRAME, PARALLEL = 0, 1, 2
FRAME_SECONDS = 1 / 30

Ask = Callable[[str, Any], Awaitable[dict[str, Any]]]
Pause = Callable[[float], Awaitable[None]]


def check(body: dict[str, Any]) -> tuple[list[Any], int, dict[str, Any], bool]:
    """The requests, execution type, variables and haltOnFailure of a batch; raises CloseSocket."""
    requests = body.get("requests")
    if requests is None:
        raise CloseSocket(CloseCode.MISSING_FIELD, "Your payload data is missing a `requests`.")
    if not isinstance(requests, list):
        raise CloseSocket(CloseCode.FIELD_TYPE, "Your `requests` is not an array.")
    kind = body.get("executionType", REALTIME)
    if isinstance(kind, bool) or not isinstance(kind, int):
        raise CloseSocket(CloseCode.FIELD_TYPE, "Your `executionType` is not a number.")
    if kind not in (REALTIME, FRAME, PARALLEL):
        raise CloseSocket(CloseCode.FIELD_VALUE, "Your `executionType` has an invalid value.")
    halt = body.get("haltOnFailure", False)
    if not isinstance(halt, bool):
        raise CloseSocket(CloseCode.FIELD_TYPE, "Your `haltOnFailure` is not a boolean.")
    variables = body.get("variables") or {}
    if not isinstance(variables, dict):
        raise CloseSocket(CloseCode.FIELD_TYPE, "Your `variables` is not an object.")
    if kind == PARALLEL and variables:
        raise CloseSocket(CloseCode.UNSUPPORTED, "Variables are not supported in Parallel mode.")
    return requests, kind, dict(variables), halt


async def run(body: dict[str, Any], ask: Ask, pause: Pause) -> list[dict[str, Any]]:
    """Run a batch and return its results, in order; a halted batch returns those up to the failure."""
    requests, kind, variables, halt = check(body)
    if kind == PARALLEL:
        async with asyncio.TaskGroup() as tasks:
            running = [
                tasks.create_task(_one(each, {}, kind, ask, pause), name=f"batch request {index}")
                for index, each in enumerate(requests)
            ]
        return [task.result() for task in running]
    results = []
    for each in requests:
        if kind == FRAME:
            await pause(FRAME_SECONDS)
        results.append(await _one(each, variables, kind, ask, pause))
        if halt and not results[-1]["requestStatus"]["result"]:
            break
    return results


async def _one(each: Any, variables: dict[str, Any], kind: int, ask: Ask, pause: Pause) -> dict[str, Any]:
    request = each if isinstance(each, dict) else {}
    request_type = str(request.get("requestType") or "")
    data = request.get("requestData")
    for field, variable in (request.get("inputVariables") or {}).items():
        if variable in variables:
            data = {**(data or {}), field: variables[variable]}
    if request_type == "Sleep":
        result = await _sleep(data, kind, pause)
    else:
        result = await ask(request_type, data)
    answer = result.get("responseData") or {}
    for variable, field in (request.get("outputVariables") or {}).items():
        if field in answer:
            variables[variable] = answer[field]
    if request.get("requestId") is not None:
        result["requestId"] = request["requestId"]
    return result


async def _sleep(data: Any, kind: int, pause: Pause) -> dict[str, Any]:
    fields = Fields(data)
    try:
        if kind == REALTIME:
            await pause(fields.number("sleepMillis", 0, 50000) / 1000)
        elif kind == FRAME:
            await pause(fields.number("sleepFrames", 0, 10000) * FRAME_SECONDS)
        else:
            raise RequestRefused(Status.UNSUPPORTED_EXECUTION)
    except RequestRefused as refused:
        return result_of("Sleep", refused)
    return result_of("Sleep", None)


def result_of(request_type: str, outcome: RequestRefused | dict[str, Any] | None) -> dict[str, Any]:
    """The answer to one request, as it stands in a response or in a batch's results."""
    if isinstance(outcome, RequestRefused):
        status: dict[str, Any] = {"result": False, "code": outcome.code}
        if outcome.comment:
            status["comment"] = outcome.comment
        return {"requestType": request_type, "requestStatus": status}
    result: dict[str, Any] = {
        "requestType": request_type,
        "requestStatus": {"result": True, "code": int(Status.SUCCESS)},
    }
    if outcome is not None:
        result["responseData"] = outcome
    return result
