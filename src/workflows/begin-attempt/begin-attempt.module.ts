import { Module } from '@nestjs/common';
import { ProvidersModule } from '../../providers/index.ts';
import { AttemptRepository } from './attempt.repository.ts';

@Module({ imports: [ProvidersModule], providers: [AttemptRepository], exports: [AttemptRepository] })
export class BeginAttemptModule {}
