import { Controller, Get, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { toSvg } from 'jdenticon';
import { Public } from '../access/access.js';
import { notFound } from '../http/app-error.js';
import { ApiRoute } from '../openapi/api-route.js';
import { ImageUrls } from '../images/image-urls.js';
import { AVATAR_SIZES, keyOf } from './avatar-files.js';
import { AvatarsService } from './avatars.service.js';
import { UserId } from '../accounts/path-parameters.js';
import { AvatarSize, PictureSize } from './path-parameters.js';

/** Side of the generated picture in pixels for the size `full`. */
const DEFAULT_SIDE = 290;

/** Pictures for every user id: the avatar, or a generated picture. */
@ApiTags('Avatars')
@Controller()
export class DefaultAvatarsController {
  constructor(
    private readonly avatars: AvatarsService,
    private readonly urls: ImageUrls,
  ) {}

  @Get('user/avatar/:id/:size')
  @Public()
  @ApiRoute({
    id: 'userAvatarRedirect',
    summary: 'Go to a user’s avatar, or to a generated picture',
    description:
      'Sizes are those of an avatar’s versions. A user id that does not exist has a generated picture, too.',
    status: 302,
  })
  async redirect(
    @UserId() id: string,
    @AvatarSize() size: string,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const avatar = await this.avatars.findOfUser(id);
    const key = avatar ? keyOf(avatar.id, avatar.hash, size, avatar.format) : `default/${id}/${size}`;
    reply.header('cache-control', 'public, max-age=60');
    return void reply.redirect(this.urls.of(key), 302);
  }

  @Get('images/default/:id/:size')
  @Public()
  @ApiRoute({
    id: 'imagesGetDefault',
    summary: 'Get the picture generated for a user id',
    description: 'An identicon in SVG, the same every time.',
    image: 'generated',
    errors: [notFound],
  })
  picture(@UserId() id: string, @PictureSize() size: string, @Res() reply: FastifyReply): void {
    if (!AVATAR_SIZES.includes(size)) throw notFound();
    reply
      .header('content-type', 'image/svg+xml')
      .header('cache-control', 'public, max-age=86400')
      .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; sandbox")
      .send(toSvg(id, size === 'full' ? DEFAULT_SIDE : Number.parseInt(size, 10)));
  }
}
