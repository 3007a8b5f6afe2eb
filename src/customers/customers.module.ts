import { Module } from '@nestjs/common';
import { ChargingRepository } from './charging.repository.ts';
import { CustomersService } from './customers.service.ts';

@Module({ providers: [ChargingRepository, CustomersService], exports: [ChargingRepository, CustomersService] })
export class CustomersModule {}
