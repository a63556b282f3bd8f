import {
  type Client,
  type ClientChanges,
  clientsCreate,
  clientsList,
  clientsUpdate,
  type NewClientInput,
} from '../api/client';
import type { ResourceData } from '../api/data-provider';
import { answer, Problem } from '../api/problem';
import { allRows } from '../common/all-rows';

async function page(query: { limit: number; offset: number }) {
  const { clients, total } = await answer(clientsList({ query }));
  return { rows: clients, total };
}

export const clientsData: ResourceData<Client> = {
  list: ({ limit, offset }) => page({ limit, offset }),
  get: async (id) => {
    const found = (await allRows(page)).find((one) => String(one.id) === String(id));
    if (found === undefined) throw new Problem(404, 'Client not found');
    return found;
  },
  create: ({ name, url, scopes = [] }) =>
    answer(clientsCreate({ body: { name, url, scopes } as NewClientInput })),
  update: (id, changes) =>
    answer(clientsUpdate({ path: { id: Number(id) }, body: changes as ClientChanges })),
};

/** All clients, for filters. */
export const allClients = () => allRows(page);
