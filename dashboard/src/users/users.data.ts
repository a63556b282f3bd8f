import {
  type AdminUser,
  type AdminUserChanges,
  type AdminUserDetail,
  adminUsersGet,
  adminUsersList,
  adminUsersUpdate,
  type UserOrder,
} from '../api/client';
import type { ListRequest, ResourceData } from '../api/data-provider';
import { answer } from '../api/problem';

/** The fields that lists can be ordered by, and the operation's names for them. */
const ORDERS: Readonly<Record<string, readonly [asc: UserOrder, desc: UserOrder]>> = {
  username: ['name-asc', 'name-desc'],
  registered: ['registered-asc', 'registered-desc'],
};

export const usersData: ResourceData<AdminUser | AdminUserDetail> = {
  list: async ({ limit, offset, sort, filter }) => {
    const order = orderOf(sort);
    const { users, total } = await answer(
      adminUsersList({ query: { limit, offset, ...filter, ...(order === undefined ? {} : { order }) } }),
    );
    return { rows: users, total };
  },
  get: (id) => answer(adminUsersGet({ path: { id: String(id) } })),
  update: (id, changes) =>
    answer(adminUsersUpdate({ path: { id: String(id) }, body: changes as AdminUserChanges })),
};

function orderOf({ field, order }: ListRequest['sort']): UserOrder | undefined {
  return ORDERS[field]?.[order === 'ASC' ? 0 : 1];
}
