import { adminImagesDelete, type AdminImagesListData, adminImagesList, type Image } from '../api/client';
import type { ResourceData } from '../api/data-provider';
import { answer } from '../api/problem';

/** A picture with one id for both kinds: an avatar and a photo can have the same number. */
export type Picture = Omit<Image, 'id'> & { readonly id: string; readonly number: number };

export const imagesData: ResourceData<Picture> = {
  list: async ({ limit, offset, filter }) => {
    const query: AdminImagesListData['query'] = { limit, offset, ...filter };
    const { images, total } = await answer(adminImagesList({ query }));
    const rows = images.map((image) => ({ ...image, id: `${image.kind}-${image.id}`, number: image.id }));
    return { rows, total };
  },
};

export async function deletePicture({ kind, number: id }: Picture): Promise<void> {
  await answer(adminImagesDelete({ path: { kind, id } }));
}
