import sharp from 'sharp';
import type { Account, Dashboard } from './dashboard.js';

/** A picture of one colour. */
export function pictureOf(background: string): Promise<Buffer> {
  return sharp({ create: { width: 320, height: 240, channels: 3, background } })
    .png()
    .toBuffer();
}

/** Gives a user an avatar. */
export async function addAvatar(dashboard: Dashboard, user: Account, background = 'teal'): Promise<void> {
  const image = (await pictureOf(background)).toString('base64');
  await dashboard.call(user, 'POST', `/user/update-image/${user.id}`, { image });
}

/** Uploads a photo to a user's library. @returns its id */
export async function addPhoto(dashboard: Dashboard, user: Account, background = 'orange'): Promise<number> {
  const form = new FormData();
  form.set('client', '1');
  form.set('image', new Blob([new Uint8Array(await pictureOf(background))], { type: 'image/png' }), 'a.png');
  return (await dashboard.upload<{ id: number }>(user, `/v1/users/${user.id}/photos`, form)).id;
}
