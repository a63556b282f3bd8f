import { Injectable } from '@nestjs/common';

/** What a feature does, in the transaction of an import, about series that it has changed. */
export type ChangeListener = (externalIds: readonly string[]) => Promise<void>;

/**
 * Notifies features of imports that change existing series or volumes. A feature that stores copies of what its lists
 * are ordered by registers a listener when its module starts; listeners are idempotent.
 */
@Injectable()
export class CatalogChanges {
  private readonly listeners: ChangeListener[] = [];

  register(listener: ChangeListener): void {
    this.listeners.push(listener);
  }

  /** Call it in a transaction. @param externalIds of the series */
  async notify(externalIds: readonly string[]): Promise<void> {
    if (externalIds.length === 0) return;
    for (const listener of this.listeners) await listener(externalIds);
  }
}
