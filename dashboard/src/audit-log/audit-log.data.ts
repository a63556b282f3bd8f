import { auditLogActionsList, auditLogList, type AuditEntry, type AuditLogListData } from '../api/client';
import type { ResourceData } from '../api/data-provider';
import { answer } from '../api/problem';
import { allRows } from '../common/all-rows';

export const auditLogData: ResourceData<AuditEntry> = {
  list: async ({ limit, offset, filter }) => {
    const query: AuditLogListData['query'] = { limit, offset, ...filter };
    const { entries, total } = await answer(auditLogList({ query }));
    return { rows: entries, total };
  },
};

/** All actions that entries can have. */
export const allActions = () =>
  allRows(async (query) => {
    const { actions, total } = await answer(auditLogActionsList({ query }));
    return { rows: actions, total };
  });
