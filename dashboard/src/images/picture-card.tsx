import Delete from '@mui/icons-material/Delete';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Card from '@mui/material/Card';
import CardActions from '@mui/material/CardActions';
import CardContent from '@mui/material/CardContent';
import Link from '@mui/material/Link';
import Typography from '@mui/material/Typography';
import { useListContext, useRefresh, useTranslate } from 'react-admin';
import { ConfirmedButton } from '../common/confirmed-button';
import { useFormatTime } from '../common/format';
import { useAction } from '../common/problems';
import { UserLink } from '../common/user-link';
import { deletePicture, type Picture } from './images.data';

interface Props {
  readonly picture: Picture;
}

export function PictureCard({ picture }: Props) {
  const translate = useTranslate();
  const { kind, user, url, thumbnail_url: thumbnail } = picture;
  return (
    <Card sx={{ height: '100%', display: 'flex', flexDirection: 'column' }}>
      <Link
        href={url}
        target="_blank"
        rel="noreferrer noopener"
        aria-label={translate('resources.images.open', { name: user.username })}
      >
        <Box
          component="img"
          src={thumbnail}
          alt={translate(`resources.images.alt.${kind}`, { name: user.username })}
          loading="lazy"
          sx={{ display: 'block', width: '100%', aspectRatio: '1', objectFit: 'cover' }}
        />
      </Link>
      <CardContent sx={{ flexGrow: 1, pb: 0 }}>
        <Uploader picture={picture} />
        <Facts picture={picture} />
      </CardContent>
      <CardActions sx={{ justifyContent: 'space-between', flexWrap: 'wrap' }}>
        <OnlyThisUser picture={picture} />
        <Removal picture={picture} />
      </CardActions>
    </Card>
  );
}

function Uploader({ picture: { user } }: Props) {
  return (
    <Typography sx={{ overflowWrap: 'anywhere' }}>
      <UserLink id={user.id} name={user.username} />
    </Typography>
  );
}

function Facts({ picture: { kind, client, uploaded } }: Props) {
  const translate = useTranslate();
  const formatTime = useFormatTime();
  const kindText = translate(`resources.images.kinds.${kind}`);
  return (
    <Typography variant="body2" color="textSecondary">
      {client === null ? kindText : `${kindText}, ${translate('resources.images.of_client', { id: client })}`}
      <br />
      {formatTime(uploaded)}
    </Typography>
  );
}

function OnlyThisUser({ picture: { user } }: Props) {
  const translate = useTranslate();
  const { filterValues, setFilters } = useListContext<Picture>();
  if (filterValues['user'] === user.id) return <span />;
  return (
    <Button size="small" variant="text" onClick={() => setFilters({ ...filterValues, user: user.id })}>
      {translate('resources.images.only', { name: user.username })}
    </Button>
  );
}

function Removal({ picture }: Props) {
  const translate = useTranslate();
  const refresh = useRefresh();
  const { kind, user } = picture;
  const remove = useAction(() => deletePicture(picture), {
    done: 'resources.images.removed',
    onSuccess: refresh,
  });
  const label = translate('resources.images.remove');
  return (
    <ConfirmedButton
      icon={<Delete />}
      label={label}
      title={translate(`resources.images.remove_title.${kind}`, { name: user.username })}
      isBusy={remove.isPending}
      run={(close) => remove.mutate(undefined, { onSettled: close })}
      size="small"
    >
      <Box
        component="img"
        src={picture.thumbnail_url}
        alt=""
        sx={{ maxWidth: '100%', maxHeight: 200, mb: 1 }}
      />
      <Typography>{translate(`resources.images.remove_text.${kind}`)}</Typography>
    </ConfirmedButton>
  );
}
