/** What the modules must know about the database that they are given. */
export class DatabaseSettings {
  /**
   * @param url connection URL for requests
   * @param prepares whether statements may be prepared by name, which no transaction pooler allows
   * @param poolSize most connections of this node
   * @param replicaUrls connection URLs of copies that may lag behind
   */
  constructor(
    readonly url: string,
    readonly prepares: boolean,
    readonly poolSize: number,
    readonly replicaUrls: readonly string[] = [],
  ) {}
}
