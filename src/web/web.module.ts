import { Module } from '@nestjs/common';
import { CheckoutConfigController } from './checkout-config.controller.ts';
import { PagesController } from './pages.controller.ts';
import { WebFiles } from './web-files.ts';

@Module({ controllers: [CheckoutConfigController, PagesController], providers: [WebFiles] })
export class WebModule {}
