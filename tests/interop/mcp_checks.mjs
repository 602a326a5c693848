// What the clients in JavaScript check, whichever SDK they are made with. mcp_calls.json says what is called.
//
// Packages are found where FI_NPM says they are installed: not in this tree.

import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { deepStrictEqual } from 'node:assert';

export const require = createRequire(`${process.env.FI_NPM}/`);
export const table = JSON.parse(readFileSync(new URL('mcp_calls.json', import.meta.url)));
const { Ajv2020 } = require('ajv/dist/2020.js');
const ajv = new Ajv2020({ strict: false });

const [server, ...args] = process.argv.slice(2);
/** How the server of the command line is reached: at its address, with the key FI_KEY, or by the command that starts it. */
export const way = /^https?:/.test(server) ? 'HTTP' : 'stdio';
export const authorization = `Bearer ${process.env.FI_KEY}`;

/** What connects a client to it. */
export function transport(Stdio, Http) {
  if (way === 'stdio') return new Stdio({ command: server, args });
  return new Http(new URL(server), { requestInit: { headers: { Authorization: authorization } } });
}

export function check(holds, what) {
  if (!holds) throw new Error(what);
}

/** The value with what earlier answers gave in place of names that begin with $. */
export function filled(value, kept) {
  const text = JSON.stringify(value);
  return JSON.parse(text.replace(/\$([a-z]+)/g, (whole, name) => kept[name] ?? whole));
}

function at(answer, pointer) {
  return pointer.split('/').slice(1).reduce((inner, step) => inner[step], answer);
}

function fits(schema, value, what) {
  check(ajv.validate(schema, value), `${what} does not fit its schema: ${ajv.errorsText()}`);
}

function textOf(result, what) {
  check(result.content?.length === 1 && result.content[0].type === 'text', `${what} is not one block of text`);
  return result.content[0].text;
}

/** That the table calls every tool, and that each is described as directories of connectors want it. */
export function checkTools(tools) {
  const called = new Set(table.calls.map(call => call.tool));
  deepStrictEqual(tools.map(tool => tool.name).sort(), [...called].sort());
  for (const { name, title, description, annotations } of tools) {
    check(title && Object.values(annotations).filter(hint => typeof hint === 'boolean').length === 4, `${name} has hints`);
    check(description.length <= 2048, `the description of ${name} is too long`);
  }
}

/** That an answer is complete in both of its forms, which are the same. */
export function checkAnswer(tool, call, result, kept) {
  const what = `${call.tool} ${JSON.stringify(call.arguments)}`;
  const text = textOf(result, what);
  check(!result.isError, `${what}: ${text}`);
  check(result.structuredContent, `${what} has no structured result`);
  deepStrictEqual(JSON.parse(text), result.structuredContent, `${what}: text and structure differ`);
  fits(tool.inputSchema, filled(call.arguments, kept), `the arguments of ${what}`);
  fits(tool.outputSchema, result.structuredContent, what);
  for (const [name, pointer] of Object.entries(call.keep ?? {})) kept[name] = at(result.structuredContent, pointer);
}

/** That what is wrong is told to the model, with what would be right. */
export function checkRefusal(call, result) {
  const what = `${call.tool} ${JSON.stringify(call.arguments)}`;
  const text = textOf(result, what);
  check(result.isError === true, `${what} is no error`);
  check(text.includes(call.says), `${what} does not say ${call.says}: ${text}`);
}

async function checkFailure(request, what, says = '', code = -32602) {
  const error = await request.then(() => undefined, reason => reason);
  check(error, `${what} is no error`);
  check(error.code === code, `${what}: ${error.code} ${error}`);
  check(String(error).includes(says), `${what} does not say ${says}: ${error}`);
}

/** Everything a client of either SDK can ask. A resource that is not there has another code in each era. */
export async function talk(client, name, notFound) {
  const kept = {};
  const { tools } = await client.listTools();
  checkTools(tools);
  for (const call of table.calls) {
    const tool = tools.find(tool => tool.name === call.tool);
    const result = await client.callTool({ name: call.tool, arguments: filled(call.arguments, kept) });
    checkAnswer(tool, call, result, kept);
  }
  for (const call of [...table.refused, table.misnamed]) {
    checkRefusal(call, await client.callTool({ name: call.tool, arguments: filled(call.arguments, kept) }));
  }
  const unknown = table.unknown_tool;
  await checkFailure(client.callTool({ name: unknown.name, arguments: {} }), unknown.name, unknown.says);

  const { resources } = await client.listResources();
  check((await client.listResourceTemplates()).resourceTemplates.length > 0, 'there are no resource templates');
  for (const uri of [...resources.map(resource => resource.uri), ...filled(table.resources, kept)]) {
    const { contents } = await client.readResource({ uri });
    check(contents.length === 1 && JSON.parse(contents[0].text), `${uri} is empty`);
  }
  await checkFailure(client.readResource({ uri: table.unknown_resource }), table.unknown_resource, '', notFound);

  const { prompts } = await client.listPrompts();
  deepStrictEqual(prompts.map(prompt => prompt.name).sort(), table.prompts.map(prompt => prompt.name).sort());
  for (const prompt of table.prompts) {
    const { messages } = await client.getPrompt(prompt);
    check(messages.length === 1 && !messages[0].content.text.includes('{'), `${prompt.name} has blanks left`);
  }
  for (const { prompt, resource, argument, value, offers } of table.completions) {
    const ref = prompt ? { type: 'ref/prompt', name: prompt } : { type: 'ref/resource', uri: resource };
    const { completion } = await client.complete({ ref, argument: { name: argument, value } });
    check(completion.values.includes(offers), `${value} is completed by ${completion.values}`);
  }
  const counts = `${tools.length} tools in ${table.calls.length} calls`;
  process.stdout.write(`${name} over ${way}: ${counts}, ${resources.length} resources, ${prompts.length} prompts\n`);
}
