"""Talks to `fi mcp` or `fi serve` as clients made with the official Python SDK do, in each of its modes, and checks all
it hears.

    mcp_python.py COMMAND [ARGUMENT...]     the command that starts the server
    FI_KEY=KEY mcp_python.py URL            the server at an address, and a key of it

Lists everything, makes the calls of mcp_calls.json, and every tool has to be among them. A result has to fit the
tool's output schema, its text has to be the same JSON, and what is refused has to say what to do. Prints a line per
mode; exits 1 at the first thing that is wrong.
"""

import asyncio
import json
import os
import pathlib
import sys

import httpx2
import jsonschema
from mcp import Client, MCPError, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from mcp.types import PaginatedRequestParams, PromptReference, ResourceTemplateReference

MODES = {"auto": "2026-07-28", "legacy": "2025-11-25", "2026-07-28": "2026-07-28"}
TABLE = json.loads(pathlib.Path(__file__).with_name("mcp_calls.json").read_text())
SECONDS_A_CALL = 60
INVALID_PARAMS = -32602
# What a resource that is not there was until 2025-11-25.
NOT_FOUND = -32002


def check(holds, what):
    if not holds:
        raise AssertionError(what)


def filled(value, kept):
    """The value with what earlier answers gave in place of names that begin with $."""
    if isinstance(value, dict):
        return {key: filled(inner, kept) for key, inner in value.items()}
    for name, known in kept.items():
        if isinstance(value, str):
            value = value.replace(f"${name}", known)
    return value


def at(answer, pointer):
    for step in pointer.strip("/").split("/"):
        answer = answer[int(step) if isinstance(answer, list) else step]
    return answer


def text_of(result, what):
    check(len(result.content) == 1 and result.content[0].type == "text", f"{what} is not one block of text")
    return result.content[0].text


async def called(client, tools, call, kept):
    name, arguments = call["tool"], filled(call["arguments"], kept)
    what = f"{name} {json.dumps(arguments)}"
    jsonschema.validate(arguments, tools[name].input_schema)
    result = await client.call_tool(name, arguments, read_timeout_seconds=SECONDS_A_CALL)
    text = text_of(result, what)
    check(not result.is_error, f"{what}: {text}")
    check(result.structured_content is not None, f"{what} has no structured result")
    check(json.loads(text) == result.structured_content, f"{what}: text and structure differ")
    jsonschema.validate(result.structured_content, tools[name].output_schema)
    for key, pointer in call.get("keep", {}).items():
        kept[key] = at(result.structured_content, pointer)


async def refused(client, call, kept):
    what = f"{call['tool']} {json.dumps(call['arguments'])}"
    result = await client.call_tool(call["tool"], filled(call["arguments"], kept))
    text = text_of(result, what)
    check(result.is_error, f"{what} is no error")
    check(call["says"] in text, f"{what} does not say {call['says']!r}: {text}")


async def failing(request, what, says="", code=INVALID_PARAMS):
    try:
        await request
    except MCPError as error:
        check(error.code == code, f"{what}: {error.code} {error}")
        check(says in str(error), f"{what} does not say {says!r}: {error}")
        # Of a resource that is not there, the error says which.
        check(":" not in what or error.data == {"uri": what}, f"{what}: {error.data}")
    else:
        raise AssertionError(f"{what} is no error")


async def tools_of(client):
    tools = {tool.name: tool for tool in (await client.list_tools()).tools}
    for tool in tools.values():
        jsonschema.Draft202012Validator.check_schema(tool.input_schema)
        jsonschema.Draft202012Validator.check_schema(tool.output_schema)
        hints = tool.annotations
        hints = (hints.read_only_hint, hints.destructive_hint, hints.idempotent_hint, hints.open_world_hint)
        check(tool.title and None not in hints, f"{tool.name} has no title, or not all annotations")
        check(len(tool.description) <= 2048, f"the description of {tool.name} is too long")
    check({call["tool"] for call in TABLE["calls"]} == tools.keys(), "mcp_calls.json does not call every tool")
    return tools


async def resources_of(client, kept):
    listed = [str(resource.uri) for resource in (await client.list_resources()).resources]
    check((await client.list_resource_templates()).resource_templates, "there are no resource templates")
    for uri in listed + filled({"uris": "\n".join(TABLE["resources"])}, kept)["uris"].split("\n"):
        contents = (await client.read_resource(uri)).contents
        check(len(contents) == 1 and json.loads(contents[0].text), f"{uri} is empty")
    code = INVALID_PARAMS if client.protocol_version >= "2026" else NOT_FOUND
    await failing(client.read_resource(TABLE["unknown_resource"]), TABLE["unknown_resource"], code=code)
    return len(listed)


async def prompts_of(client):
    listed = {prompt.name for prompt in (await client.list_prompts()).prompts}
    check({prompt["name"] for prompt in TABLE["prompts"]} == listed, "mcp_calls.json does not get every prompt")
    for prompt in TABLE["prompts"]:
        messages = (await client.get_prompt(prompt["name"], prompt["arguments"])).messages
        check(len(messages) == 1 and "{" not in messages[0].content.text, f"{prompt['name']} has blanks left")
    await failing(client.get_prompt("escalation_brief", {}), "escalation_brief", "customer")
    return len(listed)


async def completions_of(client):
    for asked in TABLE["completions"]:
        reference = (
            PromptReference(name=asked["prompt"])
            if "prompt" in asked
            else ResourceTemplateReference(uri=asked["resource"])
        )
        argument = {"name": asked["argument"], "value": asked["value"]}
        values = (await client.complete(reference, argument)).completion.values
        check(asked["offers"] in values, f"{asked} is completed by {values}")


def way(command):
    return "HTTP" if command[0].startswith("http") else "stdio"


def server(command, http):
    if way(command) == "HTTP":
        return streamable_http_client(command[0], http_client=http)
    return StdioServerParameters(command=command[0], args=command[1:])


async def talk(mode, command):
    kept = {}
    http = httpx2.AsyncClient(headers={"Authorization": f"Bearer {os.environ.get('FI_KEY')}"}, timeout=SECONDS_A_CALL)
    async with http, Client(server(command, http), mode=mode) as client:
        check(client.protocol_version == MODES[mode], f"the version is {client.protocol_version}")
        # A client that names its version asks for nothing before its first request.
        check(mode == MODES[mode] or client.instructions, "there are no instructions")
        tools = await tools_of(client)
        for call in TABLE["calls"]:
            await called(client, tools, call, kept)
        for call in [*TABLE["refused"], TABLE["misnamed"]]:
            await refused(client, call, kept)
        unknown = TABLE["unknown_tool"]
        await failing(client.call_tool(unknown["name"], {}), unknown["name"], unknown["says"])
        for listing in (client.session.list_tools, client.session.list_resources, client.session.list_prompts):
            await failing(listing(params=PaginatedRequestParams(cursor="none")), "a cursor nobody gave")
        resources, prompts = await resources_of(client, kept), await prompts_of(client)
        await completions_of(client)
        print(
            f"python {way(command)}, {mode}: {client.protocol_version}, {len(tools)} tools in {len(TABLE['calls'])} calls, "
            f"{resources} resources, {prompts} prompts"
        )


if __name__ == "__main__":
    for mode in MODES:
        asyncio.run(talk(mode, sys.argv[1:]))
