import { type INestApplication, SetMetadata } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import type { ErrorDefinition } from '../http/app-error.js';
import { type InputParts, inputOf } from '../http/input.js';
import { ACCESS, type Access } from './access-metadata.js';

/** What the document says of a handler beyond what Nest's generator reads from it. */
export interface RouteFacts {
  /** The operation's id. */
  readonly id: string;
  /** The statuses of success: one, but for pictures, which may be asked for in part or only if they are new. */
  readonly successes: readonly number[];
  /** What the handler may fail with beyond what its access and its input imply. */
  readonly errors: readonly ErrorDefinition[];
  /** Whether success sets or clears the cookie of the session. */
  readonly setsCookie: boolean;
  /** Whether the examples of ids name nothing that exists; undefined leaves it to the method. */
  readonly destroys: boolean | undefined;
  readonly exampleBody: Readonly<Record<string, unknown>> | undefined;
}

/** A handler as the assembly of the document sees it. */
export interface Route extends RouteFacts {
  readonly access: Access;
  readonly input: InputParts;
}

const FACTS = Symbol('route facts');

/** Keeps the facts of a handler for `routesOf`. */
export function KeepRouteFacts(facts: RouteFacts): MethodDecorator {
  return SetMetadata(FACTS, facts);
}

/** The documented routes of an app, by the ids of their operations. */
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
  return { ...facts, access, input: inputOf(handler) };
}
