import { Global, Module } from '@nestjs/common';
import { Queue } from './queue.js';
import { QueuedJobRepository } from './queued-job.repository.js';

/** The durable queue of background jobs. */
@Global()
@Module({ providers: [Queue, QueuedJobRepository], exports: [Queue] })
export class QueueModule {}
