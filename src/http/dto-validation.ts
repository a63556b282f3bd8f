import { type ArgumentMetadata, type Type, ValidationPipe } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { cutName, invalid, missing, type Problem } from './problems.js';
import { REQUIRED, requiresAProperty } from './validation.js';

const BODIES = createPipe(true);
const QUERIES = createPipe(false);

/** Carries class-validator's errors out of Nest's pipe. */
class ValidationFailed extends Error {
  constructor(readonly errors: readonly ValidationError[]) {
    super('The input is not valid');
  }
}

function createPipe(forbidNonWhitelisted: boolean): ValidationPipe {
  return new ValidationPipe({
    whitelist: true,
    forbidNonWhitelisted,
    forbidUnknownValues: true,
    transform: true,
    // The errors must not contain values, such as a password.
    validationError: { target: false, value: false },
    exceptionFactory: (errors) => new ValidationFailed(errors),
  });
}

/** A query as its DTO, without unknown parameters. @param problems receives the problems found */
export async function validateQuery(query: object, dto: Type, problems: Problem[]): Promise<unknown> {
  return validate(QUERIES, query, { type: 'query', metatype: dto }, problems);
}

/** A body as its DTO. @param problems receives the problems found, unknown fields included */
export async function validateBody(body: unknown, dto: Type, problems: Problem[]): Promise<unknown> {
  if (body !== undefined && (typeof body !== 'object' || Array.isArray(body))) {
    problems.push(invalid('body', 'must be an object'));
    return undefined;
  }
  const fields = Object.entries(body ?? {});
  const found: Problem[] = [];
  const input = await validate(
    BODIES,
    Object.fromEntries(fields.filter(([name]) => !isInherited(name))),
    { type: 'body', metatype: dto },
    found,
  );
  const inherited = fields.find(([name]) => isInherited(name));
  if (inherited !== undefined) found.push(invalid(inherited[0], 'should not exist'));
  const isEmpty = Object.values(input ?? {}).every((field) => field === undefined);
  if (found.length === 0 && isEmpty && requiresAProperty(dto)) {
    found.push(missing('body', 'must not be empty'));
  }
  problems.push(...found);
  return input;
}

/** Names that every object inherits: class-validator treats them as known fields. */
function isInherited(name: string): boolean {
  return name in Object.prototype || name === 'prototype';
}

async function validate(
  pipe: ValidationPipe,
  value: object,
  metadata: ArgumentMetadata,
  problems: Problem[],
): Promise<object | undefined> {
  try {
    const input = (await pipe.transform(value, metadata)) as object;
    problems.push(...unstorable(input));
    return input;
  } catch (error) {
    const found = error instanceof ValidationFailed ? error.errors.map(asProblem) : unstorable(value);
    // Some of class-validator's checks throw on a lone surrogate.
    if (found.length === 0) throw error;
    problems.push(...found);
    return undefined;
  }
}

/** PostgreSQL can store neither U+0000 nor lone surrogates. */
function unstorable(input: object): Problem[] {
  return Object.entries(input)
    .filter(([, value]) => typeof value === 'string' && (!value.isWellFormed() || value.includes('\0')))
    .map(([field]) => invalid(field, 'contains a character that cannot be stored'));
}

function asProblem({ property, constraints = {}, children = [] }: ValidationError): Problem {
  const field = cutName(property);
  const required = constraints[REQUIRED];
  if (required !== undefined) return { field, messages: [required], isMissing: true };
  const nested = children.flatMap((child) => asProblem(child).messages);
  const messages = [...Object.values(constraints), ...nested];
  return { field, messages: messages.map((message) => message.replace(property, field)), isMissing: false };
}
