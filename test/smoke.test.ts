import { expect, it } from 'vitest';
import { appForFile } from './support/app.js';

const app = appForFile();

it('serves a reader', async () => {
  const reader = await app.a.user();
  const id = await app.a.oneSeries({ name: 'One Piece' });
  expect(
    await app.client.as(reader).post(`/user/reading-status/add/${id}`, await app.a.entry()),
  ).toMatchObject({ status: 200 });
  const { body } = await app.client.withCookie(reader).get('/user/reading-history');
  expect(body).toMatchObject({ total: 1, series: [{ id }] });
});
