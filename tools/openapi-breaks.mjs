const METHODS = ['get', 'put', 'post', 'delete', 'patch'];

/**
 * Lists the changes that break a client generated from the former document.
 *
 * @param {object} former an OpenAPI 3.1 document
 * @param {object} current another one
 * @returns {string[]} a sentence for each break
 */
export function breaksBetween(former, current) {
  const breaks = [];
  for (const [path, item] of Object.entries(former.paths)) {
    for (const method of METHODS.filter((name) => name in item)) {
      const was = item[method];
      const is = current.paths[path]?.[method];
      const name = was.operationId;
      if (is === undefined) breaks.push(`${name} is gone`);
      else {
        if (is.operationId !== name) breaks.push(`${name} is called ${is.operationId}`);
        breaks.push(...compareRequest(name, was, is, former, current));
        breaks.push(...compareAnswers(name, was, is, former, current));
      }
    }
  }
  return breaks;
}

function compareRequest(name, was, is, former, current) {
  const breaks = [];
  const key = ({ in: place, name: parameter }) => `${place} ${parameter}`;
  const known = new Map((was.parameters ?? []).map((parameter) => [key(parameter), parameter]));
  const now = new Map((is.parameters ?? []).map((parameter) => [key(parameter), parameter]));
  for (const [place, parameter] of known) {
    const other = now.get(place);
    if (other === undefined) breaks.push(`${name}: parameter ${place} is gone`);
    else compare(`${name}: ${place}`, parameter.schema, other.schema, 'request', former, current, breaks);
  }
  for (const [place, { required }] of now) {
    if (required && !known.get(place)?.required) breaks.push(`${name}: parameter ${place} is required`);
  }
  if (is.requestBody?.required && !was.requestBody?.required) breaks.push(`${name}: a body is required`);
  for (const [type, { schema }] of Object.entries(was.requestBody?.content ?? {})) {
    const other = is.requestBody?.content?.[type];
    if (other === undefined) breaks.push(`${name}: bodies of ${type} are refused`);
    else compare(`${name}: body`, schema, other.schema, 'request', former, current, breaks);
  }
  return breaks;
}

function compareAnswers(name, was, is, former, current) {
  const breaks = [];
  for (const [status, response] of Object.entries(was.responses)) {
    const other = is.responses[status];
    const isSuccess = Number(status) < 400;
    if (other === undefined) {
      if (isSuccess) breaks.push(`${name}: ${status} is gone`);
      continue;
    }
    for (const [type, { schema }] of Object.entries(response.content ?? {})) {
      const now = other.content?.[type];
      if (now === undefined) breaks.push(`${name}: ${status} is no ${type} any more`);
      else compare(`${name}: ${status}`, schema, now.schema, 'answer', former, current, breaks);
    }
  }
  return breaks;
}

/** Narrower requests and wider responses break clients; wider requests and narrower responses do not. */
function compare(where, wasRaw, isRaw, direction, former, current, breaks, depth = 0) {
  if (wasRaw === undefined || isRaw === undefined || depth > 12) return;
  const [was, is] = [resolve(wasRaw, former), resolve(isRaw, current)];
  const say = (what) => breaks.push(`${where} ${what}`);
  const inner = (part, one, other) =>
    compare(`${where}${part}`, one, other, direction, former, current, breaks, depth + 1);

  const [types, now] = [typesOf(was, former), typesOf(is, current)];
  const [given, taken] = direction === 'request' ? [types, now] : [now, types];
  const surplus = [...given].filter(
    (type) => !taken.has(type) && !(type === 'integer' && taken.has('number')),
  );
  if (taken.size > 0 && surplus.length > 0) say(`may be ${surplus.join(', ')} on one side alone`);

  if (Array.isArray(was.enum) && Array.isArray(is.enum)) {
    const lost = was.enum.filter((value) => !is.enum.includes(value));
    if (lost.length > 0) say(`no longer knows ${lost.join(', ')}`);
  } else if (direction === 'request' && !Array.isArray(was.enum) && Array.isArray(is.enum)) say('is an enum');
  if (direction === 'request') {
    for (const [limit, isNarrower] of LIMITS) {
      if (is[limit] !== undefined && (was[limit] === undefined || isNarrower(was[limit], is[limit])))
        say(`has ${limit} ${is[limit]}`);
    }
  }

  const [options, others] = [objectOf(was, former), objectOf(is, current)];
  for (const [property, schema] of Object.entries(options.properties ?? {})) {
    const other = others.properties?.[property];
    if (other === undefined) say(`has no ${property}`);
    else inner(`.${property}`, schema, other);
    if (
      direction === 'answer' &&
      required(options, property) &&
      other !== undefined &&
      !required(others, property)
    )
      say(`may lack ${property}`);
  }
  if (direction === 'request') {
    for (const property of others.required ?? []) {
      if (!required(options, property)) say(`requires ${property}`);
    }
  }
  if (was.items !== undefined && is.items !== undefined) inner('[]', was.items, is.items);
}

const LIMITS = [
  ['minLength', (was, is) => is > was],
  ['maxLength', (was, is) => is < was],
  ['minimum', (was, is) => is > was],
  ['maximum', (was, is) => is < was],
  ['minItems', (was, is) => is > was],
  ['maxItems', (was, is) => is < was],
  ['pattern', (was, is) => is !== was],
];

const required = (schema, property) => schema.required?.includes(property) ?? false;

function resolve(schema, document) {
  if (schema.$ref === undefined) return schema;
  return document.components.schemas[schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1)] ?? {};
}

/** The alternative of an `anyOf` that has properties, or the schema itself. */
function objectOf(schema, document) {
  const options = (schema.anyOf ?? []).map((option) => resolve(option, document));
  return options.find(({ properties }) => properties !== undefined) ?? schema;
}

function typesOf(schema, document) {
  if (Array.isArray(schema.anyOf)) {
    return new Set(schema.anyOf.flatMap((option) => [...typesOf(resolve(option, document), document)]));
  }
  return new Set([schema.type ?? []].flat());
}
