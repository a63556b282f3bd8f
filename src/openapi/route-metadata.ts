import { type INestApplication, SetMetadata } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import type { ErrorDefinition } from '../http/app-error.js';
import { type InputParts, inputOf } from '../http/input.js';
import { ACCESS, type Access } from './access-metadata.js';

/** Facts about a handler that Nest's generator cannot derive. */
export interface RouteFacts {
  /** The `operationId`. */
  readonly id: string;
  /** The statuses of success: 200, 206 and 304 for stored pictures, otherwise one. */
  readonly successes: readonly number[];
  /** The message of a successful change. */
  readonly message: string | undefined;
  /** The errors in addition to those that access and input imply. */
  readonly errors: readonly ErrorDefinition[];
  /** Whether a successful answer sets or clears the refresh cookie. */
  readonly setsCookie: boolean;
  /** Whether the operation deletes data irreversibly; undefined means only for the method `DELETE`. */
  readonly destroys: boolean | undefined;
  readonly exampleBody: Readonly<Record<string, unknown>> | undefined;
}

const IDEMPOTENT = Symbol('idempotent');

/** Documents that the route takes an `Idempotency-Key`. */
export function IdempotentRoute(): MethodDecorator {
  return SetMetadata(IDEMPOTENT, true);
}

/** The facts, access and input of a handler. */
export interface Route extends RouteFacts {
  readonly idempotent: boolean;
  readonly access: Access;
  readonly input: InputParts;
}

const FACTS = Symbol('route facts');

/** Stores the facts of a handler for `routesOf`. */
export function RouteMetadata(facts: RouteFacts): MethodDecorator {
  return SetMetadata(FACTS, facts);
}

/** The documented routes of an app, by `operationId`. */
export function routesOf(app: INestApplication): ReadonlyMap<string, Route> {
  const controllers = [...app.get(ModulesContainer).values()].flatMap((module) => [
    ...module.controllers.values(),
  ]);
  const routes = controllers
    .flatMap(({ metatype }) => handlersOf(metatype as { prototype: object }))
    .flatMap((handler) => routeOf(handler) ?? []);
  return new Map(routes.map((route) => [route.id, route]));
}

function handlersOf({ prototype }: { prototype: object }): object[] {
  return Object.values(Object.getOwnPropertyDescriptors(prototype)).flatMap(({ value }) =>
    typeof value === 'function' ? [value as object] : [],
  );
}

function routeOf(handler: object): Route | undefined {
  const facts = Reflect.getMetadata(FACTS, handler) as RouteFacts | undefined;
  const access = Reflect.getMetadata(ACCESS, handler) as Access | undefined;
  if (facts === undefined || access === undefined) return undefined;
  const idempotent = Reflect.hasMetadata(IDEMPOTENT, handler);
  return { ...facts, access, input: inputOf(handler), idempotent };
}
