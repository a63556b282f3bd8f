import { extname } from 'node:path';
import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../access/access.js';
import { Config } from '../config.js';
import { notFound } from '../http/app-error.js';
import { contentSecurityPolicy } from './content-security-policy.js';
import { DashboardFiles } from './dashboard-files.js';
import { dashboardNotBuilt } from './dashboard.errors.js';

/** The dashboard: one page, which shows the view of the path that it was opened at, and its files. */
@ApiExcludeController()
@Controller('dashboard')
export class DashboardController {
  private readonly policy: string;

  constructor(
    private readonly files: DashboardFiles,
    config: Config,
  ) {
    this.policy = contentSecurityPolicy(config);
  }

  @Get()
  @Public()
  async page(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const index = this.files.index();
    if (index === undefined) throw dashboardNotBuilt();
    reply.header('content-security-policy', this.policy);
    await index.send(request, reply);
  }

  @Get('*')
  @Public()
  async file(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { '*': path = '' } = request.params as { '*'?: string };
    // Paths of views have no extension.
    if (extname(path) === '') return this.page(request, reply);
    const file = this.files.find(path);
    if (file === undefined) throw notFound();
    await file.send(request, reply);
  }
}
