import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { maxLength, minLength, PasswordInput, required, useNotify, useTranslate } from 'react-admin';
import { type ProfileChanges, usersUpdateCurrent } from '../api/client';
import { answer } from '../api/problem';
import { CardSection } from '../common/card-section';
import { useRecentSignIn } from '../common/recent-sign-in';
import { SubmitForm } from '../common/submit-form';

export function PasswordChange({ username }: { username: string }) {
  const translate = useTranslate();
  const notify = useNotify();
  const confirm = useRecentSignIn();
  const client = useQueryClient();
  const [changes, setChanges] = useState(0);
  const save = async (values: object) => {
    const { password } = values as Required<Pick<ProfileChanges, 'password'>>;
    await confirm((proof) => answer(usersUpdateCurrent({ body: { password, ...proof } })));
    notify('pages.security.password.done', { type: 'success' });
    // The other sessions have ended.
    void client.invalidateQueries({ queryKey: ['own-sessions'] });
    setChanges((count) => count + 1);
  };
  return (
    <CardSection title={translate('pages.security.password.title')}>
      <SubmitForm key={changes} work={save} action={translate('pages.security.password.save')}>
        {/* Password managers store the password under this name. */}
        <input type="text" autoComplete="username" value={username} readOnly hidden />
        <PasswordInput
          source="password"
          label="pages.security.password.new"
          helperText="pages.security.password.help"
          autoComplete="new-password"
          validate={[required(), minLength(8), maxLength(128)]}
        />
      </SubmitForm>
    </CardSection>
  );
}
