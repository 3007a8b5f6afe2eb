import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/index.ts';
import { PlanRepository } from './plan.repository.ts';
import { PlansController } from './plans.controller.ts';
import { PlansService } from './plans.service.ts';

@Module({
  imports: [AuditModule],
  controllers: [PlansController],
  providers: [PlansService, PlanRepository],
  exports: [PlansService],
})
export class PlansModule {}
