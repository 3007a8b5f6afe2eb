import { Module } from '@nestjs/common';
import { AttemptRepository } from './attempt.repository.ts';

@Module({ providers: [AttemptRepository], exports: [AttemptRepository] })
export class BeginAttemptModule {}
