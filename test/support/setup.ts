import '@nestjs/common';
import '@nestjs/core';
import fc from 'fast-check';

// The same stories on every machine, so that a red run is the change's own fault. `HUNT` (property.test.ts) draws new ones.
if (!process.env['HUNT']) fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: 20_261_121 });
