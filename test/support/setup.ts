import '@nestjs/common';
import '@nestjs/core';
import fc from 'fast-check';

// The seed of the run, which is printed at its beginning: `SEED=... npm test` repeats it.
fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(process.env['SEED']) });
