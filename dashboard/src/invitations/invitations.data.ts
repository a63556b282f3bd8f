import { type Invitation, invitationsCreate, invitationsList, type NewInvitation } from '../api/client';
import type { ResourceData } from '../api/data-provider';
import { answer } from '../api/problem';

export const invitationsData: ResourceData<Invitation> = {
  list: async ({ limit, offset }) => {
    const { invitations, total } = await answer(invitationsList({ query: { limit, offset } }));
    return { rows: invitations, total };
  },
  create: (values) => {
    const { note, uses, roles, expires } = values as Partial<Record<keyof NewInvitation, unknown>>;
    const body = {
      note,
      expires,
      ...(typeof uses === 'number' ? { uses } : {}),
      ...(Array.isArray(roles) && roles.length > 0 ? { roles } : {}),
    };
    return answer(invitationsCreate({ body: body as NewInvitation }));
  },
};
