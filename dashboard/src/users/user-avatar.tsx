import { useRefresh } from 'react-admin';
import { adminProfileImageDelete, adminProfileImageUpdate, type AdminUserDetail } from '../api/client';
import { answer } from '../api/problem';
import { useMay } from '../common/permissions';
import { PictureCard } from '../common/picture-card';

export function UserAvatar({ user: { id, username, profile_image: picture } }: { user: AdminUserDetail }) {
  const mayEdit = useMay('edit-users');
  const onChange = useRefresh();
  const changes = {
    upload: (image: string) => answer(adminProfileImageUpdate({ path: { id }, body: { image } })),
    remove: () => answer(adminProfileImageDelete({ path: { id } })),
    onChange,
  };
  return <PictureCard name={username} picture={picture} changes={mayEdit ? changes : null} />;
}
