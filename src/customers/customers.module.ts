import { Module } from '@nestjs/common';
import { BalanceRepository } from './balance.repository.ts';
import { ChargingRepository } from './charging.repository.ts';
import { CustomersService } from './customers.service.ts';

const providers = [BalanceRepository, ChargingRepository, CustomersService];

@Module({ providers, exports: providers })
export class CustomersModule {}
