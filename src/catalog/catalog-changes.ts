import { Injectable } from '@nestjs/common';

/** Called in the transaction of an import with the external ids of the changed series. */
type ChangeListener = (externalIds: readonly string[]) => Promise<void>;

/**
 * Notifies features of imports that change existing series or volumes. A feature that stores sort keys (copies of
 * values of the catalog) registers a listener when its module starts. Listeners must be idempotent.
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
