import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type User, usersGetCurrent } from '../api/client';
import { answer } from '../api/problem';
import { userChanged } from '../api/session';

const KEY = ['current-user'];

/** The signed-in user. */
export function useCurrentUser() {
  return useQuery({ queryKey: KEY, queryFn: () => answer(usersGetCurrent()) });
}

/** Takes over a change of the signed-in user, also in the header. Without a user it is read again. */
export function useUserChange(): (user?: User) => void {
  const client = useQueryClient();
  return (user) => {
    if (user === undefined) return void client.invalidateQueries({ queryKey: KEY });
    userChanged(user);
    client.setQueryData(KEY, user);
    void client.invalidateQueries({ queryKey: ['auth', 'getIdentity'] });
  };
}
