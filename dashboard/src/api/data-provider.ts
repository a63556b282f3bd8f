import type { DataProvider, RaRecord } from 'react-admin';

export interface ListRequest {
  readonly limit: number;
  readonly offset: number;
  readonly sort: { readonly field: string; readonly order: 'ASC' | 'DESC' };
  readonly filter: Readonly<Record<string, unknown>>;
}

/** How the rows of one resource are read and changed: which operations of the generated client do it. */
export interface ResourceData<R extends RaRecord = RaRecord> {
  list?(request: ListRequest): Promise<{ rows: R[]; total: number }>;
  get?(id: R['id']): Promise<R>;
  create?(values: Record<string, unknown>): Promise<R>;
  /** @param changes the fields that differ from the former ones */
  update?(id: R['id'], changes: Record<string, unknown>): Promise<R>;
}

/** Gives the framework the data of the pages' resources. */
export function createDataProvider(resources: Readonly<Record<string, ResourceData>>): DataProvider {
  const operation = <K extends keyof ResourceData>(resource: string, name: K) => {
    const found = resources[resource]?.[name];
    if (found === undefined) throw new Error(`The resource ${resource} has no operation ${name}`);
    return found;
  };
  return {
    getList: async (resource, { pagination, sort, filter }) => {
      const { page, perPage } = pagination ?? { page: 1, perPage: 20 };
      const { rows, total } = await operation(
        resource,
        'list',
      )({
        limit: perPage,
        offset: (page - 1) * perPage,
        sort: sort ?? { field: 'id', order: 'ASC' },
        filter: (filter ?? {}) as Record<string, unknown>,
      });
      return { data: rows as never[], total };
    },
    getOne: async (resource, { id }) => ({ data: (await operation(resource, 'get')(id)) as never }),
    getMany: async (resource, { ids }) => ({
      data: (await Promise.all(ids.map((id) => operation(resource, 'get')(id)))) as never[],
    }),
    getManyReference: () => Promise.reject(new Error('No resource has references')),
    create: async (resource, { data }) => ({
      data: (await operation(resource, 'create')(data as Record<string, unknown>)) as never,
    }),
    update: async (resource, { id, data, previousData }) => {
      const changes = changesOf(data as RaRecord, previousData as RaRecord);
      if (Object.keys(changes).length === 0) return { data: previousData as never };
      return { data: (await operation(resource, 'update')(id, changes)) as never };
    },
    updateMany: () => Promise.reject(new Error('Rows are changed one at a time')),
    delete: () => Promise.reject(new Error('Pages delete by their own buttons')),
    deleteMany: () => Promise.reject(new Error('Rows are deleted one at a time')),
  };
}

/** The fields whose values differ. */
export function changesOf(
  values: Readonly<Record<string, unknown>>,
  former: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const isChanged = ([name, value]: [string, unknown]) =>
    JSON.stringify(value) !== JSON.stringify(former[name]);
  return Object.fromEntries(Object.entries(values).filter(isChanged));
}
