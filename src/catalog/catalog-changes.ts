import type { EntityManager } from '@mikro-orm/postgresql';
import { Injectable } from '@nestjs/common';

/** What a feature does, in the transaction of an import, about series that it has changed. */
export type ChangeStep = (em: EntityManager, externalIds: readonly string[]) => Promise<void>;

/**
 * What must happen when series or volumes that were there already change. A feature that keeps copies of what its
 * lists are ordered by adds its step when its module starts; steps may be run again.
 */
@Injectable()
export class CatalogChanges {
  private readonly steps: ChangeStep[] = [];

  also(step: ChangeStep): void {
    this.steps.push(step);
  }

  /** @param externalIds of the series */
  async follow(em: EntityManager, externalIds: readonly string[]): Promise<void> {
    if (externalIds.length === 0) return;
    for (const step of this.steps) await step(em, externalIds);
  }
}
