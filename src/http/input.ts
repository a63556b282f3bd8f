import {
  type CanActivate,
  createParamDecorator,
  type ExecutionContext,
  Injectable,
  type Type,
} from '@nestjs/common';
import { ApiBody, ApiHeader, ApiParam, ApiQuery } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { BlankIdOption } from './blank-ids.js';
import { RouteOption } from './route-option.js';
import { isBlank } from './validation.js';
import { validateBody, validateQuery } from './dto-validation.js';
import { badRequest, invalid, missing, type Problem, unknownField } from './problems.js';

/** A path parameter with its documentation. */
export interface PathParameter {
  readonly name: string;
  /** Says which object the parameter identifies or selects. */
  readonly description: string;
  readonly schema: Readonly<Record<string, unknown>>;
  /** A valid example that identifies no object, for destructive operations. */
  readonly unusedExample?: unknown;
  /** Whether the parameter selects one of a few values, instead of identifying an object. */
  readonly isChoice?: boolean;
  /**
   * Parses the text; null if it is malformed. Without `parse`, the handler receives the text unchanged, even a blank
   * one.
   */
  readonly parse?: (text: string) => unknown;
  /** The end of the error message for a malformed text: `must be a positive integer`. */
  readonly requirement?: string;
  /** Whether an empty or absent segment reaches the route, which reports it as missing. */
  readonly mayBeBlank?: boolean;
}

/** An optional request header with its documentation. */
export interface HeaderParameter {
  readonly name: string;
  readonly description: string;
  readonly example: string;
  readonly maxLength: number;
  /** Parses the text; undefined if it is malformed. */
  readonly parse: (text: string) => unknown;
  /** The end of the error message for a malformed text. */
  readonly requirement: string;
}

/** The path parameters, headers and DTOs that a handler takes from its request. */
export interface InputParts {
  readonly path: readonly PathParameter[];
  readonly headers?: readonly HeaderParameter[];
  readonly query?: Type;
  readonly body?: Type;
}

export interface Input {
  readonly path: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly query: unknown;
  readonly body: unknown;
}

const INPUT = Symbol('input parts');

/** The input of each request, so that the parameters of a handler share one validation. */
const inputs = new WeakMap<FastifyRequest, Promise<Input>>();

/** The input that the decorators of a handler declare. */
export function inputOf(handler: object): InputParts {
  return (Reflect.getMetadata(INPUT, handler) as InputParts | undefined) ?? { path: [] };
}

/** Injects a path parameter, and documents it. */
export function FromPath(parameter: PathParameter): ParameterDecorator {
  const { name, description, schema, mayBeBlank = false } = parameter;
  return (target, key, index) => {
    const { handler, descriptor } = handlerOf(target, key);
    const parts = inputOf(handler);
    // Decorators of parameters are applied from the last to the first.
    Reflect.defineMetadata(INPUT, { ...parts, path: [parameter, ...parts.path] }, handler);
    ApiParam({ name, description, schema })(target, key as string, descriptor);
    if (mayBeBlank) RouteOption({ blankId: name } satisfies BlankIdOption)(target, key as string, descriptor);
    PathValue(name)(target, key, index);
  };
}

/** Injects an optional request header, null without it, and documents it. */
export function FromHeader(parameter: HeaderParameter): ParameterDecorator {
  const { name, description, example, maxLength } = parameter;
  return (target, key, index) => {
    const { handler, descriptor } = handlerOf(target, key);
    const parts = inputOf(handler);
    Reflect.defineMetadata(INPUT, { ...parts, headers: [...(parts.headers ?? []), parameter] }, handler);
    const schema = { type: 'string' as const, maxLength, example };
    ApiHeader({ name, description, required: false, schema })(target, key as string, descriptor);
    HeaderValue(name)(target, key, index);
  };
}

/** The request's body as its DTO; unknown fields are refused. */
export function ValidBody(): ParameterDecorator {
  return (target, key, index) => {
    const { handler, descriptor, types } = handlerOf(target, key);
    const body = types[index] as Type;
    Reflect.defineMetadata(INPUT, { ...inputOf(handler), body }, handler);
    ApiBody({ type: body })(target, key as string, descriptor);
    BodyValue()(target, key, index);
  };
}

/** The query as its DTO; unknown parameters are ignored. */
export function ValidQuery(): ParameterDecorator {
  return (target, key, index) => {
    const { handler, descriptor, types } = handlerOf(target, key);
    const query = types[index] as Type;
    Reflect.defineMetadata(INPUT, { ...inputOf(handler), query }, handler);
    ApiQuery({ type: query })(target, key as string, descriptor);
    QueryValue()(target, key, index);
  };
}

const PathValue = createParamDecorator(async (name: string, context: ExecutionContext) => {
  return (await readInput(context)).path[name];
});
const HeaderValue = createParamDecorator(async (name: string, context: ExecutionContext) => {
  return (await readInput(context)).headers[name];
});
const BodyValue = createParamDecorator(async (_: unknown, context: ExecutionContext) => {
  return (await readInput(context)).body;
});
const QueryValue = createParamDecorator(async (_: unknown, context: ExecutionContext) => {
  return (await readInput(context)).query;
});

/** Refuses the fields of a body also on routes whose handlers declare no input. */
@Injectable()
export class UndeclaredBodies implements CanActivate {
  canActivate(context: ExecutionContext): true | Promise<true> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const isDeclared = inputOf(context.getHandler()).body !== undefined;
    return isDeclared || undeclaredFields(request).length === 0 || readInput(context).then(() => true);
  }
}

/** Validates path, query and body together, so that the order of validation does not affect the error. */
export function readInput(context: ExecutionContext): Promise<Input> {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  const started = inputs.get(request);
  if (started !== undefined) return started;
  const input = read(request, inputOf(context.getHandler()));
  inputs.set(request, input);
  return input;
}

async function read(request: FastifyRequest, parts: InputParts): Promise<Input> {
  const problems: Problem[] = [];
  const path = readPath(request.params as Record<string, string | undefined>, parts.path, problems);
  const headers = readHeaders(request.headers, parts.headers ?? [], problems);
  const query = parts.query && (await validateQuery(request.query as object, parts.query, problems));
  const body = parts.body && (await validateBody(request.body, parts.body, problems));
  if (parts.body === undefined) problems.push(...undeclaredFields(request));
  if (problems.length > 0) throw badRequest(problems);
  return { path, headers, query, body };
}

/** The fields of a JSON body on a route that declares none. Handlers read forms and streams themselves. */
function undeclaredFields({ body, routeOptions }: FastifyRequest): Problem[] {
  const { streamed, multipart } = routeOptions.config as { streamed?: unknown; multipart?: unknown };
  const isForHandler = streamed !== undefined || multipart !== undefined;
  if (isForHandler || body === undefined || body === null) return [];
  if (typeof body !== 'object' || Array.isArray(body)) return [invalid('body', 'must be an object')];
  return Object.keys(body).map((name) => unknownField(name));
}

function readPath(
  params: Readonly<Record<string, string | undefined>>,
  parameters: readonly PathParameter[],
  problems: Problem[],
): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const { name, parse, requirement = 'is malformed' } of parameters) {
    const text = params[name];
    if (parse === undefined) values[name] = text;
    else if (text === undefined || isBlank(text)) problems.push(missing(name));
    else {
      const value = parse(text);
      if (value === null) problems.push(invalid(name, requirement));
      values[name] = value;
    }
  }
  return values;
}

function readHeaders(
  sent: Readonly<Record<string, string | string[] | undefined>>,
  parameters: readonly HeaderParameter[],
  problems: Problem[],
): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const { name, parse, requirement } of parameters) {
    const text = sent[name.toLowerCase()];
    values[name] = text === undefined ? null : parse(String(text));
    if (values[name] === undefined) problems.push(invalid(name, requirement));
  }
  return values;
}

/** The handler that a parameter decorator is applied to, its descriptor, and the types of its parameters. */
export function handlerOf(target: object, key: string | symbol | undefined) {
  const descriptor = Object.getOwnPropertyDescriptor(target, key ?? '');
  if (descriptor === undefined || key === undefined)
    throw new Error('Input decorators may only be used on parameters of handlers');
  const types = Reflect.getMetadata('design:paramtypes', target, key) as readonly unknown[];
  return { handler: descriptor.value as object, descriptor, types };
}
