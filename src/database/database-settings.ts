/** Connection settings of the database. */
export class DatabaseSettings {
  /**
   * @param url connection URL for requests
   * @param prepares whether to use named prepared statements; false behind a transaction pooler
   * @param poolSize maximum number of connections of this node
   * @param replicaUrls connection URLs of read replicas, which may lag
   */
  constructor(
    readonly url: string,
    readonly prepares: boolean,
    readonly poolSize: number,
    readonly replicaUrls: readonly string[] = [],
  ) {}
}
