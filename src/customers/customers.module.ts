import { Module } from '@nestjs/common';
import { BalanceRepository } from './balance.repository.ts';
import { CustomersService } from './customers.service.ts';

@Module({ providers: [CustomersService, BalanceRepository], exports: [CustomersService, BalanceRepository] })
export class CustomersModule {}
